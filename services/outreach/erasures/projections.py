"""What an erasure leaves in the read tables: nothing that could be opened, and the notes somebody has to look at."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select, update

from services.outreach.erasures.events import NoteReviewed, PersonKeysDropped
from services.outreach.tables import contact, note_review, visit, visit_participant
from shared.database import to_micros
from shared.eventstore import Pending


def project(connection: Connection, pending: Pending) -> None:
    """Write what this event changes; events of other aggregates are passed over."""
    match pending.event:
        case PersonKeysDropped(person_id=person_id, contact_ids=contact_ids):
            _drop(connection, pending, {person_id, *contact_ids})
        case NoteReviewed(unit_id=unit_id, decision=decision):
            connection.execute(delete(note_review).where(note_review.c.unit_id == unit_id))
            if decision == "destroyed":
                _forget_own_note(connection, unit_id)


def _drop(connection: Connection, pending: Pending, ids: Collection[str]) -> None:
    connection.execute(update(contact).where(contact.c.contact_id.in_(ids)).values(erased=True, sealed=None))
    connection.execute(update(visit).where(visit.c.note_subject.in_(ids)).values(has_note=False))
    theirs = select(visit_participant.c.unit_id).where(visit_participant.c.person_id.in_(ids))
    queued = list(
        connection.scalars(select(visit.c.unit_id).where(visit.c.own_subject.is_not(None), visit.c.unit_id.in_(theirs)))
    )
    connection.execute(delete(note_review).where(note_review.c.unit_id.in_(queued)))
    rows = [
        {
            "unit_id": unit_id,
            "agency_id": pending.agency_id,
            "queued_at": to_micros(pending.occurred_at),
        }
        for unit_id in queued
    ]
    if rows:
        connection.execute(insert(note_review), rows)


def _forget_own_note(connection: Connection, unit_id: str) -> None:
    own = update(visit).where(visit.c.unit_id == unit_id)
    connection.execute(own.where(visit.c.note_subject == visit.c.own_subject).values(has_note=False))
    connection.execute(own.values(own_subject=None))
