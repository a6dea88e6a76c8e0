"""Requests about figures."""

from marshmallow import Schema, fields, validate


class AskedSchema(Schema):
    """As known at the end of a day (`as_of`), or at a cut; as of now without either."""

    as_of = fields.Date(load_default=None, allow_none=True)
    cut = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))


class CutSchema(Schema):
    on = fields.Date(required=True)
