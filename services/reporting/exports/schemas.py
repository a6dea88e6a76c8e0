"""Requests for exports."""

from marshmallow import fields, validate

from services.reporting.exports.words import LANGUAGES
from services.reporting.figures.schemas import AskedSchema


class ExportSchema(AskedSchema):
    """Which report, in which language (by default the reader's), and for whom: a funder gets sums alone."""

    language = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(LANGUAGES))
    audience = fields.String(load_default="funder", validate=validate.OneOf(("funder", "staff")))
