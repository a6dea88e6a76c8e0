"""What the API of moving entries accepts."""

from marshmallow import Schema, fields, validate

from shared.serviceunit import codes
from shared.serviceunit.moving.handlers import MOST

_ID = validate.Length(1, 80)


class EntrySchema(Schema):
    """An entry, and the version of it that was read."""

    unit_id = fields.String(required=True, validate=_ID)
    version = fields.Integer(required=True, validate=validate.Range(min=1))


class MoveSchema(Schema):
    """From which contract to which, why, and which entries."""

    source = fields.String(required=True, validate=_ID)
    target = fields.String(required=True, validate=_ID)
    reason = fields.String(load_default="wrong_contract", validate=validate.OneOf(list(codes.REASONS)))
    entries = fields.List(fields.Nested(EntrySchema), required=True, validate=validate.Length(1, MOST))
