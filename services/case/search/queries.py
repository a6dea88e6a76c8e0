"""Cases for the search: by a part of their number, by whom they are about, or by their ids."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from services.case.tables import case_file, case_member, person


def cases_of_people(
    connection: Connection, agency_id: str, teams: Collection[str] | None, person_ids: Collection[str]
) -> dict[str, list[dict[str, Any]]]:
    """Id and number of the teams' cases of which these people, or whoever remained of them, are members."""
    same, own = person.alias("same"), person.alias("own")
    wanted = (
        select(own.c.person_id, case_file.c.case_id, case_file.c.case_number)
        .distinct()
        .join(same, same.c.root_id == own.c.root_id)
        .join(case_member, case_member.c.person_id == same.c.person_id)
        .join(case_file, case_file.c.case_id == case_member.c.case_id)
        .where(own.c.person_id.in_(person_ids), case_file.c.agency_id == agency_id, case_member.c.to_date.is_(None))
        .order_by(case_file.c.case_number)
    )
    if teams is not None:
        wanted = wanted.where(case_file.c.team_id.in_(teams))
    found: dict[str, list[dict[str, Any]]] = {}
    for person_id, case_id, case_number in connection.execute(wanted):
        found.setdefault(person_id, []).append({"case_id": case_id, "case_number": case_number})
    return found


def cases_named(
    connection: Connection, agency_id: str, teams: Collection[str] | None, case_ids: Collection[str]
) -> list[dict[str, Any]]:
    """Id, number and stage of those of the teams' cases that have these ids."""
    columns = (case_file.c.case_id, case_file.c.case_number, case_file.c.stage)
    wanted = select(*columns).where(case_file.c.agency_id == agency_id, case_file.c.case_id.in_(case_ids))
    if teams is not None:
        wanted = wanted.where(case_file.c.team_id.in_(teams))
    return [dict(row) for row in connection.execute(wanted).mappings()]
