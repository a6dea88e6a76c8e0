"""The JSON API of handing plans over, the same in every recording service."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint
from sqlalchemy import Connection

from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.auth.teams import teams_seen
from shared.clock import local_date
from shared.serviceunit.handover.handlers import give_plans
from shared.serviceunit.handover.schemas import LeaverSchema, PlansGivenSchema
from shared.serviceunit.recording import Recording
from shared.web.requests import answer, command_meta, is_dry_run, service

Planned = Callable[[Connection, str, Collection[str] | None, str, date], list[dict[str, Any]]]
"""What a worker of an agency has planned in some teams (None: in all), as of a day: lines for a list."""


def handover_api(units: Recording[Any], planned: Planned) -> Blueprint:
    """The routes for what is planned among the `units` of a service."""
    bp = Blueprint("plans_api", __name__, url_prefix="/handover", description="Handing plans over")

    @bp.post("/planned")
    @requires(*LEADERS)
    @bp.arguments(LeaverSchema())
    def list_planned(asked: dict[str, Any]) -> Response:
        """What somebody has planned in one's teams, the next first; no names"""
        who, today = identity(), local_date(service().clock.now())
        with service().database.read() as connection:
            return jsonify({"items": planned(connection, who.agency_id, teams_seen(who), asked["worker_id"], today)})

    @bp.post("/planned/give")
    @requires(*LEADERS)
    @bp.arguments(PlansGivenSchema())
    def give(asked: dict[str, Any]) -> Response:
        """Give what somebody has planned to others, each to its successor; what is no longer theirs is left"""
        chosen = {one["unit_id"]: one["worker_id"] for one in asked["entries"]}
        meta, dry_run = command_meta(), is_dry_run()
        outcome = give_plans(units, service(), identity(), meta, asked["worker_id"], chosen, dry_run=dry_run)
        done = [pending.stream_id for pending in outcome.events]
        return answer(outcome, {"given": done, "left": [one for one in chosen if one not in done]}, 200)

    return bp
