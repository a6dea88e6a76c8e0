"""What the API accepts about assessments and tallies."""

from marshmallow import Schema, fields, validate

from shared.serviceunit.schemas import NOTE, SHORT, CorrectionSchema


class AssessmentSchema(Schema):
    """One administration; answers where the instrument is scored here, else the total.

    Without `person_id` nobody signed it. A note left out of a correction stays. A `child_safety_concern` raises a
    task for today.
    """

    id = fields.String(validate=SHORT)
    person_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    team_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    instrument = fields.String(required=True)
    instrument_version = fields.String(load_default=None, allow_none=True)
    language = fields.String(load_default="zh-Hant")
    phase = fields.String(required=True)
    assessed_on = fields.Date(required=True)
    answers = fields.List(
        fields.Integer(strict=True), load_default=None, allow_none=True, validate=validate.Length(max=100)
    )
    total = fields.Integer(strict=True, load_default=None, allow_none=True)
    contract_id = fields.String(required=True, validate=SHORT)
    case_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    unit_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    note = fields.String(allow_none=True, validate=NOTE)
    child_safety_concern = fields.Boolean(load_default=False)


class AssessmentCorrectionSchema(AssessmentSchema, CorrectionSchema):
    """The full new content of an assessment, and why it is corrected."""


class TotalsSchema(Schema):
    satisfied = fields.Integer(strict=True, required=True)
    not_satisfied = fields.Integer(strict=True, required=True)


class TallySchema(Schema):
    """Questionnaires nobody signed: the totals of an event, or rows of single scores."""

    id = fields.String(validate=SHORT)
    team_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    instrument = fields.String(required=True)
    instrument_version = fields.String(load_default=None, allow_none=True)
    contract_id = fields.String(required=True, validate=SHORT)
    unit_id = fields.String(load_default=None, allow_none=True, validate=SHORT)
    assessed_on = fields.Date(required=True)
    totals = fields.Nested(TotalsSchema, load_default=None, allow_none=True)
    rows = fields.List(
        fields.Integer(strict=True), load_default=None, allow_none=True, validate=validate.Length(max=5000)
    )
    satisfied_from = fields.Integer(strict=True, load_default=None, allow_none=True)


class TallyCorrectionSchema(TallySchema):
    reason = fields.String(required=True)


class TallyVoidSchema(Schema):
    reason = fields.String(required=True)


class AssessmentListSchema(Schema):
    person_id = fields.String(load_default=None, validate=SHORT)
    case_id = fields.String(load_default=None, validate=SHORT)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    after = fields.String(load_default=None, validate=validate.Length(max=200))


class TallyListSchema(Schema):
    contract_id = fields.String(load_default=None, validate=SHORT)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    after = fields.String(load_default=None, validate=validate.Length(max=200))
