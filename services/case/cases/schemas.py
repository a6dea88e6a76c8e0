"""What the API accepts about cases."""

from marshmallow import Schema, fields, validate

ID = validate.Length(min=1, max=80)


class FirstMemberSchema(Schema):
    """A member from the start; without `from_date` from the day of the first stage."""

    person_id = fields.String(required=True, validate=ID)
    relationship = fields.String(required=True)
    from_date = fields.Date(load_default=None, allow_none=True)


class CaseSchema(Schema):
    """A new case; without `contract_id` it is regular service, without `case_number` it gets the next one."""

    id = fields.String(validate=ID)
    case_number = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"^[\w/.\-]{1,40}$"))
    kind = fields.String(required=True)
    contract_id = fields.String(load_default=None, allow_none=True, validate=ID)
    team_id = fields.String(load_default=None, allow_none=True, validate=ID)
    stage = fields.String(required=True)
    on = fields.Date(required=True)
    worker_id = fields.String(load_default=None, allow_none=True, validate=ID)
    members = fields.List(fields.Nested(FirstMemberSchema), required=True, validate=validate.Length(max=50))


class DaySchema(Schema):
    on = fields.Date(required=True)


class AssignSchema(DaySchema):
    worker_id = fields.String(required=True, validate=ID)


class TransferSchema(DaySchema):
    team_id = fields.String(required=True, validate=ID)
    worker_id = fields.String(load_default=None, allow_none=True, validate=ID)


class CloseSchema(DaySchema):
    reason = fields.String(load_default=None, allow_none=True)


class MemberSchema(Schema):
    person_id = fields.String(required=True, validate=ID)
    relationship = fields.String(required=True)
    from_date = fields.Date(required=True)


class LeaveSchema(Schema):
    """`to_date` is the last day."""

    person_id = fields.String(required=True, validate=ID)
    to_date = fields.Date(required=True)


class ListSchema(Schema):
    """`mine` for the cases assigned to oneself; `q` is part of a case number."""

    mine = fields.Boolean(load_default=False)
    stage = fields.String(load_default=None, validate=validate.OneOf(["enquiry", "intake", "open", "closed"]))
    person_id = fields.String(load_default=None, validate=ID)
    q = fields.String(load_default=None, validate=validate.Length(max=40))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    after = fields.String(load_default=None, validate=ID)
