"""The read table of practitioners; what names them is sealed in it as well."""

import msgspec
from sqlalchemy import Connection, insert

from services.groups.practitioners.events import PractitionerRegistered
from services.groups.tables import practitioner
from shared.eventstore import Pending
from shared.privacy.vault import Vault


def project(connection: Connection, pending: Pending, vault: Vault) -> None:
    """Write what this event changes; events of other aggregates are passed over."""
    registered = pending.event
    if not isinstance(registered, PractitionerRegistered):
        return
    row = {
        "practitioner_id": registered.practitioner_id,
        "agency_id": pending.agency_id,
        "organisation_id": registered.organisation_id,
        "sealed": _sealed(connection, registered, vault),
        "version": pending.version,
    }
    connection.execute(insert(practitioner), row)


def _sealed(connection: Connection, registered: PractitionerRegistered, vault: Vault) -> bytes | None:
    if registered.name is None:
        return None  # The key was destroyed, so that a rebuild has nothing to seal.
    names = {"name": registered.name, "organisation": registered.organisation, "post": registered.post}
    subject = registered.practitioner_id
    return vault.seal(connection, subject, bound_to(subject), msgspec.json.encode(names))


def bound_to(practitioner_id: str) -> bytes:
    """The one place a sealed row belongs to."""
    return b"groups practitioner " + practitioner_id.encode()
