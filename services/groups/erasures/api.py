"""The JSON API of notes that may name somebody who was erased."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.groups.erasures import handlers, queries
from services.groups.erasures.schemas import ReviewSchema
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.auth.teams import teams_seen
from shared.web.requests import answer, command_meta, service

bp = Blueprint("note_reviews_api", __name__, description="Notes to look at after an erasure")


@bp.get("/note-reviews")
@requires(*LEADERS)
def waiting() -> Response:
    """Meetings whose notes may name somebody who was erased."""
    who = identity()
    with service().database.read() as connection:
        items = queries.waiting(connection, who.agency_id, teams_seen(who))
    return jsonify({"items": items, "next": None})


@bp.post("/note-reviews/<meeting_id>")
@requires(*LEADERS)
@bp.arguments(ReviewSchema())
def review(asked: dict[str, Any], meeting_id: str) -> Response:
    """Keep the notes of a meeting, or destroy them."""
    outcome = handlers.review_note(service(), identity(), command_meta(), meeting_id, asked["decision"])
    return answer(outcome, {"meeting_id": meeting_id, "decision": asked["decision"]}, 200)
