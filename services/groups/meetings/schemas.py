"""What the API accepts about meetings: the shared shape of a service unit, and what is of groups alone."""

from marshmallow import Schema, fields, validate

from shared.serviceunit.schemas import SHORT, CorrectionSchema, UnitSchema

# A file reference holds a number and no words: it is published with the meeting.
SHEET = validate.Regexp(r"^(?=.*\d)[A-Z0-9/.\-]{1,40}$")


class MeetingSchema(UnitSchema):
    """A meeting or a sector event.

    Left out, `contract_id`, `activity` and `team_id` are those of the group; `contract_id: null` means regular service.
    """

    kind = fields.String(validate=SHORT)
    group_id = fields.String(allow_none=True, validate=SHORT)
    team_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    contract_id = fields.String(allow_none=True, validate=SHORT)
    partner_count = fields.Integer(strict=True, load_default=0)
    co_organised = fields.Boolean(load_default=False)
    sign_in_sheet = fields.String(load_default=None, allow_none=True, validate=SHEET)


class MeetingCorrectionSchema(MeetingSchema, CorrectionSchema):
    """The full new content of a meeting, and why it is corrected."""


class MeetingListSchema(Schema):
    """One page of a list of meetings."""

    group_id = fields.String(load_default=None, validate=SHORT)
    kind = fields.String(load_default=None, validate=validate.OneOf(["group_meeting", "sector_event"]))
    person_id = fields.String(load_default=None, validate=SHORT)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    after = fields.String(load_default=None, validate=validate.Length(max=200))
