"""The page of notes that may name somebody who was erased."""

from typing import Any

from flask import Blueprint, render_template, request

from services.groups.erasures import handlers, queries
from services.groups.meetings.handlers import meetings
from shared.auth.identity import identity, requires
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
    shown = [{**one, "note": meetings.read(service(), who, one["meeting_id"])[0].note} for one in found]
    return render_template("groups/note-reviews.html", reviews=shown)


@bp.post("/<meeting_id>")
@requires(*LEADERS)
def review(meeting_id: str) -> Any:
    """Keep the notes of a meeting, or destroy them."""
    decision = request.form.get("decision", "")
    return see_other(
        "/groups/note-reviews", handlers.review_note(service(), identity(), command_meta(), meeting_id, decision)
    )
