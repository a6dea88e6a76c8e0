"""What is known of contacts and registered people on one day; ids and codes only."""

from collections.abc import Collection
from datetime import date

import msgspec
from sqlalchemy import Connection, select

from services.outreach.contacts.domain import groups_on
from services.outreach.contacts.events import DatedGroup
from services.outreach.people.domain import PersonOnDay
from services.outreach.tables import contact
from shared.serviceunit.learnt.queries import codes_on, merges, registered, resolved


def people_on(connection: Connection, agency_id: str, ids: Collection[str], day: date) -> dict[str, PersonOnDay]:
    """Those of `ids` who are contacts or registered people of this agency, with their codes of the day.

    Who turned out to be somebody else as well has the target groups of both.
    """
    if not ids:
        return {}
    same = same_as(connection, agency_id, ids)
    codes = codes_on(connection, {*ids, *same.values()}, day)
    found = _contacts_on(connection, agency_id, ids, day)
    for person_id, erased in registered(connection, agency_id, ids).items():
        roles = codes.get((person_id, "role"), ())
        found[person_id] = PersonOnDay(
            person_id=person_id,
            same_as=person_id,
            erased=erased,
            role=roles[0] if len(roles) == 1 else None,
            target_groups=codes.get((person_id, "target_group"), ()),
        )
    return {
        one.person_id: PersonOnDay(
            person_id=one.person_id,
            same_as=same[one.person_id],
            erased=one.erased,
            role=one.role,
            target_groups=tuple(
                dict.fromkeys((*one.target_groups, *codes.get((same[one.person_id], "target_group"), ())))
            ),
        )
        for one in found.values()
    }


def same_as(connection: Connection, agency_id: str, ids: Collection[str]) -> dict[str, str]:
    """For each of `ids` the id that stands for them after identification and all merges."""
    tokens = select(contact.c.contact_id, contact.c.identified_as).where(
        contact.c.contact_id.in_(ids), contact.c.agency_id == agency_id, contact.c.identified_as.is_not(None)
    )
    identified = {row.contact_id: row.identified_as for row in connection.execute(tokens)}
    edges = merges(connection, agency_id)
    return {one: resolved(identified.get(one, one), edges) for one in ids}


def contacts_identified_as(connection: Connection, agency_id: str, person_id: str) -> list[str]:
    """The contacts that turned out to be this person."""
    wanted = select(contact.c.contact_id).where(contact.c.agency_id == agency_id, contact.c.identified_as == person_id)
    return list(connection.scalars(wanted.order_by(contact.c.contact_id)))


def _contacts_on(connection: Connection, agency_id: str, ids: Collection[str], day: date) -> dict[str, PersonOnDay]:
    wanted = select(contact).where(contact.c.contact_id.in_(ids), contact.c.agency_id == agency_id)
    return {
        row.contact_id: PersonOnDay(
            person_id=row.contact_id,
            same_as=row.contact_id,
            erased=row.erased,
            role=row.role,
            target_groups=groups_on(msgspec.convert(row.target_groups, tuple[DatedGroup, ...]), day),
        )
        for row in connection.execute(wanted)
    }
