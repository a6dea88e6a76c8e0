"""Lists of assessments and tallies, and one of each as it is shown."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, select, tuple_

from services.case.assessments.domain import AssessmentState, TallyState
from services.case.people.queries import same_person
from services.case.sessions.queries import cursor_place
from services.case.tables import assessment, tally


def assessment_list(
    connection: Connection,
    agency_id: str,
    teams: Collection[str] | None,
    *,
    person_id: str | None = None,
    case_id: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> list[dict[str, Any]]:
    """Assessments of the teams, newest first; those of a person with those of everybody merged with them."""
    wanted = select(assessment).where(assessment.c.agency_id == agency_id)
    if teams is not None:
        wanted = wanted.where(assessment.c.team_id.in_(teams))
    if person_id is not None:
        wanted = wanted.where(assessment.c.person_id.in_(same_person(person_id)))
    if case_id is not None:
        wanted = wanted.where(assessment.c.case_id == case_id)
    order = (assessment.c.assessed_on, assessment.c.assessment_id)
    if after is not None:
        wanted = wanted.where(tuple_(*order) < _place(after))
    rows = connection.execute(wanted.order_by(*(column.desc() for column in order)).limit(limit))
    return [_listed(row, "assessment_id") for row in rows]


def tally_list(
    connection: Connection,
    agency_id: str,
    teams: Collection[str] | None,
    *,
    contract_id: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> list[dict[str, Any]]:
    """Tallies of the teams, newest first."""
    wanted = select(tally).where(tally.c.agency_id == agency_id)
    if teams is not None:
        wanted = wanted.where(tally.c.team_id.in_(teams))
    if contract_id is not None:
        wanted = wanted.where(tally.c.contract_id == contract_id)
    order = (tally.c.assessed_on, tally.c.tally_id)
    if after is not None:
        wanted = wanted.where(tuple_(*order) < _place(after))
    rows = connection.execute(wanted.order_by(*(column.desc() for column in order)).limit(limit))
    return [_listed(row, "tally_id") for row in rows]


def cursor_of(item: dict[str, Any], key: str) -> str:
    """Where a page that ends with this entry goes on."""
    return f"{item['assessed_on']}_{item[key]}"


def _place(after: str) -> Any:
    return tuple_(*cursor_place(after))


def _listed(row: Any, key: str) -> dict[str, Any]:
    shown = dict(row._mapping)
    del shown["agency_id"]
    return {key: shown.pop(key), **shown, "assessed_on": row.assessed_on.isoformat()}


def assessment_view(state: AssessmentState, version: int) -> dict[str, Any]:
    """An assessment with its answers and note, for those who may read them."""
    assert state.entry is not None
    entry: dict[str, Any] = msgspec.to_builtins(state.entry)
    return {**entry, "risk": state.risk, "voided": state.phase == "voided", "version": version}


def tally_view(state: TallyState, version: int) -> dict[str, Any]:
    """A tally as the API shows it."""
    assert state.event is not None
    entry: dict[str, Any] = msgspec.to_builtins(state.event)
    entry.pop("reason", None)
    return {**entry, "voided": state.phase == "voided", "version": version}
