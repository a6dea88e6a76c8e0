"""What is known of contacts and registered people on one day; ids and codes only."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from services.outreach.contacts.domain import groups_on
from services.outreach.contacts.events import DatedGroup
from services.outreach.people.domain import PersonOnDay
from services.outreach.tables import contact
from shared.prepared import Prepared, also, one_of
from shared.serviceunit.learnt.queries import codes_on, merges, registered, resolved

Codes = Mapping[tuple[str, str], tuple[str, ...]]
_CONTACTS = Prepared(
    select(
        contact.c.contact_id, contact.c.identified_as, contact.c.erased, contact.c.role, contact.c.target_groups
    ).where(one_of(contact.c.contact_id, "contacts"), also(contact.c.agency_id, "agency"))
)


def people_on(connection: Connection, agency_id: str, ids: Collection[str], day: date) -> dict[str, PersonOnDay]:
    """Those of `ids` who are contacts or registered people of this agency, with their codes of the day.

    Who turned out to be somebody else as well has the target groups of both.
    """
    if not ids:
        return {}
    edges = merges(connection, agency_id)
    contacts = {row.contact_id: row for row in _CONTACTS.all(connection, contacts=ids, agency=agency_id)}
    same = {one: resolved((one in contacts and contacts[one].identified_as) or one, edges) for one in ids}
    codes = codes_on(connection, {*ids, *same.values()}, day)
    found = [
        *(_contact_on(row, day) for row in contacts.values()),
        *(_person_on(person_id, erased, codes) for person_id, erased in registered(connection, agency_id, ids).items()),
    ]
    return {one.person_id: _with_groups_of(one, same[one.person_id], codes) for one in found}


def _contact_on(row: Any, day: date) -> PersonOnDay:
    return PersonOnDay(
        person_id=row.contact_id,
        same_as=row.contact_id,
        erased=row.erased,
        role=row.role,
        target_groups=groups_on(msgspec.convert(row.target_groups, tuple[DatedGroup, ...]), day),
    )


def _person_on(person_id: str, erased: bool, codes: Codes) -> PersonOnDay:
    roles = codes.get((person_id, "role"), ())
    return PersonOnDay(
        person_id=person_id,
        same_as=person_id,
        erased=erased,
        role=roles[0] if len(roles) == 1 else None,
        target_groups=codes.get((person_id, "target_group"), ()),
    )


def _with_groups_of(one: PersonOnDay, same_as: str, codes: Codes) -> PersonOnDay:
    groups = dict.fromkeys((*one.target_groups, *codes.get((same_as, "target_group"), ())))
    return replace(one, same_as=same_as, target_groups=tuple(groups))


def contacts_identified_as(connection: Connection, agency_id: str, person_id: str) -> list[str]:
    """The contacts that turned out to be this person."""
    wanted = select(contact.c.contact_id).where(contact.c.agency_id == agency_id, contact.c.identified_as == person_id)
    return list(connection.scalars(wanted.order_by(contact.c.contact_id)))
