"""The JSON API of notes that may name somebody who was erased."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.case.notes import handlers, queries
from services.case.notes.schemas import ReviewSchema
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.auth.teams import teams_seen
from shared.web.requests import answer, command_meta, is_dry_run, service

bp = Blueprint("note_reviews_api", __name__, description="Notes to look at after an erasure")


@bp.get("/note-reviews")
@requires(*LEADERS)
def waiting() -> Response:
    """Sessions whose notes may name somebody who was erased"""
    who = identity()
    with service().database.read() as connection:
        items = queries.waiting(connection, who.agency_id, teams_seen(who))
    return jsonify({"items": items, "next": None})


@bp.post("/note-reviews/<session_id>")
@requires(*LEADERS)
@bp.arguments(ReviewSchema())
def review(asked: dict[str, Any], session_id: str) -> Response:
    """Keep the notes of a session, or destroy them"""
    meta, dry_run = command_meta(), is_dry_run()
    outcome = handlers.review(service(), identity(), meta, session_id, asked["decision"], dry_run=dry_run)
    return answer(outcome, {"session_id": session_id, "decision": asked["decision"]}, 200)
