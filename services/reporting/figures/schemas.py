"""Requests about figures."""

from marshmallow import Schema, fields, validate

from services.reporting.figures.words import OUTLOOKS


class AskedSchema(Schema):
    """As known at the end of a day (`as_of`), or at a cut; as of now without either."""

    as_of = fields.Date(load_default=None, allow_none=True)
    cut = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))


class CompareSchema(AskedSchema):
    """Two versions (the newest two unless said) over one cut, or two days."""

    before = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1))
    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1))
    from_day = fields.Date(load_default=None, allow_none=True, data_key="from")
    to_day = fields.Date(load_default=None, allow_none=True, data_key="to")


class CutSchema(Schema):
    on = fields.Date(required=True)


class WarningsSchema(Schema):
    """One page of the warnings: of one contract, with one outlook."""

    contract = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))
    outlook = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(OUTLOOKS)))
    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=100_000))
