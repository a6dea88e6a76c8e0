"""What may be asked of audits."""

from marshmallow import Schema, fields, validate

from services.reporting.audits.domain import KINDS


class SampleSchema(Schema):
    """`of`: sessions, people or cases. Without a `cut` it is of what is known now, without a `seed` by chance."""

    id = fields.String(load_default=None, validate=validate.Length(min=1, max=80))
    indicator = fields.String(required=True, validate=validate.Length(max=200))
    measure = fields.String(required=True, validate=validate.Length(max=200))
    of = fields.String(load_default="sessions", validate=validate.OneOf(KINDS))
    size = fields.Integer(required=True)
    cut = fields.String(load_default=None, validate=validate.Length(max=4000))
    seed = fields.String(load_default=None, validate=validate.Regexp(r"^[0-9A-Za-z._-]{1,64}$"))


class CheckSchema(Schema):
    """What was found of one item; `reason` unless it was found as recorded."""

    item = fields.String(required=True, validate=validate.Length(max=80))
    result = fields.String(required=True)
    reason = fields.String(load_default=None, allow_none=True)


class ExtractSchema(Schema):
    """The format of the file."""

    format = fields.String(load_default="csv", validate=validate.OneOf(("csv", "xlsx")))
