"""The read table of places; the name is sealed in it as well."""

from sqlalchemy import Connection, insert

from services.outreach.places.events import PlaceRegistered
from services.outreach.tables import place
from shared.eventstore import Pending
from shared.privacy.vault import Vault


def project(connection: Connection, pending: Pending, vault: Vault) -> None:
    """Write what this event changes; events of other aggregates are passed over."""
    registered = pending.event
    if not isinstance(registered, PlaceRegistered):
        return
    subject, name = registered.place_id, registered.name
    row = {
        "place_id": subject,
        "agency_id": pending.agency_id,
        "district": registered.district,
        "sealed": None if name is None else vault.seal(connection, subject, bound_to(subject), name.encode()),
        "version": pending.version,
    }
    connection.execute(insert(place), row)


def bound_to(place_id: str) -> bytes:
    """The one place a sealed row belongs to."""
    return b"outreach place " + place_id.encode()
