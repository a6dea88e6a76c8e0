"""Publishing again: the relay's own checkpoint is moved back, and the relay does the rest; nobody else publishes."""

from dataclasses import dataclass

from services.cluster import Opened
from services.operations.refusal import Refused
from shared.relay.relay import move_back


@dataclass(frozen=True, slots=True)
class Republished:
    """From where to where events are published again; `waiting` says that the relay had not come so far anyway."""

    first: int
    last: int
    waiting: bool


def republish(process: Opened, first: int) -> Republished:
    """Have all stored events from position `first` on published again; consumers know those that they have seen."""
    service = process.service
    with service.database.write() as connection:
        last, _ = service.store.head(connection)
        if first > last:
            raise Refused(f"The event store of {service.name} ends at position {last}; there is nothing at {first}.")
        moved = move_back(connection, service.name, first - 1)
    return Republished(first, last, waiting=not moved)
