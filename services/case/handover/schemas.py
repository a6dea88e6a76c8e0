"""What the API of handovers accepts."""

from marshmallow import Schema, fields, validate

_ID = validate.Length(1, 80)
MOST = 500
"""Cases handed over in one request."""


class LeaverSchema(Schema):
    worker_id = fields.String(required=True, validate=_ID)


class SuccessorSchema(Schema):
    case_id = fields.String(required=True, validate=_ID)
    worker_id = fields.String(required=True, validate=_ID)


class HandoverSchema(LeaverSchema):
    on = fields.Date(required=True)
    cases = fields.List(fields.Nested(SuccessorSchema), required=True, validate=validate.Length(1, MOST))
