"""The list of notes that wait for a leader: one row for each session and erased person, gone once decided."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, exists, insert, or_, select, update

from services.case.notes.events import NoteReviewed
from services.case.people.events import PersonErased
from services.case.tables import note_review, session_person, session_unit, task
from shared.eventstore import Pending


def project(connection: Connection, pending: Sequence[Pending]) -> None:
    for one in pending:
        match one.event:
            case PersonErased(person_id=person_id):
                # A note about this person alone is gone with the key.
                own = update(session_unit).where(session_unit.c.note_subject == person_id)
                connection.execute(own.values(has_note=False))
                _queue(connection, one.agency_id, person_id)
            case NoteReviewed(unit_id=unit_id, decision=decision):
                connection.execute(delete(note_review).where(note_review.c.unit_id == unit_id))
                if decision == "destroyed":
                    emptied = update(session_unit).where(session_unit.c.unit_id == unit_id)
                    connection.execute(emptied.values(has_note=False))
            case _:
                pass


def _queue(connection: Connection, agency_id: str, person_id: str) -> None:
    beside_its_tasks = exists().where(task.c.entry_id == session_unit.c.unit_id, task.c.has_note.is_(True))
    shared = (
        select(session_unit.c.unit_id)
        .join(session_person, session_person.c.unit_id == session_unit.c.unit_id)
        .where(session_person.c.person_id == person_id, or_(session_unit.c.has_note.is_(True), beside_its_tasks))
    )
    rows = [
        {"unit_id": unit_id, "person_id": person_id, "agency_id": agency_id}
        for unit_id in connection.scalars(shared).all()
    ]
    if rows:
        connection.execute(insert(note_review), rows)
