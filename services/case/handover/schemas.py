"""What the API of handovers accepts."""

from marshmallow import Schema, fields, validate

from shared.serviceunit.handover.schemas import ID, MOST, LeaverSchema


class SuccessorSchema(Schema):
    case_id = fields.String(required=True, validate=ID)
    worker_id = fields.String(required=True, validate=ID)


class HandoverSchema(LeaverSchema):
    """The cases of somebody who leaves, each with its successor; what is planned in a case goes with it."""

    on = fields.Date(required=True)
    cases = fields.List(fields.Nested(SuccessorSchema), required=True, validate=validate.Length(1, MOST))
