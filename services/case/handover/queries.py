"""What somebody is responsible for: the cases that are not closed, with what is planned and due in each."""

from collections.abc import Collection
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, func, select

from services.case.sessions.queries import ADDRESS, case_numbers
from services.case.tables import case_file, session_case, session_unit, session_worker, task
from shared.serviceunit.agenda import BEHIND, to_hand_over
from shared.serviceunit.unit import ServiceUnit

_decoder = msgspec.json.Decoder(ServiceUnit)


def planned_by(
    connection: Connection, agency_id: str, teams: Collection[str] | None, worker_id: str, today: date
) -> list[dict[str, Any]]:
    """What this worker has planned in these teams, the next first; a session of one of their cases goes with it."""
    wanted = (
        select(session_unit.c.unit)
        .join(session_worker, session_worker.c.unit_id == session_unit.c.unit_id)
        .where(
            session_unit.c.agency_id == agency_id,
            session_unit.c.phase == "planned",
            session_worker.c.worker_id == worker_id,
            session_worker.c.occurred_on >= today - BEHIND,
        )
        .order_by(session_unit.c.occurred_on, session_unit.c.unit_id)
    )
    if teams is not None:
        wanted = wanted.where(session_unit.c.team_id.in_(teams))
    units = [_decoder.decode(row.unit) for row in connection.execute(wanted)]
    own = set(
        connection.scalars(
            select(case_file.c.case_id).where(case_file.c.worker_id == worker_id, case_file.c.stage != "closed")
        )
    )
    beside = [one for one in units if one.case_id not in own]
    return to_hand_over(beside, worker_id, ADDRESS, case_numbers(connection, beside))


def planned_in(connection: Connection, case_id: str) -> list[str]:
    """The sessions planned in a case."""
    wanted = (
        select(session_unit.c.unit_id)
        .join(session_case, session_case.c.unit_id == session_unit.c.unit_id)
        .where(session_case.c.case_id == case_id, session_unit.c.phase == "planned")
    )
    return list(connection.scalars(wanted))


def left(connection: Connection, agency_id: str, teams: Collection[str] | None, worker_id: str) -> int:
    """How many cases of these teams (None: of the agency) this worker is responsible for."""
    cases = _open(agency_id, teams).where(case_file.c.worker_id == worker_id)
    return int(connection.execute(select(func.count()).select_from(cases.subquery())).scalar_one())


def loads(connection: Connection, agency_id: str, teams: Collection[str] | None) -> dict[str, int]:
    """How many open cases each worker has in these teams, by account."""
    cases = _open(agency_id, teams).subquery()
    counted = select(cases.c.worker_id, func.count().label("cases")).where(cases.c.worker_id.is_not(None))
    return {row.worker_id: row.cases for row in connection.execute(counted.group_by(cases.c.worker_id))}


def caseload(
    connection: Connection, agency_id: str, teams: Collection[str] | None, worker_id: str
) -> list[dict[str, Any]]:
    """The open cases of a worker by number, with the last session, what is planned, follow-ups and open tasks."""
    wanted = _open(agency_id, teams).where(case_file.c.worker_id == worker_id).order_by(case_file.c.case_number)
    rows = connection.execute(wanted.limit(500)).all()
    ids = [row.case_id for row in rows]
    last = _dates(connection, ids, func.max, session_unit.c.phase == "recorded", session_unit.c.status == "held")
    planned = _entries(connection, ids, session_unit.c.phase == "planned", session_unit.c.occurred_on)
    due = _entries(connection, ids, session_unit.c.phase == "recorded", session_unit.c.follow_up_on)
    open_tasks = _tasks(connection, ids)
    return [
        {
            "case_id": row.case_id,
            "case_number": row.case_number,
            "team_id": row.team_id,
            "stage": row.stage,
            "stage_on": row.stage_on,
            "last_on": last.get(row.case_id),
            "planned": planned.get(row.case_id, []),
            # Whoever was met since then has been followed up.
            "follow_ups": [one for one in due.get(row.case_id, []) if one["on"] > last.get(row.case_id, date.min)],
            "tasks": open_tasks.get(row.case_id, 0),
        }
        for row in rows
    ]


def _open(agency_id: str, teams: Collection[str] | None) -> Select[Any]:
    wanted = select(case_file).where(case_file.c.agency_id == agency_id, case_file.c.stage != "closed")
    return wanted if teams is None else wanted.where(case_file.c.team_id.in_(teams))


def _dates(connection: Connection, case_ids: list[str], pick: Any, *conditions: Any) -> dict[str, date]:
    wanted = (
        select(session_case.c.case_id, pick(session_case.c.occurred_on).label("day"))
        .join(session_unit, session_unit.c.unit_id == session_case.c.unit_id)
        .where(session_case.c.case_id.in_(case_ids), *conditions)
        .group_by(session_case.c.case_id)
    )
    return {row.case_id: row.day for row in connection.execute(wanted)}


def _entries(connection: Connection, case_ids: list[str], condition: Any, day: Any) -> dict[str, list[dict[str, Any]]]:
    wanted = (
        select(session_case.c.case_id, session_unit.c.unit_id, day.label("day"))
        .join(session_unit, session_unit.c.unit_id == session_case.c.unit_id)
        .where(session_case.c.case_id.in_(case_ids), condition, day.is_not(None))
        .order_by(day)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.case_id, []).append({"session_id": row.unit_id, "on": row.day})
    return found


def _tasks(connection: Connection, case_ids: list[str]) -> dict[str, int]:
    wanted = (
        select(task.c.case_id, func.count().label("tasks"))
        .where(task.c.case_id.in_(case_ids), task.c.phase == "open", task.c.kind.is_not(None))
        .group_by(task.c.case_id)
    )
    return {row.case_id: row.tasks for row in connection.execute(wanted)}
