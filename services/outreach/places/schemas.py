"""What the API accepts about places."""

from marshmallow import Schema, fields, validate

from shared.serviceunit.schemas import SHORT


class PlaceSchema(Schema):
    id = fields.String(validate=SHORT)
    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    district = fields.String(load_default=None, allow_none=True, validate=SHORT)
