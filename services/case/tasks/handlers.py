"""Tasks: raised and withdrawn in the transaction of the entry they follow from, decided and reported in their own."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import reduce
from typing import Any

from services.case.tasks import queries
from services.case.tasks.domain import (
    INITIAL,
    DecideTask,
    Note,
    RaiseTask,
    ReportTask,
    Task,
    WithdrawTask,
    decide,
    evolve,
)
from services.case.tasks.events import Decision, Matter, Report, TaskNoted
from shared.auth.identity import Identity
from shared.auth.teams import require_team
from shared.errors import NotFound
from shared.eventstore import CommandMeta, Outcome, Recorded, Work
from shared.ids import is_id, new_id
from shared.service import Service

PREFIX = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The entry that tasks follow from: in which service, of which case and team, about whom alone."""

    entry_id: str
    team_id: str
    case_id: str | None
    person_id: str | None
    service: str = "case"


def raise_task(work: Work, source: Source, kind: str) -> None:
    """Raise a task of this kind with the entry, unless one is open already."""
    if kind in queries.open_tasks_of(work.connection, source.entry_id):
        return
    matter = Matter(
        kind=kind,
        service=source.service,
        entry_id=source.entry_id,
        case_id=source.case_id,
        person_id=source.person_id,
        worker_id=queries.worker_of_case(work.connection, source.case_id) or work.meta.actor,
    )
    task_id = new_id(PREFIX)
    work.append(task_id, decide(RaiseTask(task_id=task_id, team_id=source.team_id, matter=matter), INITIAL), 0)


def withdraw_task(work: Work, entry_id: str, kind: str, reason: str) -> None:
    """Withdraw what is open of this kind, since the entry was wrong."""
    task_id = queries.open_tasks_of(work.connection, entry_id).get(kind)
    if task_id is not None:
        task, version = work.fold(task_id, INITIAL, evolve)
        work.append(task_id, decide(WithdrawTask(reason=reason), task), version)


def decide_task(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    task_id: str,
    asked: dict[str, Any],
    expected: int,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Say what is to be done."""
    decision = Decision(code=asked["decision"], bodies=tuple(dict.fromkeys(asked["bodies"])))
    note = _note(asked)
    return _change(
        service, who, meta, task_id, lambda _: DecideTask(decision=decision, note=note), expected, dry_run=dry_run
    )


def report_task(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    task_id: str,
    asked: dict[str, Any],
    expected: int,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Record that a body was told."""
    note = _note(asked)

    def command(work: Work) -> ReportTask:
        report = Report(body=asked["body"], reported_at=asked["reported_at"] or work.now)
        return ReportTask(report=report, now=work.now, note=note)

    return _change(service, who, meta, task_id, command, expected, dry_run=dry_run)


def read(service: Service, who: Identity, task_id: str) -> tuple[Task, list[Recorded]]:
    """A task of the asker's teams as it is now, and its chain."""
    with service.database.read() as connection:
        team_id = queries.team_of(connection, who.agency_id, task_id) if is_id(task_id, PREFIX) else None
        if team_id is None:
            raise NotFound("task_not_found", "There is no such task.")
        require_team(who, team_id)
        chain = service.store.load(connection, task_id, who.agency_id)
    return reduce(evolve, (recorded.event for recorded in chain), INITIAL), chain


def destroy_tasks_about(service: Service, work: Work, person_ids: Collection[str]) -> None:
    """Destroy the keys of tasks about one of these people alone, and of the notes beside them."""
    for task_id in queries.tasks_about(work.connection, person_ids):
        service.vault.destroy(work.connection, task_id)
        _destroy_notes(service, work, task_id)


def destroy_notes_of(service: Service, work: Work, entry_id: str) -> None:
    """Destroy the notes beside the tasks of an entry; the chains stay."""
    for task_id in queries.noted_tasks_of(work.connection, entry_id):
        _destroy_notes(service, work, task_id)


def notes_of(service: Service, who: Identity, entry_id: str) -> list[str]:
    """The notes beside the tasks of an entry, for who must say whether they may stay."""
    with service.database.read() as connection:
        task_ids = queries.noted_tasks_of(connection, entry_id)
    chains = [read(service, who, task_id)[1] for task_id in task_ids]
    return [one.event.note for chain in chains for one in chain if isinstance(one.event, TaskNoted) and one.event.note]


def _destroy_notes(service: Service, work: Work, task_id: str) -> None:
    for recorded in work.load(task_id):
        if isinstance(recorded.event, TaskNoted):
            service.vault.destroy(work.connection, recorded.event.note_id)


def _change(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    task_id: str,
    command: Callable[[Work], DecideTask | ReportTask],
    expected: int,
    *,
    dry_run: bool,
) -> Outcome:
    read(service, who, task_id)

    def body(work: Work) -> None:
        task, _ = work.fold(task_id, INITIAL, evolve)
        work.append(task_id, decide(command(work), task), expected)

    return service.store.run(meta, body, dry_run=dry_run)


def _note(asked: dict[str, Any]) -> Note | None:
    text = (asked["note"] or "").strip()
    return Note(note_id=new_id("note"), text=text) if text else None
