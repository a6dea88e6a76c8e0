"""What may be asked of the monthly return."""

from marshmallow import Schema, fields, validate


class ReturnSchema(Schema):
    """`month`, such as 2026-10: without it, the last that is over. `team`: without it, all that one leads."""

    month = fields.String(load_default=None, validate=validate.Regexp(r"^\d{4}-\d{2}$"))
    team = fields.String(load_default=None, validate=validate.Length(min=1, max=80))
