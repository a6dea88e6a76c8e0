"""The facts in the life of a task. Published is only that there is one: what it is about, whom, and what was decided
is sealed under a key of its own, every note under one more."""

from dataclasses import dataclass
from datetime import datetime

from shared.events import Sealed, event


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a task is about: the entry that gave rise to it, by service and id, its case, and the one person in it.

    `worker_id` is who carried the case then, or who made the entry where there is no case.
    """

    kind: str
    service: str
    entry_id: str
    case_id: str | None = None
    person_id: str | None = None
    worker_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done; `bodies` are those to report to."""

    code: str
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One body was told, at this moment."""

    body: str
    reported_at: datetime


@event("TaskRaised", subject="task_id")
class TaskRaised:
    """Something must be followed up on the day it was raised, by the worker and the leader of the team."""

    task_id: str
    team_id: str
    matter: Sealed[Matter | None] = None


@event("TaskDecided", subject="task_id")
class TaskDecided:
    """Somebody decided what is to be done; `closed` says that with this nothing remains to do."""

    task_id: str
    closed: bool
    decision: Sealed[Decision | None] = None


@event("TaskReported", subject="task_id")
class TaskReported:
    """A body was told; `closed` says that it was the last that had to be."""

    task_id: str
    closed: bool
    report: Sealed[Report | None] = None


@event("TaskNoted", subject="note_id")
class TaskNoted:
    """Somebody wrote a note beside a decision or a report."""

    task_id: str
    note_id: str
    note: Sealed[str | None] = None


@event("TaskWithdrawn")
class TaskWithdrawn:
    """The entry that gave rise to it was wrong: it was corrected, or voided."""

    task_id: str
    reason: str


TaskEvent = TaskRaised | TaskDecided | TaskReported | TaskNoted | TaskWithdrawn
EVENTS: tuple[type, ...] = (TaskRaised, TaskDecided, TaskReported, TaskNoted, TaskWithdrawn)
