"""What the API accepts about sessions: the shared shape of a service unit, and what is of cases alone."""

from marshmallow import Schema, fields, validate

from shared.serviceunit.schemas import NOTE, SHORT, CorrectionSchema, UnitSchema, VoidSchema


class FollowUpSchema(Schema):
    """What is to be done after the session, by which day: a coded reason, never free text."""

    on = fields.Date(required=True)
    reason = fields.String(required=True, validate=SHORT)


class AppointmentSchema(Schema):
    """When the family is seen next; the start may be left open."""

    on = fields.Date(required=True)
    starts_at = fields.Time(format="%H:%M", load_default=None, allow_none=True)


class SessionSchema(UnitSchema):
    """A session of one case, or a support session of one or several (`case_ids`).

    Left out, `contract_id` is the case's; `contract_id: null` or `regular: true` means regular service. A note left
    out of a correction stays. After its case was closed, a session is accepted only with `aftercare: true`.
    """

    kind = fields.String(validate=SHORT)
    case_id = fields.String(allow_none=True, validate=SHORT)
    case_ids = fields.List(fields.String(validate=SHORT), validate=validate.Length(max=20))
    contract_id = fields.String(allow_none=True, validate=SHORT)
    regular = fields.Boolean(load_default=False)
    aftercare = fields.Boolean()
    note = fields.String(allow_none=True, validate=NOTE)
    follow_up = fields.Nested(FollowUpSchema, load_default=None, allow_none=True)


class HeldSessionSchema(SessionSchema):
    """A session as it went; with `next_appointment`, a session like it is planned for that day in the same step."""

    next_appointment = fields.Nested(AppointmentSchema, load_default=None, allow_none=True)


class SessionCorrectionSchema(SessionSchema, CorrectionSchema):
    """The full new content of a session, and why it is corrected."""


class SessionVoidSchema(VoidSchema):
    """Why a session is voided; `with_appointment` takes back the next appointment that was planned with it."""

    with_appointment = fields.Boolean(load_default=False)


class SessionListSchema(Schema):
    """One page of sessions, newest first."""

    case_id = fields.String(load_default=None, validate=SHORT)
    person_id = fields.String(load_default=None, validate=SHORT)
    on = fields.Date(load_default=None)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    after = fields.String(load_default=None, validate=validate.Length(max=200))
