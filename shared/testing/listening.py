"""A service that only listens: its database, its intake, and everything it has learnt, for tests of the bus."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, delete, insert, select

from shared.bus import tables
from shared.bus.envelope import Arrived, encode
from shared.bus.intake import Intake
from shared.bus.port import Bus, Message, events_topic
from shared.bus.tables import bus_tables
from shared.database import Database
from shared.eventstore.recorded import RawEvent

PATIENCE = 30.0
"""How long, in seconds, a test waits before it gives up."""

BEGINNING = datetime(2020, 2, 1, 9, 0, tzinfo=UTC)

metadata = MetaData()
bus_tables(metadata)
learnt = Table(
    "learnt",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("service", Text, nullable=False),
    Column("stream_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("event_id", Text, nullable=False),
)


def raw_event(
    position: int, stream_id: str, version: int, *, event_id: str | None = None, data: bytes = b"{}"
) -> RawEvent:
    """An event as its store would hand it to the relay."""
    return RawEvent(
        position=position,
        stream_id=stream_id,
        version=version,
        event_id=event_id or f"event-{position}",
        type="ThingHappened",
        schema_version=1,
        occurred_at=BEGINNING,
        recorded_at=BEGINNING + timedelta(seconds=position),
        actor="account-1",
        agency_id="agency-1",
        correlation_id="request-1",
        causation_id=None,
        traceparent=None,
        data=data,
    )


def message(service: str, event: RawEvent) -> Message:
    """What the relay of `service` would publish for this event."""
    return Message(event.stream_id, encode(service, event))


def run_of(service: str, count: int, streams: int = 5) -> list[Message]:
    """The messages of `count` events from position 1 on, spread over some streams."""
    places = ((position, (position - 1) % streams, (position - 1) // streams + 1) for position in range(1, count + 1))
    return [message(service, raw_event(position, f"thing-{s}", version)) for position, s, version in places]


class Listener:
    """A service `name` that listens to `sources`.

    `before_learning` runs in the transaction before a batch is learnt, `after_learning` behind it, before the commit.
    """

    def __init__(self, database: Database, bus: Bus, sources: Sequence[str], name: str = "reporting") -> None:
        self.database = database
        self.before_learning: Callable[[Sequence[Arrived]], None] = lambda _: None
        self.after_learning: Callable[[Sequence[Arrived]], None] = lambda _: None
        metadata.create_all(database.engine)
        self.intake = Intake(name, database, bus, [events_topic(source) for source in sources], self._learn)

    def _learn(self, conn: Connection, events: Sequence[Arrived]) -> None:
        self.before_learning(events)
        names = ("service", "stream_id", "version", "event_id")
        conn.execute(insert(learnt), [{name: getattr(event, name) for name in names} for event in events])
        self.after_learning(events)

    def settle(self) -> None:
        """Take in all that stands in the log."""
        deadline = time.monotonic() + PATIENCE
        while self.intake.behind():
            self.intake.run_once(0.2)
            if time.monotonic() > deadline:
                raise AssertionError("The intake does not come to the end of the log.")

    def learnt(self) -> list[tuple[str, str]]:
        """Service and event id of everything learnt, in the order of learning."""
        with self.database.read() as conn:
            rows = conn.execute(select(learnt).order_by(learnt.c.number))
            return [(row.service, row.event_id) for row in rows]

    def arrived(self) -> list[tuple[str, int]]:
        """Service and position of everything that has arrived."""
        columns = tables.arrival.c
        with self.database.read() as conn:
            rows = conn.execute(select(columns.service, columns.position).order_by(*tables.arrival.primary_key))
            return [(row.service, row.position) for row in rows]

    def watermarks(self) -> dict[str, int]:
        """The watermarks as they are stored."""
        with self.database.read() as conn:
            return self.intake.watermarks(conn)

    def forget_offsets(self) -> None:
        """Lose the log offsets, so that everything is delivered once more."""
        with self.database.write() as conn:
            conn.execute(delete(tables.log_offset))

    def parked(self) -> list[tuple[str, int | None, str]]:
        """Stream, position and reason of everything parked, in the order of parking."""
        columns = tables.parked.c
        with self.database.read() as conn:
            rows = conn.execute(select(tables.parked).order_by(columns.parked_id))
            return [(row.stream_id, row.position, row.reason) for row in rows]


@contextmanager
def listening(database: Database, bus: Bus, sources: Sequence[str]) -> Iterator[Listener]:
    """A listener whose intake has left the bus at the end of the block."""
    listener = Listener(database, bus, sources)
    try:
        yield listener
    finally:
        listener.intake.close()
