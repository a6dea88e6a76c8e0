"""All that happened in a case, newest first, whichever service recorded it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, func, literal, or_, select, tuple_

from services.case.assessments.queries import assessment_list
from services.case.cases.events import CaseEvent, CaseRegistered
from services.case.cases.queries import case_list
from services.case.sessions.queries import cursor_place, session_list
from services.case.tables import (
    assessment,
    case_member,
    contact_person,
    person,
    session_case,
    session_referral,
    session_unit,
    task,
    timeline_change,
    timeline_entry,
    timeline_person,
    timeline_referral,
)
from services.case.tasks.domain import awaited
from shared.clock import local_date
from shared.database import from_micros
from shared.eventstore import Recorded

READ_BY_NOTE_READERS = ("assessment", "task")
_ELSEWHERE = {"meeting": "groups", "visit": "outreach"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One page of a timeline: which kinds, how many entries, and after which entry it goes on."""

    kinds: Collection[str]
    limit: int
    after: str | None = None

    def window(self, day: ColumnElement[date], source: Select[Any]) -> ColumnElement[bool]:
        """The days that this page can need of one source: whole days, so that no order of ids matters here."""
        last = cursor_place(self.after)[0] if self.after else None
        below = source if last is None else source.where(day < last)
        first = below.with_only_columns(day).order_by(day.desc()).offset(self.limit).limit(1).scalar_subquery()
        enough = day >= func.coalesce(first, date.min)
        return enough if last is None else and_(enough, day <= last)


def timeline(
    connection: Connection, case_id: str, steps: list[Recorded], wanted: Wanted
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of what happened in a case, newest first, and where the next one goes on."""
    kinds = wanted.kinds
    services = [service for kind, service in _ELSEWHERE.items() if kind in kinds]
    items = [
        *(_steps(steps) if "step" in kinds else ()),
        *(_sessions(connection, case_id, wanted) if "session" in kinds else ()),
        *(_elsewhere(connection, case_id, services, wanted) if services else ()),
        *(_referrals(connection, case_id, wanted) if "referral" in kinds else ()),
        *(_assessments(connection, case_id) if "assessment" in kinds else ()),
        *(_tasks(connection, case_id) if "task" in kinds else ()),
    ]
    left = [one for one in items if wanted.after is None or cursor_of(one) < wanted.after]
    page = sorted(left, key=cursor_of, reverse=True)[: wanted.limit]
    following = cursor_of(page[-1]) if len(left) > len(page) > 0 else None
    return _under_who_remained(connection, _with_changes(connection, page)), following


def cursor_of(item: dict[str, Any]) -> str:
    """Where a page that ends with this entry goes on; entries stand in the order of their cursors."""
    return f"{item['on']}_{item['id']}"


def _steps(steps: list[Recorded]) -> list[dict[str, Any]]:
    return [
        {
            "entry": "step",
            "id": f"{recorded.stream_id}.{recorded.version:04}",
            "on": _day(recorded.event).isoformat(),
            "type": recorded.type,
            "person_id": getattr(recorded.event, "person_id", None),
            "worker_id": getattr(recorded.event, "worker_id", None),
            "team_id": getattr(recorded.event, "team_id", None),
            "reason": getattr(recorded.event, "reason", None),
        }
        for recorded in steps
        if not isinstance(recorded.event, CaseRegistered)
    ]


def _day(event: CaseEvent) -> Any:
    for name in ("on", "from_date", "to_date"):
        if hasattr(event, name):
            return getattr(event, name)
    raise AssertionError(event)


def _sessions(connection: Connection, case_id: str, page: Wanted) -> list[dict[str, Any]]:
    day = session_case.c.occurred_on
    of_case = select(day).where(session_case.c.case_id == case_id)
    wanted = (
        select(session_unit.c.unit, session_unit.c.phase, session_unit.c.version)
        .join(session_case, session_case.c.unit_id == session_unit.c.unit_id)
        .where(session_case.c.case_id == case_id, page.window(day, of_case))
    )
    return [
        _occasion(unit := msgspec.json.decode(row.unit), row.phase, "case")
        | {"version": row.version, "team_id": unit["team_id"]}
        for row in connection.execute(wanted)
    ]


def _occasion(unit: dict[str, Any], phase: str, service: str) -> dict[str, Any]:
    return {
        "entry": "occasion",
        "id": unit["unit_id"],
        "on": unit["occurred_on"],
        "service": service,
        "phase": phase,
        "kind": unit["kind"],
        "status": unit["status"],
        "mode": unit["mode"],
        "setting": unit["setting"],
        "activity": unit.get("activity"),
        "minutes": unit.get("minutes"),
        "person_ids": [one["person_id"] for one in unit.get("participants", ())],
        "tags": unit.get("tags", []),
    }


def _elsewhere(connection: Connection, case_id: str, services: Collection[str], page: Wanted) -> list[dict[str, Any]]:
    """Meetings and visits that name the case, or a member while they were one."""
    wanted = _of_members(case_id).union(select(timeline_entry.c.unit_id).where(timeline_entry.c.case_id == case_id))
    day = timeline_entry.c.occurred_on
    shown = and_(timeline_entry.c.unit_id.in_(wanted), timeline_entry.c.service.in_(services))
    rows = connection.execute(select(timeline_entry).where(shown, page.window(day, select(day).where(shown)))).all()
    people = select(timeline_person.c.unit_id, timeline_person.c.person_id).where(
        timeline_person.c.unit_id.in_([row.unit_id for row in rows])
    )
    found: dict[str, list[str]] = {}
    for unit_id, person_id in connection.execute(people):
        found.setdefault(unit_id, []).append(person_id)
    return [
        _occasion({**row._mapping, "occurred_on": row.occurred_on.isoformat()}, row.phase, row.service)
        # Who else came to a meeting is no business of this case.
        | {"person_ids": found.get(row.unit_id, []) if row.case_id == case_id else []}
        for row in rows
    ]


def _members(case_id: str) -> Subquery:
    """The members with their days, under every id they ever had: their own, of whom was merged with them, and the
    tokens that turned out to be them."""
    member, same = person.alias("member"), person.alias("same")
    known = (
        select(same.c.person_id, case_member.c.from_date, case_member.c.to_date)
        .select_from(case_member)
        .join(member, member.c.person_id == case_member.c.person_id)
        .join(same, same.c.root_id == member.c.root_id)
        .where(case_member.c.case_id == case_id)
    ).cte("known")
    tokens = select(contact_person.c.contact_id, known.c.from_date, known.c.to_date).join(
        known, known.c.person_id == contact_person.c.person_id
    )
    return select(known).union(tokens).subquery("members")


def _while_member(members: Subquery, day: ColumnElement[date]) -> ColumnElement[bool]:
    return and_(members.c.from_date <= day, or_(members.c.to_date.is_(None), members.c.to_date >= day))


def _of_members(case_id: str) -> Select[tuple[str]]:
    members = _members(case_id)
    return (
        select(timeline_entry.c.unit_id)
        .join(timeline_person, timeline_person.c.unit_id == timeline_entry.c.unit_id)
        .join(members, members.c.person_id == timeline_person.c.person_id)
        .where(_while_member(members, timeline_entry.c.occurred_on))
    )


def _referrals(connection: Connection, case_id: str, page: Wanted) -> list[dict[str, Any]]:
    """Who of the case was referred elsewhere, in a session, a meeting or a visit that stands."""
    return [
        {
            "entry": "referral",
            "id": f"{row.unit_id}.{row.number:04}",
            "unit_id": row.unit_id,
            "on": row.referred_on.isoformat(),
            "service": row.service,
            "person_id": row.person_id,
            "destination": row.destination,
            "taken_up": row.taken_up,
        }
        for wanted in (_referrals_here(case_id, page), _referrals_elsewhere(case_id, page))
        for row in connection.execute(wanted)
    ]


def _referrals_here(case_id: str, page: Wanted) -> Select[Any]:
    day, of_entry = session_referral.c.referred_on, session_unit.c.unit_id == session_referral.c.unit_id
    of_case = select(session_case.c.unit_id).where(session_case.c.case_id == case_id)
    shown = and_(session_unit.c.phase == "recorded", session_referral.c.unit_id.in_(of_case))
    source = select(day).join(session_unit, of_entry).where(shown)
    wanted = select(session_referral, literal("case").label("service")).join(session_unit, of_entry)
    return wanted.where(shown, page.window(day, source))


def _referrals_elsewhere(case_id: str, page: Wanted) -> Select[Any]:
    members, day = _members(case_id), timeline_referral.c.referred_on
    of_members = (
        select(timeline_referral.c.unit_id, timeline_referral.c.number)
        .join(members, members.c.person_id == timeline_referral.c.person_id)
        .where(_while_member(members, day))
    )
    place = tuple_(timeline_referral.c.unit_id, timeline_referral.c.number)
    of_entry = timeline_entry.c.unit_id == timeline_referral.c.unit_id
    shown = and_(timeline_entry.c.phase == "recorded", or_(timeline_entry.c.case_id == case_id, place.in_(of_members)))
    source = select(day).join(timeline_entry, of_entry).where(shown)
    wanted = select(timeline_referral, timeline_entry.c.service).join(timeline_entry, of_entry)
    return wanted.where(shown, page.window(day, source))


def _assessments(connection: Connection, case_id: str) -> list[dict[str, Any]]:
    """The assessments of a case, and of its members while they were members, in no order."""
    members = _members(case_id)
    of_members = (
        select(assessment.c.assessment_id)
        .join(members, members.c.person_id == assessment.c.person_id)
        .where(_while_member(members, assessment.c.assessed_on))
    )
    wanted = select(assessment).where(or_(assessment.c.case_id == case_id, assessment.c.assessment_id.in_(of_members)))
    return [
        {
            "entry": "assessment",
            "id": row.assessment_id,
            "on": row.assessed_on.isoformat(),
            "person_id": row.person_id,
            "instrument": row.instrument,
            "phase": row.phase,
            "total": row.total,
            "risk": row.risk,
            "voided": row.voided,
            "version": row.version,
            "team_id": row.team_id,
        }
        for row in connection.execute(wanted)
    ]


def scores_of(connection: Connection, case_id: str) -> list[dict[str, Any]]:
    """The same under who the people are now, for charts."""
    return _under_who_remained(connection, _assessments(connection, case_id))


def _tasks(connection: Connection, case_id: str) -> list[dict[str, Any]]:
    wanted = select(task).where(task.c.case_id == case_id, task.c.kind.is_not(None))
    return [
        {
            "entry": "task",
            "id": row.task_id,
            "on": local_date(from_micros(row.raised_at)).isoformat(),
            "kind": row.kind,
            "phase": row.phase,
            "awaits": awaited(row.phase, row.decision),
            "decision": row.decision,
            "person_id": row.person_id,
        }
        for row in connection.execute(wanted)
    ]


def _with_changes(connection: Connection, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Beside what other services recorded: when it was corrected or voided, by whom and why, the latest first."""
    elsewhere = [one["id"] for one in items if one["entry"] == "occasion" and one["service"] in _ELSEWHERE.values()]
    known = select(timeline_change).where(timeline_change.c.unit_id.in_(elsewhere))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(known.order_by(timeline_change.c.version.desc())):
        change = {"type": row.type, "reason": row.reason, "actor": row.actor}
        change["recorded_at"] = from_micros(row.recorded_at).isoformat()
        found.setdefault(row.unit_id, []).append(change)
    return [one | {"changes": found.get(one["id"], [])} if one["id"] in elsewhere else one for one in items]


def _under_who_remained(connection: Connection, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Name everybody by the id of who they are now, after merges and identifications."""
    named = {one for item in items for one in (*item.get("person_ids", ()), item.get("person_id")) if one}
    tokens = select(contact_person.c.contact_id, contact_person.c.person_id).where(
        contact_person.c.contact_id.in_(named)
    )
    same = {row.contact_id: row.person_id for row in connection.execute(tokens)}
    roots = select(person.c.person_id, person.c.root_id).where(person.c.person_id.in_({*named, *same.values()}))
    root = {row.person_id: row.root_id for row in connection.execute(roots)}
    now = {one: root.get(same.get(one, one), one) for one in named}
    for item in items:
        if item.get("person_id"):
            item["person_id"] = now[item["person_id"]]
        if item.get("person_ids"):
            item["person_ids"] = list(dict.fromkeys(now[one] for one in item["person_ids"]))
    return items


def of_person(
    connection: Connection, agency_id: str, person_id: str, teams: Collection[str] | None, *, with_assessments: bool
) -> dict[str, list[dict[str, Any]]]:
    """What the page of one person shows beside the details: cases, the last sessions, assessments."""
    return {
        "cases": case_list(connection, agency_id, teams, person_id=person_id, limit=50),
        "sessions": session_list(connection, agency_id, teams, person_id=person_id, limit=20),
        "assessments": assessment_list(connection, agency_id, teams, person_id=person_id, limit=50)
        if with_assessments
        else [],
    }
