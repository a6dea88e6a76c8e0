"""What the API accepts about practitioners."""

from marshmallow import Schema, fields, validate

_TEXT = validate.Length(min=1, max=120)


class PractitionerSchema(Schema):
    id = fields.String(validate=validate.Length(min=1, max=80))
    name = fields.String(required=True, validate=_TEXT)
    organisation = fields.String(required=True, validate=_TEXT)
    post = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=120))


class SearchSchema(Schema):
    """Search in names, organisations and posts; one page of the result."""

    q = fields.String(load_default="", validate=validate.Length(max=120))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    after = fields.String(load_default=None, validate=validate.Length(max=80))
