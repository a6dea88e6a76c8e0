"""The JSON API of data quality."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.reporting.contracts.queries import contract_at
from services.reporting.quality.domain import OWNERS, Finding
from services.reporting.quality.queries import quality_of_contract
from services.reporting.quality.schemas import QualitySchema
from services.reporting.quality.words import address_of
from services.reporting.submissions.queries import period_ending, periods_at
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.web.requests import service

bp = Blueprint("quality_api", __name__, url_prefix="/contracts", description="What is doubtful or missing")


@bp.get("/<contract_id>/quality")
@requires(*RECORDERS)
@bp.arguments(QualitySchema(), location="query")
def quality(asked: dict[str, Any], contract_id: str) -> Response:
    """What each rule finds under a contract, or in the reporting period that ends on a day; by codes"""
    who, period = identity(), None
    if asked["period"] is not None:
        with service().database.read() as connection:
            found = contract_at(service().store, connection, who.agency_id, contract_id)
            period = period_ending(periods_at(service().store, connection, found), asked["period"].isoformat()).period
    quality = quality_of_contract(service(), who.agency_id, contract_id, period)
    rules = [
        {"rule": rule, "owner": OWNERS[rule], "count": len(own), "items": [_values(one) for one in own]}
        for rule, own in quality.found.items()
    ]
    return jsonify({"rules": rules, "delays": dict(quality.delays), "not_answering": quality.missing})


def _values(one: Finding) -> dict[str, Any]:
    return {
        "about": one.about,
        "other": one.other,
        "on": one.on.isoformat() if one.on else None,
        "team_id": one.team_id,
        "workers": list(one.workers),
        "address": address_of(one),
    }
