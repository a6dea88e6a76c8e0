"""The list of tasks, written in the transaction of the events and again at every rebuild."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, update

from services.case.notes.events import NoteReviewed
from services.case.people.events import PersonErased
from services.case.tables import task
from services.case.tasks.events import (
    EVENTS,
    Matter,
    TaskDecided,
    TaskNoted,
    TaskRaised,
    TaskReported,
    TaskWithdrawn,
)
from shared.database import to_micros
from shared.eventstore import Pending

_SEALED = tuple(Matter.__dataclass_fields__)


def project(connection: Connection, pending: Sequence[Pending]) -> None:
    for one in pending:
        _project(connection, one)
    versions = {one.stream_id: one.version for one in pending if isinstance(one.event, EVENTS)}
    for task_id, version in versions.items():
        _set(connection, task.c.task_id == task_id, version=version)


def _project(connection: Connection, one: Pending) -> None:
    match one.event:
        case TaskRaised() as event:
            connection.execute(insert(task), _row(event, one))
        case TaskDecided(task_id=task_id, closed=closed, decision=decision):
            code = decision.code if decision else None
            _set(connection, task.c.task_id == task_id, phase=_phase(closed=closed), decision=code)
        case TaskReported(task_id=task_id, closed=closed):
            _set(connection, task.c.task_id == task_id, phase=_phase(closed=closed))
        case TaskNoted(task_id=task_id, note=note) if note is not None:
            _set(connection, task.c.task_id == task_id, has_note=True)
        case TaskWithdrawn(task_id=task_id):
            _set(connection, task.c.task_id == task_id, phase="withdrawn")
        case PersonErased(person_id=person_id):
            gone = dict.fromkeys((*_SEALED, "decision"))
            _set(connection, task.c.person_id == person_id, has_note=False, **gone)
        case NoteReviewed(unit_id=unit_id, decision="destroyed"):
            _set(connection, task.c.entry_id == unit_id, has_note=False)
        case _:
            pass


def _row(event: TaskRaised, one: Pending) -> dict[str, Any]:
    about = asdict(event.matter) if event.matter else dict.fromkeys(_SEALED)
    return about | {
        "task_id": event.task_id,
        "agency_id": one.agency_id,
        "team_id": event.team_id,
        "raised_by": one.actor,
        "raised_at": to_micros(one.occurred_at),
        "phase": "open",
        "has_note": False,
        "version": one.version,
    }


def _phase(*, closed: bool) -> str:
    return "closed" if closed else "open"


def _set(connection: Connection, which: ColumnElement[bool], **values: Any) -> None:
    connection.execute(update(task).where(which).values(**values))
