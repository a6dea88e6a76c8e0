"""The list of notes that may name somebody who was erased, and that a leader has to look at."""

from sqlalchemy import Connection, delete, insert, select, update

from services.groups.erasures.events import NoteReviewed, PersonKeysDropped
from services.groups.tables import meeting, meeting_participant, note_review
from shared.database import to_micros
from shared.eventstore import Pending


def project(connection: Connection, pending: Pending) -> None:
    """Write what this event changes; events of other aggregates are passed over."""
    match pending.event:
        case PersonKeysDropped(person_id=person_id):
            _queue(connection, pending, person_id)
        case NoteReviewed(unit_id=unit_id, decision=decision):
            connection.execute(delete(note_review).where(note_review.c.unit_id == unit_id))
            if decision == "destroyed":
                connection.execute(update(meeting).where(meeting.c.unit_id == unit_id).values(has_note=False))


def _queue(connection: Connection, pending: Pending, person_id: str) -> None:
    wanted = (
        select(meeting.c.unit_id)
        .join(meeting_participant, meeting_participant.c.unit_id == meeting.c.unit_id)
        .where(meeting_participant.c.person_id == person_id, meeting.c.has_note)
    )
    rows = [
        {
            "unit_id": unit_id,
            "person_id": person_id,
            "agency_id": pending.agency_id,
            "queued_at": to_micros(pending.occurred_at),
        }
        for unit_id in connection.scalars(wanted).all()
    ]
    if rows:
        connection.execute(insert(note_review), rows)
