"""The JSON API of breakdowns."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.reporting.breakdowns import handlers
from services.reporting.breakdowns.domain import SetRelease, printed, within
from services.reporting.breakdowns.queries import divided
from services.reporting.breakdowns.schemas import BreakdownSchema, ReleaseSchema
from services.reporting.breakdowns.views import breakdown_values, said_of
from services.reporting.figures.reports import Asked
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS, RECORDERS
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service

bp = Blueprint("breakdowns_api", __name__, description="Figures in parts")

_PLACE = "/contracts/<contract_id>/figures/<indicator>/<measure>/by/<by>"


@bp.get(_PLACE)
@requires(*RECORDERS)
@bp.arguments(BreakdownSchema(), location="query")
def read_breakdown(asked: dict[str, Any], contract_id: str, indicator: str, measure: str, by: str) -> Response:
    """One figure in parts; with `audience=funder` as it may leave the agency, small cells held back"""
    to_whom = asked.pop("audience")
    found = divided(service(), identity().agency_id, contract_id, indicator, measure, by, Asked(**asked))
    shown = printed(found.parts, found.release) if to_whom == "funder" else within(found.parts)
    response = jsonify({**breakdown_values(found, shown), "explanations": said_of(found, shown)})
    response.set_etag(str(found.release_version))
    return response


@bp.put(f"{_PLACE}/release")
@requires(*LEADERS)
@bp.arguments(ReleaseSchema())
def release(asked: dict[str, Any], contract_id: str, indicator: str, measure: str, by: str) -> Response:
    """Release the small cells of a breakdown by a personal attribute, with a reason; null holds them back again"""
    command = SetRelease(contract_id=contract_id, indicator=indicator, measure=measure, by=by, **asked)
    outcome = handlers.set_release(service(), command_meta(), command, expected_version(), dry_run=is_dry_run())
    return answer(outcome, {"version": outcome.version, "reason": asked["reason"], "warnings": []}, 200)
