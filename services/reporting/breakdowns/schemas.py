"""Requests about breakdowns."""

from marshmallow import Schema, fields, validate

from services.reporting.figures.schemas import AskedSchema


class BreakdownSchema(AskedSchema):
    """As known at some time; `audience` says whether small cells are held back, as they are in every file."""

    audience = fields.String(load_default="staff", validate=validate.OneOf(("funder", "staff")))


class ReleaseSchema(Schema):
    """Why small cells are released; null holds them back again."""

    reason = fields.String(required=True, allow_none=True, validate=validate.Length(max=80))
