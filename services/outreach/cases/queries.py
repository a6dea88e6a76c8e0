"""The cases of an agency, as far as this service has heard."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from services.outreach.cases.domain import KnownCase
from services.outreach.tables import known_case

_ROW = known_case.c


def case_of(connection: Connection, agency_id: str, case_id: str) -> KnownCase | None:
    """The case of this id, when it is this agency's."""
    row = connection.execute(select(known_case).where(_ROW.case_id == case_id, _ROW.agency_id == agency_id)).first()
    return None if row is None else _case(row)


def open_cases(connection: Connection, agency_id: str, team_ids: Collection[str] | None) -> list[KnownCase]:
    """The cases of these teams (None: of all) that are not closed, by number: those to choose from."""
    wanted = select(known_case).where(_ROW.agency_id == agency_id, _ROW.stage != "closed").order_by(_ROW.case_number)
    if team_ids is not None:
        wanted = wanted.where(_ROW.team_id.in_(team_ids))
    return [_case(row) for row in connection.execute(wanted)]


def case_numbers(connection: Connection, agency_id: str, case_ids: Collection[str]) -> dict[str, str]:
    """The numbers of these cases, closed ones too."""
    wanted = select(_ROW.case_id, _ROW.case_number).where(_ROW.agency_id == agency_id, _ROW.case_id.in_(case_ids))
    return {row.case_id: row.case_number for row in connection.execute(wanted)}


def members_of(connection: Connection, agency_id: str, case_id: str) -> list[str]:
    """The people who belong to the case now."""
    wanted = select(_ROW.members).where(_ROW.case_id == case_id, _ROW.agency_id == agency_id)
    members = connection.scalars(wanted).one_or_none() or []
    return [member["person_id"] for member in members if member["to_date"] is None]


def _case(row: Any) -> KnownCase:
    given = {name: getattr(row, name) for name in ("case_id", "team_id", "case_number", "stage", "stage_on")}
    return msgspec.convert({**given, "periods": row.periods}, KnownCase)
