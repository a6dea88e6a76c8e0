"""Which version of an event a reader knows: a newer one may mean something else, so it is never guessed at."""

from shared.bus.envelope import Arrived


class NewerVersion(Exception):
    """An event was published by a newer program; it waits, parked, until this one is as new."""


def require_known(event: Arrived, newest: int = 1) -> None:
    """Raise `NewerVersion` when the event is of a later version than `newest`, the last one its reader knows."""
    if event.schema_version > newest:
        raise NewerVersion(f"{event.type} has version {event.schema_version}; version {newest} is the last one known.")
