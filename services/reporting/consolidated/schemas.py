"""Requests for an overview of many contracts, from addresses and from programs alike."""

from marshmallow import Schema, fields, validate

from services.reporting.consolidated.domain import STATES
from services.reporting.figures.brief import STANDINGS
from shared.serviceunit import codes


class ChoiceSchema(Schema):
    """Which contracts: those that share a day with `from` to `to`, of an agency, with a kind of session, and so on."""

    first = fields.Date(load_default=None, allow_none=True, data_key="from")
    last = fields.Date(load_default=None, allow_none=True, data_key="to")
    agency = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=80))
    kind = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(tuple(codes.VOCABULARIES["kind"])))
    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATES))
    standing = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STANDINGS))


class OverviewSchema(ChoiceSchema):
    """A page of them, after the one named last."""

    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    after = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))
