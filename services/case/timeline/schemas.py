"""What the API accepts about timelines."""

from marshmallow import Schema, fields, validate

from services.case.codes import TIMELINE_KINDS


class TimelineSchema(Schema):
    kind = fields.String(load_default=None, validate=validate.OneOf([*TIMELINE_KINDS]))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))
    after = fields.String(load_default=None, validate=validate.Length(max=200))
