"""The page of notes that may name somebody who was erased."""

from typing import Any

from flask import Blueprint, render_template, request

from services.case.notes import handlers, queries
from services.case.sessions.handlers import sessions
from services.case.tasks.handlers import notes_of
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import LEADERS
from shared.auth.teams import teams_seen
from shared.web.requests import command_meta, see_other, service

bp = Blueprint("note_reviews", __name__, url_prefix="/note-reviews")


@bp.get("")
@requires(*LEADERS)
def waiting() -> str:
    """The notes that wait, each to be read and then kept or destroyed."""
    who = identity()
    with service().database.read() as connection:
        found = queries.waiting(connection, who.agency_id, teams_seen(who))
    shown = [{**one, "notes": _notes(who, one["session_id"])} for one in found]
    return render_template("case/note-reviews.html", reviews=shown)


@bp.post("/<session_id>")
@requires(*LEADERS)
def review(session_id: str) -> Any:
    """Keep the notes of a session, or destroy them."""
    decision = request.form.get("decision", "")
    outcome = handlers.review(service(), identity(), command_meta(), session_id, decision)
    return see_other("/case/note-reviews", outcome)


def _notes(who: Identity, session_id: str) -> list[str]:
    """The note of a session, and those beside its tasks."""
    note = sessions.read(service(), who, session_id)[0].note
    return [*([note] if note else []), *notes_of(service(), who, session_id)]
