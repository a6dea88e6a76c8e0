"""What is asked about reporting periods and their reports."""

from marshmallow import Schema, fields, validate

_NOTE = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=1000))


class ReopenSchema(Schema):
    reason = fields.String(required=True)
    note = _NOTE


class DraftSchema(Schema):
    narrative = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class ReturnReportSchema(Schema):
    reason = fields.String(required=True)
    note = _NOTE


class ConfirmLateSchema(Schema):
    event_ids = fields.List(fields.String(), required=True, validate=validate.Length(min=1, max=1000))
    reason = fields.String(required=True)


class RestatementSchema(Schema):
    """`to` is another report, by the last day of its period and its number; without it, now."""

    to = fields.String(load_default=None, validate=validate.Regexp(r"^\d{4}-\d\d-\d\d/\d{1,4}$"))


class EffectsSchema(Schema):
    """A change that is not saved yet: `units`, `scores` and `tallies` as they would be published, `stages` of cases,
    ids that would end, pairs of ids that would be one or two."""

    units = fields.List(fields.Dict(), load_default=list, validate=validate.Length(max=200))
    scores = fields.List(fields.Dict(), load_default=list, validate=validate.Length(max=20))
    tallies = fields.List(fields.Dict(), load_default=list, validate=validate.Length(max=20))
    stages = fields.List(fields.Dict(), load_default=list, validate=validate.Length(max=20))
    ended = fields.List(fields.String(), load_default=list, validate=validate.Length(max=20))
    joined = fields.List(fields.Tuple((fields.String(), fields.String())), load_default=list)
    parted = fields.List(fields.Tuple((fields.String(), fields.String())), load_default=list)
