"""Deciding about a note that also tells of somebody who was erased. Pure."""

from services.outreach.erasures.events import NoteReviewed
from shared.errors import Invalid, NotFound
from shared.serviceunit.checks import unknown_code

DECISIONS = ("kept", "destroyed")


def decide(unit_id: str, decision: str, *, waiting: bool) -> list[NoteReviewed]:
    """The review; `waiting` says that this note is one of those to be looked at."""
    if decision not in DECISIONS:
        raise Invalid.of([unknown_code("decision", decision, DECISIONS)])
    if not waiting:
        raise NotFound("no_review_waiting", "No note of this visit waits to be looked at.")
    return [NoteReviewed(unit_id=unit_id, decision=decision)]
