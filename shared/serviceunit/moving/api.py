"""The JSON API of moving entries to another contract, the same in every recording service."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.serviceunit.moving.handlers import Movable, Move, Moved, move_all, would_move
from shared.serviceunit.moving.schemas import MoveSchema
from shared.web.problems import error_message
from shared.web.requests import command_meta, is_dry_run, seen, service


def moving_api(movable: Movable) -> Blueprint:
    """The route by which a leader moves entries of a service to another contract."""
    bp = Blueprint("moves_api", __name__, description="Moving entries to another contract")

    @bp.post("/moves")
    @requires(*LEADERS)
    @bp.arguments(MoveSchema())
    def move(asked: dict[str, Any]) -> Response:
        """Correct entries that were booked under the wrong contract, each by itself; with `dry_run` only look"""
        entries = {one["unit_id"]: one["version"] for one in asked.pop("entries")}
        if is_dry_run():
            return _told(would_move(movable, service(), identity(), Move(**asked), entries))
        done = move_all(movable, service(), identity(), command_meta(), Move(**asked), entries)
        for one in done:
            if one.outcome is not None:
                seen(one.outcome)
        return _told(done)

    return bp


def _told(done: list[Moved]) -> Response:
    failed = [
        {"unit_id": one.unit_id, "code": one.error.code, "message": error_message(one.error)}
        for one in done
        if one.error is not None
    ]
    return jsonify({"moved": [one.unit_id for one in done if one.error is None], "failed": failed})
