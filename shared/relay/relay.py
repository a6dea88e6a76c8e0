"""The relay: publishes a service's stored events in the order of their positions, from its own checkpoint on.

The event table is the outbox. The checkpoint moves after the publish, so that a crash in between publishes twice and
never not at all; consumers know an event that they have seen.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

import msgspec
import structlog
from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from shared.bus.envelope import Arrived, Head, StoredRow, decode, encode, encode_head, told
from shared.bus.port import HEADS, Bus, Message, events_topic
from shared.bus.progress import Progress
from shared.bus.tables import relay_checkpoint
from shared.database import Database
from shared.errors import Unavailable
from shared.failures import failure
from shared.relay.lease import Lease

BATCH = 500
FALLBACK = 1.0
"""The longest time, in seconds, between two rounds."""
PAUSE = 0.25
"""The shortest time between two rounds nobody waits for, so that a flood of commands becomes few batches."""
LONGEST_BACKOFF = 5.0

log = structlog.get_logger()


class Outbox(Protocol):
    """What the relay asks of an event store."""

    @property
    def database(self) -> Database: ...

    def read_raw(self, connection: Connection, after: int, limit: int) -> Sequence[StoredRow]: ...

    def head(self, connection: Connection) -> tuple[int, datetime | None]: ...

    def close_appends(self, reason: str) -> None: ...

    def open_appends(self) -> None: ...

    def closed(self) -> str | None: ...

    def is_compared(self) -> bool: ...

    def keep_compared(self) -> None: ...


class TopicAhead(Exception):
    """The topic holds events that the store does not: the store was restored from an older copy."""


class Relay:
    """Publishes the events of `service`. `run_once` and `run` belong to one thread; `wake` may be called from any.

    Where several processes relay the same service, each has a `lease`, and only the one that holds it publishes.
    Unless woken, it looks every `look` seconds whether other processes have stored something.
    """

    def __init__(
        self, service: str, store: Outbox, bus: Bus, lease: Lease | None = None, *, look: float = FALLBACK
    ) -> None:
        self.service, self._topic = service, events_topic(service)
        self._database, self._store, self._bus = store.database, store, bus
        self._lease, self._look = lease, look
        self.published = 0
        """How many events this process has published."""
        self._compared = False
        self._seen = 0
        self.on_turn: Callable[[], None] = lambda: None
        """Called whenever `run` begins a round."""
        self._woken, self._hurried = threading.Event(), threading.Event()

    def wake(self) -> None:
        """Say that something was stored; called after commits, and cheap."""
        self._woken.set()

    def hurry(self) -> None:
        """Say that somebody waits for what is stored: publish it without a pause."""
        self._hurried.set()
        self._woken.set()

    def run_once(self) -> int:
        """Publish the next batch; say how many events it held: none while another relay holds the lease."""
        if self._lease is not None and not self._lease.hold():
            self._compared = False
            return 0
        # A round that fails leaves it to the next one to compare again: the bus may come back another one. And so may
        # the database, as a copy.
        compared, self._compared = self._compared and self._store.is_compared(), False
        if not compared:
            self._compare()
        with self._database.read() as conn:
            after = checkpoint(conn, self.service)
            rows = self._store.read_raw(conn, after, BATCH)
            head, recorded_at = self._store.head(conn)
        self._seen = head
        if rows:
            self._bus.publish(self._topic, [Message(row.stream_id, encode(self.service, row)) for row in rows])
            with self._database.write() as conn:
                _move(conn, self.service, after, rows[-1].position)
            self.published += len(rows)
            if log.is_enabled_for(logging.DEBUG):
                for row in rows:
                    log.debug("relay.published", service=self.service, **told(row))
        if recorded_at is not None and (rows or not compared):
            own_head = Head(service=self.service, position=head, recorded_at=recorded_at)
            self._bus.publish(HEADS, [Message(self.service, encode_head(own_head))])
        self._compared = True
        return len(rows)

    def run(self, stop: threading.Event) -> None:
        """Publish until told to stop (call `wake` after setting `stop`); what fails is tried again."""
        backoff = 0.0
        while not stop.is_set():
            self.on_turn()
            self._woken.clear()
            try:
                while (published := self.run_once()) == BATCH and not stop.is_set():
                    self.on_turn()
                backoff = 0.0
                if published:
                    self._hurried.wait(PAUSE)
                self._rest()
            except Exception as error:
                backoff = min(LONGEST_BACKOFF, backoff * 2 or 0.2)
                log.error("relay.failed", service=self.service, **failure(error), again_in=backoff)
                stop.wait(backoff)
            self._hurried.clear()
        if self._lease is not None:
            # A database that is away now lets the lease run out by itself.
            with suppress(SQLAlchemyError, Unavailable):
                self._lease.release()

    def _rest(self) -> None:
        """Wait until woken, or until another process has stored something; at most `FALLBACK` seconds."""
        end = time.monotonic() + FALLBACK
        while not self._woken.wait(self._look) and time.monotonic() < end:
            if self._compared and self._has_grown():
                return

    def _has_grown(self) -> bool:
        """Whether the store holds more than at the last round: one short question instead of a round."""
        with self._database.ask() as conn:
            return self._store.head(conn)[0] != self._seen

    @property
    def outbox(self) -> Outbox:
        """The events that it publishes."""
        return self._store

    @property
    def publishes(self) -> bool:
        """Whether it is this relay's turn to publish; otherwise it stands by."""
        return self._lease is None or self._lease.held

    def progress(self) -> Progress:
        """How many of the stored events are published."""
        with self._database.read() as conn:
            return Progress(checkpoint(conn, self.service), self._store.head(conn)[0])

    def behind(self) -> int:
        """How many stored events are not yet published."""
        return self.progress().missing

    def compare(self) -> None:
        """See, before anything is appended, that topic and store tell one history; appends are closed when they do not.

        For a process that runs this relay itself; where it runs elsewhere, it compares as soon as it starts.
        """
        try:
            self._compare()
        except TopicAhead as ahead:
            log.error("relay.topic_ahead", service=self.service, problem=str(ahead))

    def _compare(self) -> None:
        """See that topic and store tell one history, and move the checkpoint back to what the topic holds."""
        identity, last = self._bus.topic_identity(self._topic), last_published(self._bus, self.service)
        with self._database.read() as conn:
            head, _ = self._store.head(conn)
            stored = self._store.read_raw(conn, last.position - 1, 1) if last else ()
            row = conn.execute(select(relay_checkpoint).where(_own(self.service))).first()
        if last and (last.position > head or stored[0].event_id != last.event_id):
            ahead = TopicAhead(
                f"The topic of {self.service} ends with event {last.event_id} at position {last.position}, which"
                f" its store (up to {head}) does not hold there: the store seems to be an older copy."
            )
            if self._store.closed() is None:
                self._store.close_appends(str(ahead))
            raise ahead
        if self._store.closed() is not None:
            # What the topic holds the store holds too, now.
            self._store.open_appends()
        if not self._store.is_compared():
            self._store.keep_compared()
        position = min(row.position, last.position) if row and last and row.topic_identity == identity else 0
        place = {"topic_identity": identity, "position": position}
        if row is None:
            with self._database.write() as conn:
                conn.execute(insert(relay_checkpoint), [{"service": self.service, **place}])
        elif (row.topic_identity, row.position) != (identity, position):
            log.warning("relay.checkpoint_moved_back", service=self.service, before=row.position, now=position)
            with self._database.write() as conn:
                moved = conn.execute(update(relay_checkpoint).where(_own(self.service), _at(row.position)), place)
            if not moved.rowcount:
                # An operator has moved it meanwhile.
                self._compare()


def last_published(bus: Bus, service: str) -> Arrived | None:
    """The event with the highest position that the topic of a service holds."""
    found = []
    for message in bus.newest(events_topic(service)):
        # What is not an event of ours is for the consumers to complain about.
        with suppress(msgspec.MsgspecError):
            found.append(decode(message.value))
    return max(found, key=lambda event: event.position, default=None)


def _own(service: str) -> ColumnElement[bool]:
    return relay_checkpoint.c.service == service


def _at(position: int) -> ColumnElement[bool]:
    return relay_checkpoint.c.position == position


def checkpoint(conn: Connection, service: str) -> int:
    """The last position that is known to be published."""
    return conn.execute(select(relay_checkpoint.c.position).where(_own(service))).scalar() or 0


def _move(conn: Connection, service: str, before: int, after: int) -> None:
    """Move the checkpoint, unless another relay has moved it meanwhile: what was published twice does no harm."""
    conn.execute(update(relay_checkpoint).where(_own(service), _at(before)), {"position": after})


def move_back(conn: Connection, service: str, position: int) -> bool:
    """Have all after `position` published again by the service's own relay, which notices at its next round.

    Says no, and does nothing, when nothing beyond that has been published yet.
    """
    beyond = relay_checkpoint.c.position > position
    return conn.execute(update(relay_checkpoint).where(_own(service), beyond), {"position": position}).rowcount == 1
