"""The page of notes that also tell of somebody who was erased."""

from typing import Any

from flask import Blueprint, render_template, request

from services.outreach.erasures import handlers
from services.outreach.visits.handlers import visits
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.web.requests import command_meta, see_other, service

bp = Blueprint("note_reviews", __name__, url_prefix="/note-reviews")


@bp.get("")
@requires(*LEADERS)
def list_reviews() -> str:
    """The notes that wait, each to be read and then kept or destroyed."""
    waiting = handlers.list_reviews(service(), identity())
    shown = [{**one, "notes": _notes(one["visit_id"])} for one in waiting]
    return render_template("outreach/note-reviews.html", reviews=shown)


@bp.post("/<visit_id>")
@requires(*LEADERS)
def review(visit_id: str) -> Any:
    """Keep the notes of a visit, or destroy them."""
    decision = request.form.get("decision", "")
    outcome = handlers.review_note(service(), identity(), command_meta(), visit_id, decision)
    return see_other("/outreach/note-reviews", outcome)


def _notes(visit_id: str) -> list[str]:
    """Every note the visit has had, each once: an earlier one may tell of the person too."""
    _, story = visits.read(service(), identity(), visit_id)
    notes = [getattr(one.event, "note", None) for one in story]
    return list(dict.fromkeys(note for note in notes if note))
