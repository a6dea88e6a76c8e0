"""The JSON API of the monthly return."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.reporting.returns.files import line_values, month_name
from services.reporting.returns.queries import month_of, return_of
from services.reporting.returns.schemas import ReturnSchema
from services.reporting.team.access import teams_asked
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.clock import local_date
from shared.web.requests import service

bp = Blueprint("returns_api", __name__, description="The monthly return")


@bp.get("/team/return")
@requires(*LEADERS)
@bp.arguments(ReturnSchema(), location="query")
def monthly(asked: dict[str, Any]) -> Response:
    """What each team and each worker did in one month; `worker` is `all` for the team, empty for cases of nobody"""
    month = month_of(asked["month"], local_date(service().clock.now()))
    lines = return_of(service(), identity().agency_id, teams_asked(), month)
    return jsonify({"month": month_name(month), "lines": [line_values(one) for one in lines]})
