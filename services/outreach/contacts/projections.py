"""The read table of contacts; what tells them apart is sealed in it as well, under the contact's own key."""

from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from services.outreach.contacts.domain import Contact, evolve
from services.outreach.contacts.events import (
    ContactIdentificationUndone,
    ContactIdentified,
    ContactRegistered,
    ContactTargetGroupEnded,
    ContactTargetGroupGiven,
    DatedGroup,
)
from services.outreach.tables import contact
from shared.eventstore import Pending
from shared.privacy.vault import Vault


def project(connection: Connection, pending: Pending, vault: Vault) -> None:
    """Write what this event changes; events of other aggregates are passed over."""
    match pending.event:
        case ContactRegistered() as registered:
            _register(connection, pending, registered, vault)
        case ContactTargetGroupGiven(contact_id=contact_id) | ContactTargetGroupEnded(contact_id=contact_id):
            _regroup(connection, pending, contact_id)
        case ContactIdentified(contact_id=contact_id, person_id=person_id):
            _change(connection, contact_id, identified_as=person_id, version=pending.version)
        case ContactIdentificationUndone(contact_id=contact_id):
            _change(connection, contact_id, identified_as=None, version=pending.version)


def bound_to(contact_id: str) -> bytes:
    """The one place a sealed row belongs to."""
    return b"outreach contact " + contact_id.encode()


def _register(connection: Connection, pending: Pending, registered: ContactRegistered, vault: Vault) -> None:
    row = {
        "contact_id": registered.contact_id,
        "agency_id": pending.agency_id,
        "team_id": registered.team_id,
        "place_id": registered.place_id,
        "role": registered.role,
        "target_groups": msgspec.to_builtins(registered.target_groups),
        "sealed": _sealed(connection, registered, vault),
        "identified_as": None,
        "erased": False,
        "version": pending.version,
    }
    connection.execute(insert(contact), row)


def _sealed(connection: Connection, registered: ContactRegistered, vault: Vault) -> bytes | None:
    if registered.alias is None and registered.marks is None:
        return None  # The key was destroyed, so that a rebuild has nothing to seal.
    plain = msgspec.json.encode({"alias": registered.alias, "marks": registered.marks})
    return vault.seal(connection, registered.contact_id, bound_to(registered.contact_id), plain)


def _regroup(connection: Connection, pending: Pending, contact_id: str) -> None:
    stored = connection.scalars(select(contact.c.target_groups).where(contact.c.contact_id == contact_id)).one()
    before = Contact(contact_id=contact_id, target_groups=msgspec.convert(stored, tuple[DatedGroup, ...]))
    groups = evolve(before, pending.event).target_groups
    _change(connection, contact_id, target_groups=msgspec.to_builtins(groups), version=pending.version)


def _change(connection: Connection, contact_id: str, **values: Any) -> None:
    connection.execute(update(contact).where(contact.c.contact_id == contact_id).values(**values))
