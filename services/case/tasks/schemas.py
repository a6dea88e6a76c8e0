"""What the API accepts about tasks."""

from marshmallow import Schema, fields, validate

from shared.serviceunit.schemas import NOTE, SHORT


class TaskListSchema(Schema):
    """`mine` for the tasks of oneself: of the own cases, raised by oneself, and all of the teams one leads."""

    mine = fields.Boolean(load_default=False, truthy={*fields.Boolean.truthy, ""})
    phase = fields.String(load_default="open", validate=validate.OneOf(["open", "closed", "withdrawn"]))
    case_id = fields.String(load_default=None, validate=SHORT)
    entry_id = fields.String(load_default=None, validate=SHORT)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    after = fields.String(load_default=None, validate=SHORT)


class DecisionSchema(Schema):
    """`bodies` are those to report to."""

    decision = fields.String(required=True)
    bodies = fields.List(fields.String(validate=SHORT), load_default=list, validate=validate.Length(max=10))
    note = fields.String(load_default=None, allow_none=True, validate=NOTE)


class ReportSchema(Schema):
    """The body that was told, and when; without `reported_at` now."""

    body = fields.String(required=True)
    reported_at = fields.AwareDateTime(load_default=None, allow_none=True)
    note = fields.String(load_default=None, allow_none=True, validate=NOTE)
