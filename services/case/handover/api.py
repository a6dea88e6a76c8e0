"""The JSON API of handovers."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.case.handover import queries
from services.case.handover.handlers import assigned, hand_over
from services.case.handover.schemas import HandoverSchema
from services.case.sessions.handlers import movable, sessions
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.auth.teams import teams_seen
from shared.serviceunit.handover.api import handover_api
from shared.serviceunit.handover.schemas import LeaverSchema
from shared.serviceunit.moving.api import moving_api
from shared.web.requests import answer, command_meta, is_dry_run, service

bp = Blueprint("handover_api", __name__, url_prefix="/handover", description="Handing cases over")
plans = handover_api(sessions, queries.planned_by)
moves = moving_api(movable)


@bp.post("/left")
@requires(*LEADERS)
@bp.arguments(LeaverSchema())
def left(asked: dict[str, Any]) -> Response:
    """How many cases of one's teams somebody is still responsible for"""
    who = identity()
    with service().database.read() as connection:
        return jsonify({"left": queries.left(connection, who.agency_id, teams_seen(who), asked["worker_id"])})


@bp.post("")
@requires(*LEADERS)
@bp.arguments(HandoverSchema())
def give(asked: dict[str, Any]) -> Response:
    """Assign cases of somebody who leaves to others, each to its successor; what is no longer theirs is left"""
    successors = {one["case_id"]: one["worker_id"] for one in asked["cases"]}
    meta, dry_run = command_meta(), is_dry_run()
    outcome = hand_over(service(), identity(), meta, asked["worker_id"], successors, asked["on"], dry_run=dry_run)
    done = assigned(outcome)
    return answer(outcome, {"assigned": done, "left": [one for one in successors if one not in done]}, 200)
