"""What is known of sessions: lists, the sessions of about the same day, and what a session needs of its cases."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, tuple_

from services.case.cases.queries import MEMBERS
from services.case.people.queries import WITH_GROUPS, Known, same_person, with_groups
from services.case.sessions.domain import CaseFacts
from services.case.tables import (
    case_file,
    case_period,
    person,
    session_case,
    session_person,
    session_unit,
    session_worker,
)
from shared.errors import Invalid
from shared.prepared import Prepared, also, one_of
from shared.serviceunit.unit import ServiceUnit
from shared.together import Questions

ADDRESS = "/case/sessions"
"""Where the pages of sessions lie."""
_DAY = timedelta(days=1)
_decoder = msgspec.json.Decoder(ServiceUnit)

_CASES = Prepared(
    select(
        case_file.c.case_id,
        case_file.c.team_id,
        case_file.c.contract_id,
        case_file.c.stage,
        case_file.c.stage_on,
        case_file.c.version,
        case_period.c.opened_on,
        case_period.c.closed_on,
    )
    .outerjoin(case_period, case_period.c.case_id == case_file.c.case_id)
    .where(one_of(case_file.c.case_id, "cases"), also(case_file.c.agency_id, "agency"))
    .order_by(case_period.c.number)
)
_OF_WORKERS = select(session_worker.c.unit_id).where(
    one_of(session_worker.c.worker_id, "workers"),
    session_worker.c.occurred_on.between(bindparam("first"), bindparam("last")),
)
_OF_PEOPLE = select(session_person.c.unit_id).where(
    one_of(session_person.c.person_id, "people"),
    session_person.c.occurred_on.between(bindparam("first"), bindparam("last")),
)
_FEW = _OF_WORKERS.union(_OF_PEOPLE).subquery("few")
# One by one, not joined: either database might go through all sessions of the agency to find these few.
_UNIT = (
    select(session_unit.c.unit)
    .where(
        session_unit.c.unit_id == _FEW.c.unit_id,
        also(session_unit.c.agency_id, "agency"),
        session_unit.c.phase == "recorded",
    )
    .correlate(_FEW)
    .scalar_subquery()
)
_NEAR = Prepared(select(_UNIT.label("unit")).select_from(_FEW))
_MERGED = Prepared(
    select(person.c.person_id, person.c.root_id).where(
        one_of(person.c.person_id, "people"),
        also(person.c.agency_id, "agency"),
        person.c.root_id != person.c.person_id,
    )
)


_ABOUT = Questions(cases=_CASES, people=WITH_GROUPS, members=MEMBERS, near=_NEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a session is judged by: its cases with their versions, its people with their target groups on the day, who
    belongs to the cases (see `belonging`), and what was recorded of the same workers or people around that day."""

    cases: dict[str, tuple[CaseFacts, int]]
    people: dict[str, tuple[Known, tuple[str, ...]]]
    members: list[Any]
    near: list[ServiceUnit]


def about(
    connection: Connection,
    agency_id: str,
    day: date,
    *,
    cases: Collection[str],
    people: Collection[str],
    workers: Collection[str],
) -> About:
    """Those of these cases and people that this agency has, and what else is known about a session of theirs."""
    found = _ABOUT.all(
        connection,
        agency=agency_id,
        day=day,
        cases=cases,
        people=people,
        workers=workers,
        first=day - _DAY,
        last=day + _DAY,
    )
    return About(
        cases=_facts(found["cases"]),
        people=with_groups(found["people"]),
        members=found["members"],
        near=_units(found["near"]),
    )


def case_facts(connection: Connection, agency_id: str, case_ids: Collection[str]) -> dict[str, tuple[CaseFacts, int]]:
    """The cases among `case_ids` that this agency has, each with its version."""
    return _facts(_CASES.all(connection, agency=agency_id, cases=case_ids))


def _facts(rows: Iterable[Any]) -> dict[str, tuple[CaseFacts, int]]:
    found: dict[str, tuple[CaseFacts, int]] = {}
    periods: dict[str, list[tuple[date, date | None]]] = {}
    for row in rows:
        own = periods.setdefault(row.case_id, [])
        if row.opened_on is not None:
            own.append((row.opened_on, row.closed_on))
        facts = CaseFacts(
            case_id=row.case_id,
            team_id=row.team_id,
            contract_id=row.contract_id,
            stage=row.stage,
            stage_on=row.stage_on,
            periods=tuple(own),
        )
        found[row.case_id] = (facts, row.version)
    return found


def sessions_near(connection: Connection, agency_id: str, unit: ServiceUnit) -> list[ServiceUnit]:
    """Recorded sessions of the same workers or people, of the day and the days beside it."""
    near = _NEAR.all(
        connection,
        agency=agency_id,
        workers=unit.served_by,
        people=[one.person_id for one in unit.participants],
        first=unit.occurred_on - _DAY,
        last=unit.occurred_on + _DAY,
    )
    return _units(near)


def _units(rows: Iterable[Any]) -> list[ServiceUnit]:
    return [_decoder.decode(row.unit) for row in rows if row.unit is not None]


def same_people(connection: Connection, agency_id: str, person_ids: Collection[str]) -> dict[str, str]:
    """Who remained after merges, for those of these people who were merged away."""
    if not person_ids:
        return {}
    return {row.person_id: row.root_id for row in _MERGED.all(connection, agency=agency_id, people=person_ids)}


def case_numbers(connection: Connection, units: Iterable[ServiceUnit]) -> dict[str, str]:
    """The numbers of the cases that sessions belong to, by their ids."""
    ids = {unit.case_id for unit in units if unit.case_id}
    wanted = select(case_file.c.case_id, case_file.c.case_number).where(case_file.c.case_id.in_(ids))
    return {row.case_id: row.case_number for row in connection.execute(wanted)}


def session_list(
    connection: Connection,
    agency_id: str,
    teams: Collection[str] | None,
    *,
    case_id: str | None = None,
    person_id: str | None = None,
    worker_id: str | None = None,
    on: date | None = None,
    limit: int = 50,
    after: str | None = None,
) -> list[dict[str, Any]]:
    """Sessions of the teams, newest first; `after` is the cursor of the last one of the page before."""
    order = (session_unit.c.occurred_on, session_unit.c.unit_id)
    wanted = select(session_unit).where(session_unit.c.agency_id == agency_id)
    if teams is not None:
        wanted = wanted.where(session_unit.c.team_id.in_(teams))
    for link, value in ((session_case.c.case_id, case_id), (session_worker.c.worker_id, worker_id)):
        if value is not None:
            of_value = select(link.table.c.unit_id).where(link == value)
            wanted = wanted.where(session_unit.c.unit_id.in_(of_value))
    if person_id is not None:
        theirs = select(session_person.c.unit_id).where(session_person.c.person_id.in_(same_person(person_id)))
        wanted = wanted.where(session_unit.c.unit_id.in_(theirs))
    if on is not None:
        wanted = wanted.where(session_unit.c.occurred_on == on)
    if after is not None:
        wanted = wanted.where(tuple_(*order) < tuple_(*cursor_place(after)))
    rows = connection.execute(wanted.order_by(*(column.desc() for column in order)).limit(limit))
    return [listed(row) for row in rows]


def last_session(connection: Connection, case_id: str, worker_id: str) -> dict[str, Any] | None:
    """The latest recorded session of a case that this worker served, else the latest of anybody."""
    wanted = (
        select(session_unit)
        .join(session_case, session_case.c.unit_id == session_unit.c.unit_id)
        .where(session_case.c.case_id == case_id, session_unit.c.phase == "recorded")
        .order_by(session_case.c.occurred_on.desc(), session_case.c.unit_id.desc())
        .limit(20)
    )
    found = [listed(row) for row in connection.execute(wanted)]
    return next((one for one in found if worker_id in one["served_by"]), found[0] if found else None)


def planned_of_case(
    connection: Connection, agency_id: str, case_id: str, until: date | None = None
) -> list[dict[str, Any]]:
    """What is planned for a case and not recorded yet, up to a day where one is given; the next first."""
    wanted = (
        select(session_unit)
        .join(session_case, session_case.c.unit_id == session_unit.c.unit_id)
        .where(
            session_case.c.case_id == case_id,
            session_unit.c.agency_id == agency_id,
            session_unit.c.phase == "planned",
        )
        .order_by(session_case.c.occurred_on, session_case.c.unit_id)
        .limit(5)
    )
    if until is not None:
        wanted = wanted.where(session_case.c.occurred_on <= until)
    return [listed(row) for row in connection.execute(wanted)]


def cursor_of(item: dict[str, Any]) -> str:
    """Where a page that ends with this session goes on."""
    return f"{item['occurred_on']}_{item['session_id']}"


def cursor_place(after: str) -> tuple[date, str]:
    """The day and the id in a cursor."""
    day, _, entry_id = after.partition("_")
    try:
        return date.fromisoformat(day), entry_id
    except ValueError:
        raise Invalid("cursor_malformed", "Use the value of “next” here.", field="after") from None


def listed(row: Any) -> dict[str, Any]:
    """A session as lists show it: its public content and where it stands."""
    unit = msgspec.json.decode(row.unit)
    return {"session_id": row.unit_id, "version": row.version, "phase": row.phase, **unit, "has_note": row.has_note}
