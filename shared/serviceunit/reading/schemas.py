"""What the API of reading accepts."""

from marshmallow import Schema, fields, validate

MOST = 200
"""Entries signed for in one request."""


class WaitingSchema(Schema):
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST))
    after = fields.String(load_default=None, allow_none=True)


class VersionReadSchema(Schema):
    unit_id = fields.String(required=True, validate=validate.Length(1, 80))
    version = fields.Integer(required=True, strict=True, validate=validate.Range(1))


class ReadingSchema(Schema):
    items = fields.List(fields.Nested(VersionReadSchema), required=True, validate=validate.Length(1, MOST))


class ReturnSchema(Schema):
    comment = fields.String(required=True)
