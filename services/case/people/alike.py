"""Who of the registry may be one person: the same name, alias or phone, however it is written."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from services.case.tables import person, person_term
from shared.spelling import READ, WRITTEN

MOST = 500
"""So many pairs are told at once; the others come up as these are settled."""
_one, _other = person_term.alias("one"), person_term.alias("other")
_first, _second = person.alias("first"), person.alias("second")


def possible_duplicates(connection: Connection, agency_id: str, teams: Collection[str] | None) -> list[dict[str, Any]]:
    """Pairs of people who are not merged and share a key of a name; at least one of the two is of these teams.

    Keys of two names that only sound alike are not compared: of two that are read the same, one was written so.
    """
    same = _pairs(agency_id, teams, _other.c.term == _one.c.term, _not_read())
    sounds = _pairs(
        agency_id, teams, _other.c.term == READ + func.substr(_one.c.term, 2), _one.c.term.like(f"{WRITTEN}%")
    )
    found = {frozenset(row[:2]): row for query in (same, sounds) for row in connection.execute(query)}
    return [_told(row) for row in sorted(found.values())[:MOST]]


def _not_read() -> ColumnElement[bool]:
    return and_(_one.c.term.not_like(f"{READ}%"), _one.c.person_id < _other.c.person_id)


def _pairs(agency_id: str, teams: Collection[str] | None, *alike: ColumnElement[bool]) -> Any:
    wanted = (
        select(_first.c.person_id, _second.c.person_id, _first.c.team_id, _second.c.team_id)
        .distinct()
        .select_from(_one)
        .join(_other, and_(_other.c.agency_id == agency_id, *alike))
        .join(_first, _first.c.person_id == _one.c.person_id)
        .join(_second, _second.c.person_id == _other.c.person_id)
        .where(_one.c.agency_id == agency_id, _one.c.person_id != _other.c.person_id)
        .where(*(side.c.merged_into.is_(None) for side in (_first, _second)))
    )
    if teams is None:
        return wanted
    return wanted.where(or_(_first.c.team_id.in_(teams), _second.c.team_id.in_(teams)))


def _told(row: Iterable[str]) -> dict[str, Any]:
    first, second, team, other_team = row
    return {
        "about": first,
        "other": second,
        "on": None,
        "team_id": team,
        "teams": sorted({team, other_team}),
        "workers": [],
        "contracts": [],
        "address": f"/case/people/{first}/merge",
    }
