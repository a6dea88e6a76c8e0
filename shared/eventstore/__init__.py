"""The event store: facts are appended to streams, each service's in its own database. See README.md beside this."""

from shared.eventstore.outbox import Outbox
from shared.eventstore.recorded import CommandMeta, Outcome, Pending, RawEvent, Recorded
from shared.eventstore.registry import EventRegistry, UnknownEvent
from shared.eventstore.store import EventStore
from shared.eventstore.tables import event_tables
from shared.eventstore.work import Work

__all__ = [
    "CommandMeta",
    "EventRegistry",
    "EventStore",
    "Outbox",
    "Outcome",
    "Pending",
    "RawEvent",
    "Recorded",
    "UnknownEvent",
    "Work",
    "event_tables",
]
