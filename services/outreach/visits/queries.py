"""Visits, read: lists, what a request gets to see of one, and what shares a day with it."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, or_, select

from services.outreach.tables import known_case, visit, visit_participant
from services.outreach.visits.domain import OtherVisit
from shared.clock import HONG_KONG
from shared.errors import Malformed
from shared.eventstore import Recorded
from shared.prepared import Prepared
from shared.serviceunit.lifecycle import UnitState
from shared.serviceunit.shown import row_of
from shared.serviceunit.unit import ServiceUnit

ADDRESS = "/outreach/visits"
"""Where the pages of visits lie."""
_ROW = visit.c
_LATEST = 100
_OTHERS = Prepared(
    select(_ROW.unit).where(
        _ROW.agency_id == bindparam("agency"), _ROW.occurred_on == bindparam("day"), _ROW.phase != "voided"
    )
)


def titles(connection: Connection, units: Iterable[ServiceUnit]) -> dict[str, str]:
    """The numbers of the cases that visits were made for, by their ids."""
    ids = {unit.case_id for unit in units if unit.case_id}
    wanted = select(known_case.c.case_id, known_case.c.case_number).where(known_case.c.case_id.in_(ids))
    return {row.case_id: row.case_number for row in connection.execute(wanted)}


def others_on(connection: Connection, agency_id: str, day: date) -> list[OtherVisit]:
    """All visits of the agency on a day that took place or are to take place."""
    units = [msgspec.convert(row.unit, ServiceUnit) for row in _OTHERS.all(connection, agency=agency_id, day=day)]
    return [
        OtherVisit(
            unit_id=unit.unit_id,
            setting=unit.setting,
            starts_at=unit.starts_at,
            minutes=unit.minutes,
            served_by=frozenset(unit.served_by),
            people=frozenset(person.person_id for person in unit.participants),
            contracts=frozenset(segment.contract_id for segment in unit.segments),
        )
        for unit in units
        if unit.status in ("held", "planned")
    ]


def list_visits(
    connection: Connection,
    agency_id: str,
    team_ids: Collection[str] | None,
    *,
    case_id: str | None = None,
    person_id: str | None = None,
    phase: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """The visits of these teams (None: of all), newest first; `after` is the cursor of the last one seen."""
    wanted = select(visit).where(_ROW.agency_id == agency_id)
    wanted = wanted.order_by(_ROW.occurred_on.desc(), _ROW.unit_id.desc()).limit(limit)
    if team_ids is not None:
        wanted = wanted.where(_ROW.team_id.in_(team_ids))
    if case_id is not None:
        wanted = wanted.where(_ROW.case_id == case_id)
    if phase is not None:
        wanted = wanted.where(_ROW.phase == phase)
    if person_id is not None:
        theirs = select(visit_participant.c.unit_id).where(
            visit_participant.c.person_id == person_id, visit_participant.c.current
        )
        wanted = wanted.where(_ROW.unit_id.in_(theirs))
    if after is not None:
        day, unit_id = _place_of(after)
        wanted = wanted.where(or_(_ROW.occurred_on < day, and_(_ROW.occurred_on == day, _ROW.unit_id < unit_id)))
    return [_listed(row) for row in connection.execute(wanted)]


def latest_visits(connection: Connection, agency_id: str, team_ids: Collection[str] | None) -> list[ServiceUnit]:
    """The latest visits of these teams (None: of all) on which somebody was met, newest first."""
    wanted = select(_ROW.unit).where(_ROW.agency_id == agency_id, _ROW.phase == "recorded")
    if team_ids is not None:
        wanted = wanted.where(_ROW.team_id.in_(team_ids))
    wanted = wanted.order_by(_ROW.occurred_on.desc(), _ROW.unit_id.desc()).limit(_LATEST)
    units = (msgspec.convert(row.unit, ServiceUnit) for row in connection.execute(wanted))
    return [unit for unit in units if unit.status == "held"]


def visits_of(connection: Connection, agency_id: str, person_id: str) -> list[dict[str, Any]]:
    """The latest visits on which this contact was met or missed, whichever team made them: days and codes only."""
    theirs = select(visit_participant.c.unit_id).where(visit_participant.c.person_id == person_id)
    wanted = (
        select(_ROW.unit_id, _ROW.team_id, _ROW.phase, _ROW.unit)
        .where(_ROW.agency_id == agency_id, _ROW.unit_id.in_(theirs.where(visit_participant.c.current)))
        .order_by(_ROW.occurred_on.desc(), _ROW.unit_id.desc())
        .limit(100)
    )
    return [
        {
            "visit_id": row.unit_id,
            "team_id": row.team_id,
            "phase": row.phase,
            "occurred_on": row.unit["occurred_on"],
            "setting": row.unit["setting"],
            "status": next(one["status"] for one in row.unit["participants"] if one["person_id"] == person_id),
        }
        for row in connection.execute(wanted)
    ]


def cursor_of(listed: dict[str, Any]) -> str:
    """Where the list goes on after this visit."""
    return f"{listed['occurred_on']}~{listed['visit_id']}"


def represented(state: UnitState, version: int, *, with_note: bool) -> dict[str, Any]:
    """A visit for an answer."""
    assert state.unit is not None
    shown = _public(state.unit, dict(state.helpers))
    shown |= {"version": version, "phase": state.phase, "has_note": state.note is not None}
    return {**shown, "note": state.note} if with_note else shown


def told(recorded: Recorded, names: dict[str, str], *, with_note: bool) -> dict[str, Any]:
    """One version in the story of a visit; `names` are those of the agency's accounts."""
    fact = recorded.event
    shown = {
        "version": recorded.version,
        "type": recorded.type,
        "recorded_at": recorded.recorded_at.isoformat(),
        "actor": recorded.actor,
        "actor_name": names.get(recorded.actor),
        "file_row": row_of(recorded.causation_id),
        "reason": getattr(fact, "reason", None),
        "unit": _public(fact.unit, fact.helpers or {}) if hasattr(fact, "unit") else None,
    }
    if with_note:
        shown |= {name: getattr(fact, name, None) for name in ("reason_text", "note", "comment")}
    return shown


def _public(unit: ServiceUnit, helpers: dict[str, str]) -> dict[str, Any]:
    """The content of a visit as a request would say it; names of helpers in place of their ids."""
    shown: dict[str, Any] = msgspec.to_builtins(unit)
    local = unit.starts_at.astimezone(HONG_KONG) if unit.starts_at else None
    single = len(unit.segments) == 1
    return {
        **shown,
        "visit_id": unit.unit_id,
        "starts_at": f"{local:%H:%M}" if local else None,
        "contract_id": unit.segments[0].contract_id if single else None,
        "segments": [] if single else shown["segments"],
        "served_by": [one for one in unit.served_by if not one.startswith("helper-")],
        "helpers": [helpers.get(one, "") for one in unit.served_by if one.startswith("helper-")],
        "aftercare": "aftercare" in unit.tags,
    }


def _listed(row: Any) -> dict[str, Any]:
    unit = msgspec.convert(row.unit, ServiceUnit)
    return {**_public(unit, {}), "version": row.version, "phase": row.phase, "has_note": row.has_note}


def _place_of(cursor: str) -> tuple[date, str]:
    day, _, unit_id = cursor.partition("~")
    try:
        return date.fromisoformat(day), unit_id
    except ValueError as error:
        raise Malformed("cursor_malformed", "Ask for the next page with what the last one answered as next.") from error
