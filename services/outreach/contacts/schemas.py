"""What the API accepts about contacts."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from services.outreach.contacts.events import DatedGroup
from shared.serviceunit.schemas import SHORT

TEXT = validate.Length(max=200)


class DatedGroupSchema(Schema):
    target_group = fields.String(required=True, validate=SHORT)
    from_date = fields.Date(load_default=None, allow_none=True)
    to_date = fields.Date(load_default=None, allow_none=True)


class GroupField(fields.Field[Any]):
    """A target group as a bare code, which then holds on every day, or as an object with its dates."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> DatedGroup:
        if isinstance(value, str):
            return DatedGroup(target_group=value)
        if not isinstance(value, dict):
            raise ValidationError("Invalid type.")
        return DatedGroup(**DatedGroupSchema().load(value))


class ContactDetailsSchema(Schema):
    """What tells a contact apart; no name, no identity number, no date of birth."""

    id = fields.String(validate=SHORT)
    alias = fields.String(load_default=None, allow_none=True, validate=TEXT)
    marks = fields.String(load_default=None, allow_none=True, validate=TEXT)
    role = fields.String(load_default="drug_user", validate=SHORT)
    target_groups = fields.List(GroupField(), load_default=list, validate=validate.Length(max=10))


class ContactSchema(ContactDetailsSchema):
    """A contact that is made by itself. `team_id` may be left out by those who have one team."""

    team_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    place_id = fields.String(load_default=None, allow_none=True, validate=SHORT)


class ContactSearchSchema(Schema):
    """One page of the contacts that were looked for."""

    q = fields.String(load_default="", validate=TEXT)
    place_id = fields.String(load_default=None, validate=SHORT)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    after = fields.String(load_default=None, validate=SHORT)


class IdentifySchema(Schema):
    person_id = fields.String(required=True, validate=SHORT)


class UnidentifySchema(Schema):
    reason = fields.String(required=True, validate=SHORT)


class TargetGroupSchema(Schema):
    target_group = fields.String(required=True, validate=SHORT)
    from_date = fields.Date(required=True)


class TargetGroupEndSchema(Schema):
    target_group = fields.String(required=True, validate=SHORT)
    to_date = fields.Date(required=True)
