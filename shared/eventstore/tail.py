"""Bringing back what a store lacks: the events of its own topic, with the ids, places and times that they had.

A store that was restored from an older copy lacks what was saved after the copy. All that was public stands in its
topic; what was sealed never left the store, and is lost with it. An event is put back where it stood, byte for byte,
and says of its sealed fields that they can never be read again.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from shared.bus.envelope import Arrived
from shared.database import to_micros
from shared.eventstore import statements as sql
from shared.eventstore.store import EventStore

LOST = b"\0"
"""Stands where something sealed may have stood: sealed with the key of nobody, so that nothing opens it."""


class TailDoesNotFit(Exception):
    """These events are not the ones that come next in this store."""


def append_tail(store: EventStore, connection: Connection, events: Sequence[Arrived]) -> None:
    """Append events as they were published, in the order of their positions, and write the read tables.

    The caller's transaction must not do anything else with the store, and appends should be closed to everybody else.
    """
    store.hold_appends(connection)
    head, _ = store.head(connection)
    _check_order(head, events)
    sql.INSERT.insert(connection, [_row(store, event) for event in events])
    last = head
    while (reached := store.project_next(connection, last, len(events))) > last:
        last = reached


def may_have_held_sealed(store: EventStore, event: Arrived) -> bool:
    """Say whether an event of this type can hold something that is lost now."""
    return bool(store.registry.fields_of(event.type).sealed)


def _check_order(head: int, events: Sequence[Arrived]) -> None:
    for position, event in enumerate(events, start=head + 1):
        if event.position != position:
            raise TailDoesNotFit(f"After position {position - 1} comes {position}, and not {event.position}.")


def _row(store: EventStore, event: Arrived) -> dict[str, Any]:
    if event.type not in store.registry.types:
        raise TailDoesNotFit(f"Position {event.position} holds a {event.type}, which this version does not know.")
    return {
        "position": event.position,
        "stream_id": event.stream_id,
        "version": event.version,
        "event_id": event.event_id,
        "type": event.type,
        "schema_version": event.schema_version,
        "occurred_at": to_micros(event.occurred_at),
        "recorded_at": to_micros(event.recorded_at),
        "actor": event.actor,
        "agency_id": event.agency_id,
        # Known by its key, a repeated request counts once. The keyed hash of what it asked for never left the store.
        "command_key": event.command_key,
        "command_hash": None,
        "correlation_id": event.correlation_id,
        "causation_id": event.causation_id,
        "traceparent": event.traceparent,
        "data": bytes(event.data),
        "sealed": LOST if may_have_held_sealed(store, event) else None,
    }
