"""What goes into the store and what comes out of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class CommandMeta:
    """Who asks, on whose behalf, and the key by which the same command is known again.

    `command_key` is unique in the service for ever (scope it to the account); `command_hash` is a keyed hash of the
    request, so that the same key with another request is noticed.
    """

    agency_id: str
    actor: str
    command_key: str
    command_hash: bytes
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """One event as projections see it, when it is written and again at every rebuild."""

    stream_id: str
    version: int
    event: Any
    agency_id: str
    actor: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """One stored event. `erased` says that its sealed fields can never be read again: they are None."""

    position: int
    stream_id: str
    version: int
    event_id: str
    type: str
    schema_version: int
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    agency_id: str
    correlation_id: str
    causation_id: str | None
    traceparent: str | None
    command_key: str | None
    event: Any
    erased: bool

    def as_pending(self) -> Pending:
        """Return what a projection is shown of this event."""
        return Pending(self.stream_id, self.version, self.event, self.agency_id, self.actor, self.occurred_at)


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One stored event as its row says it, without what is sealed: what a relay publishes."""

    position: int
    stream_id: str
    version: int
    event_id: str
    type: str
    schema_version: int
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    agency_id: str
    correlation_id: str
    causation_id: str | None
    traceparent: str | None
    data: bytes
    command_key: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did; the same again when it is repeated (`replayed`).

    `stream_id` and `version` are those of the first stream appended to (the resource), after the command; when nothing
    was appended, those of the first stream loaded. `position` is the last one written, None for a dry run and for a
    command that changed nothing.
    """

    stream_id: str
    version: int
    events: tuple[Pending, ...]
    replayed: bool
    position: int | None
