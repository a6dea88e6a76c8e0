"""The JSON API of the notes that somebody has to look at after an erasure."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.outreach.answers import page_of
from services.outreach.erasures import handlers
from services.outreach.erasures.schemas import NoteReviewSchema
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.web.requests import answer, command_meta, service

bp = Blueprint(
    "erasures_api", __name__, url_prefix="/note-reviews", description="Notes that also tell of an erased person"
)


@bp.get("")
@requires(*LEADERS)
def list_reviews() -> Response:
    """The visits whose notes wait to be looked at."""
    return page_of(handlers.list_reviews(service(), identity()), None)


@bp.post("/<visit_id>")
@requires(*LEADERS)
@bp.arguments(NoteReviewSchema())
def review(asked: dict[str, Any], visit_id: str) -> Response:
    """Keep the note, or destroy it."""
    outcome = handlers.review_note(service(), identity(), command_meta(), visit_id, asked["decision"])
    return answer(outcome, {"visit_id": visit_id, "decision": asked["decision"]}, 200)
