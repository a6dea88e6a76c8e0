"""What the API accepts about visits: the shared shape of a service unit, and what is of outreach alone."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.outreach.contacts.schemas import ContactDetailsSchema
from shared.serviceunit.schemas import NOTE, SHORT, CorrectionSchema, ParticipantSchema, UnitSchema


class VisitParticipantSchema(ParticipantSchema):
    """A contact met or missed, known or made with the visit; `role` left out is the contact's own."""

    person_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    new_contact = fields.Nested(ContactDetailsSchema, load_default=None, allow_none=True)
    role = fields.String(load_default=None, allow_none=True)

    @validates_schema
    def _name_one(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("person_id") is None) == (data.get("new_contact") is None):
            raise ValidationError("Missing data for required field.", "person_id")


class VisitSchema(UnitSchema):
    """A visit. `status` left out follows from who was met; `aftercare` allows a visit to a closed case."""

    team_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    case_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    aftercare = fields.Boolean(load_default=False)
    status = fields.String(load_default=None, allow_none=True)
    setting = fields.String(load_default="outreach")
    activity = fields.String(load_default="contact", allow_none=True)
    participants = fields.List(
        fields.Nested(VisitParticipantSchema), load_default=list, validate=validate.Length(max=200)
    )


class VisitCorrectionSchema(VisitSchema, CorrectionSchema):
    """The full new content and why; a `note` left out stays as it is."""

    note = fields.String(allow_none=True, validate=NOTE)


class VisitFromPlanSchema(VisitSchema):
    """What became of a planned visit; a `note` left out stays as it was planned."""

    note = fields.String(allow_none=True, validate=NOTE)


class VisitListSchema(Schema):
    """One page of the list of visits."""

    case_id = fields.String(load_default=None, validate=SHORT)
    person_id = fields.String(load_default=None, validate=SHORT)
    phase = fields.String(load_default=None, validate=validate.OneOf(["planned", "recorded", "voided"]))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    after = fields.String(load_default=None, validate=validate.Length(max=200))
