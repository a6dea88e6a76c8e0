"""What is known of people on one day; ids and codes only."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Connection, or_, select

from services.groups.people.domain import PersonOnDay
from services.groups.tables import known_code, known_person


def people_on(
    connection: Connection, agency_id: str, person_ids: Collection[str], day: date, edges: Mapping[str, str]
) -> dict[str, PersonOnDay]:
    """Those of `person_ids` whom this agency has registered, with their codes of the day; `edges` are its merges."""
    if not person_ids:
        return {}
    codes = _codes_on(connection, person_ids, day)
    wanted = select(known_person.c.person_id, known_person.c.erased).where(
        known_person.c.person_id.in_(person_ids), known_person.c.agency_id == agency_id
    )
    return {
        row.person_id: PersonOnDay(
            person_id=row.person_id,
            same_as=resolved(row.person_id, edges),
            erased=row.erased,
            roles=frozenset(code for kind, code in codes.get(row.person_id, ()) if kind == "role"),
            target_groups=tuple(code for kind, code in codes.get(row.person_id, ()) if kind == "target_group"),
        )
        for row in connection.execute(wanted)
    }


def merges(connection: Connection, agency_id: str) -> dict[str, str]:
    """Who was merged into whom; there are never many."""
    wanted = select(known_person.c.person_id, known_person.c.merged_into).where(
        known_person.c.agency_id == agency_id, known_person.c.merged_into.is_not(None)
    )
    return {row.person_id: row.merged_into for row in connection.execute(wanted)}


def resolved(person_id: str, edges: Mapping[str, str]) -> str:
    """The id that stands for a person after all merges."""
    for _ in range(len(edges)):  # Each merge is followed once at most, so that a ring of them ends as well.
        if person_id not in edges:
            break
        person_id = edges[person_id]
    return person_id


def is_known(connection: Connection, agency_id: str, person_id: str) -> bool:
    """Say whether this agency has registered the person and has not erased them."""
    wanted = select(known_person.c.erased).where(
        known_person.c.person_id == person_id, known_person.c.agency_id == agency_id
    )
    return connection.scalar(wanted) is False


def _codes_on(connection: Connection, person_ids: Collection[str], day: date) -> dict[str, list[tuple[str, str]]]:
    wanted = (
        select(known_code.c.person_id, known_code.c.kind, known_code.c.code)
        .where(
            known_code.c.person_id.in_(person_ids),
            known_code.c.from_date <= day,
            or_(known_code.c.to_date.is_(None), known_code.c.to_date >= day),
        )
        .distinct()
        .order_by(known_code.c.person_id, known_code.c.kind, known_code.c.code)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.person_id, []).append((row.kind, row.code))
    return found
