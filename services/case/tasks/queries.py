"""What is known of tasks: the lists of a person and of teams, and what a handler needs of entries and cases.

A task belongs to the team and the worker who have its case now; without a case, to those of its entry.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select, true

from services.case.tables import case_file, task
from services.case.tasks.domain import Task, awaited
from services.case.tasks.events import TaskDecided, TaskNoted, TaskReported, TaskWithdrawn
from shared.clock import local_date
from shared.database import from_micros
from shared.eventstore import Recorded

_team_now = func.coalesce(case_file.c.team_id, task.c.team_id)
_worker_now = func.coalesce(case_file.c.worker_id, task.c.worker_id)


def _tasks(agency_id: str, teams: Collection[str] | None) -> Select[Any]:
    """Those of the teams that still say what they are about."""
    return (
        select(task, case_file.c.case_number, _team_now.label("of_team"), _worker_now.label("of_worker"))
        .outerjoin(case_file, case_file.c.case_id == task.c.case_id)
        .where(task.c.agency_id == agency_id, task.c.kind.is_not(None))
        .where(true() if teams is None else _team_now.in_(teams))
    )


def task_list(
    connection: Connection,
    agency_id: str,
    teams: Collection[str] | None,
    *,
    of: str | None = None,
    leads: bool = False,
    phase: str | None = "open",
    case_id: str | None = None,
    entry_id: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> list[dict[str, Any]]:
    """Tasks of the teams, the oldest open first, what is done from the newest.

    `of` asks for those of one account: of the own cases, raised by oneself, and all of the teams for whom one leads.
    """
    wanted = _tasks(agency_id, teams)
    if of is not None and not leads:
        wanted = wanted.where(or_(_worker_now == of, task.c.raised_by == of))
    if phase is not None:
        wanted = wanted.where(task.c.phase == phase)
    if case_id is not None:
        wanted = wanted.where(task.c.case_id == case_id)
    if entry_id is not None:
        wanted = wanted.where(task.c.entry_id == entry_id)
    order = task.c.task_id if phase == "open" else task.c.task_id.desc()
    if after is not None:
        wanted = wanted.where(task.c.task_id > after if phase == "open" else task.c.task_id < after)
    return [_listed(row) for row in connection.execute(wanted.order_by(order).limit(limit))]


def team_of(connection: Connection, agency_id: str, task_id: str) -> str | None:
    """The team a task belongs to now; None when there is no such task."""
    wanted = (
        select(_team_now)
        .select_from(task)
        .outerjoin(case_file, case_file.c.case_id == task.c.case_id)
        .where(task.c.task_id == task_id, task.c.agency_id == agency_id)
    )
    found: str | None = connection.scalar(wanted)
    return found


def open_tasks_of(connection: Connection, entry_id: str) -> dict[str, str]:
    """The open tasks that an entry gave rise to: their ids by kind."""
    wanted = select(task.c.kind, task.c.task_id).where(and_(task.c.entry_id == entry_id, task.c.phase == "open"))
    return {row.kind: row.task_id for row in connection.execute(wanted)}


def tasks_about(connection: Connection, person_ids: Collection[str]) -> list[str]:
    """The tasks about one of these people alone."""
    return list(connection.scalars(select(task.c.task_id).where(task.c.person_id.in_(person_ids))))


def noted_tasks_of(connection: Connection, entry_id: str) -> list[str]:
    """The tasks of an entry beside which notes were written."""
    wanted = select(task.c.task_id).where(task.c.entry_id == entry_id, task.c.has_note.is_(True))
    return list(connection.scalars(wanted))


def worker_of_case(connection: Connection, case_id: str | None) -> str | None:
    """Who carries a case now."""
    found: str | None = connection.scalar(select(case_file.c.worker_id).where(case_file.c.case_id == case_id))
    return found


def case_number_of(connection: Connection, agency_id: str, case_id: str) -> str | None:
    """The agency's own number of a case."""
    wanted = select(case_file.c.case_number).where(case_file.c.case_id == case_id, case_file.c.agency_id == agency_id)
    found: str | None = connection.scalar(wanted)
    return found


def _listed(row: Any) -> dict[str, Any]:
    raised_at = from_micros(row.raised_at)
    return {
        "task_id": row.task_id,
        "kind": row.kind,
        "service": row.service,
        "entry_id": row.entry_id,
        "case_id": row.case_id,
        "case_number": row.case_number,
        "person_id": row.person_id,
        "team_id": row.of_team,
        "worker_id": row.of_worker,
        "raised_by": row.raised_by,
        "raised_at": raised_at.isoformat(),
        "due_on": local_date(raised_at).isoformat(),
        "phase": row.phase,
        "awaits": awaited(row.phase, row.decision),
        "decision": row.decision,
        "version": row.version,
    }


def task_view(task: Task, chain: Sequence[Recorded]) -> dict[str, Any]:
    """A task with its chain, oldest first, for those who may read notes."""
    raised, matter = chain[0], task.matter
    return {
        "task_id": task.task_id,
        "kind": matter.kind if matter else None,
        "service": matter.service if matter else None,
        "entry_id": matter.entry_id if matter else None,
        "case_id": matter.case_id if matter else None,
        "person_id": matter.person_id if matter else None,
        "raised_by": raised.actor,
        "raised_at": raised.recorded_at.isoformat(),
        "due_on": local_date(raised.occurred_at).isoformat(),
        "phase": task.phase,
        "awaits": task.awaits,
        "decision": task.decision.code if task.decision else None,
        "unreported": list(task.unreported),
        "chain": [_link(recorded) for recorded in chain],
        "version": len(chain),
    }


def _link(recorded: Recorded) -> dict[str, Any]:
    """One link of the chain: what, who, when, and the codes and the note it carries."""
    event = recorded.event
    link = {"type": recorded.type, "actor": recorded.actor, "recorded_at": recorded.recorded_at.isoformat()}
    match event:
        case TaskDecided(decision=decision) if decision:
            return link | {"decision": decision.code, "bodies": list(decision.bodies)}
        case TaskReported(report=report) if report:
            return link | {"body": report.body, "reported_at": report.reported_at.isoformat()}
        case TaskNoted(note=note):
            return link | {"note": note}
        case TaskWithdrawn(reason=reason):
            return link | {"reason": reason}
        case _:
            return link
