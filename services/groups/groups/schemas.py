"""What the API accepts about groups."""

from marshmallow import Schema, fields, validate

_ID = validate.Length(min=1, max=80)


class GroupChangeSchema(Schema):
    """The description of a group. The title is public text about the group, and never names a person."""

    title = fields.String(required=True, validate=validate.Length(min=1, max=120))
    activity = fields.String(required=True)
    closed = fields.Boolean(load_default=False)
    contract_id = fields.String(load_default=None, allow_none=True, validate=_ID)
    from_date = fields.Date(required=True)
    to_date = fields.Date(load_default=None, allow_none=True)
    intake_until = fields.Date(load_default=None, allow_none=True)


class GroupSchema(GroupChangeSchema):
    """Planning a group."""

    id = fields.String(validate=_ID)
    team_id = fields.String(load_default=None, allow_none=True, validate=_ID)


class DaySchema(Schema):
    """Opening or ending a group."""

    on = fields.Date(required=True)


class MemberSchema(Schema):
    person_id = fields.String(required=True, validate=_ID)
    role = fields.String(required=True)
    from_date = fields.Date(required=True)


class LeaveSchema(Schema):
    person_id = fields.String(required=True, validate=_ID)
    to_date = fields.Date(required=True)


class ListSchema(Schema):
    """One page of a list."""

    phase = fields.String(load_default=None, validate=validate.OneOf(["planned", "open", "ended"]))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    after = fields.String(load_default=None, validate=validate.Length(max=200))


class SearchSchema(Schema):
    """Groups by a part of their title, or by their ids; in a body, since somebody may type a person's name."""

    q = fields.String(load_default="", validate=validate.Length(max=200))
    group_ids = fields.List(fields.String(validate=_ID), load_default=None, validate=validate.Length(max=50))
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 50))
