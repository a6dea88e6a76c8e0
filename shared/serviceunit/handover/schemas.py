"""What the API of handing plans over accepts."""

from marshmallow import Schema, fields, validate

ID = validate.Length(1, 80)
MOST = 500
"""What is handed over in one request at the most."""


class LeaverSchema(Schema):
    worker_id = fields.String(required=True, validate=ID)


class PlanGivenSchema(Schema):
    unit_id = fields.String(required=True, validate=ID)
    worker_id = fields.String(required=True, validate=ID)


class PlansGivenSchema(LeaverSchema):
    """Each entry that somebody has planned, with its successor."""

    entries = fields.List(fields.Nested(PlanGivenSchema), required=True, validate=validate.Length(1, MOST))
