"""Requests for exports."""

from marshmallow import Schema, fields, validate

from services.reporting.exports.words import LANGUAGES
from services.reporting.figures.schemas import AskedSchema


class LanguageSchema(Schema):
    """In which language; by default the reader's."""

    language = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(LANGUAGES))


class ExportSchema(AskedSchema, LanguageSchema):
    """Which report, and for whom: a funder gets sums alone."""

    audience = fields.String(load_default="funder", validate=validate.OneOf(("funder", "staff")))
