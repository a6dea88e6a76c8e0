"""What is known of people on one day; ids and codes only."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Connection

from services.groups.people.domain import PersonOnDay
from shared.serviceunit.learnt.queries import codes_on, registered, resolved


def people_on(
    connection: Connection, agency_id: str, person_ids: Collection[str], day: date, edges: Mapping[str, str]
) -> dict[str, PersonOnDay]:
    """Those of `person_ids` whom this agency has registered, with their codes of the day; `edges` are its merges."""
    if not person_ids:
        return {}
    codes = codes_on(connection, person_ids, day)
    return {
        person_id: PersonOnDay(
            person_id=person_id,
            same_as=resolved(person_id, edges),
            erased=erased,
            roles=frozenset(codes.get((person_id, "role"), ())),
            target_groups=codes.get((person_id, "target_group"), ()),
        )
        for person_id, erased in registered(connection, agency_id, person_ids).items()
    }
