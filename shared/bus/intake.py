"""The intake: what a service learns of the others' events, each exactly once, whatever the bus delivers.

One transaction of the service's own database holds the arrivals, what was learnt from them and the log offsets. An
event that was seen before does nothing; another event in the same place is a fork, and the intake stops.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import structlog
from sqlalchemy import Connection

from shared.bus import arrivals, parking
from shared.bus.arrivals import Forked, Place
from shared.bus.envelope import Arrived, Head, told
from shared.bus.parking import TRY_AGAIN, Learn
from shared.bus.port import HEADS, Bus, Consumer, Partition, service_of
from shared.bus.progress import log_progress
from shared.bus.reading import AT_ONCE, Batch, Reader
from shared.database import Database
from shared.failures import failure

__all__ = ["Arrived", "Forked", "Intake", "Learn"]

POLL = 0.5
LONGEST_BACKOFF = 5.0
OTHER_PROCESSES = 0.1
PAUSE = 0.25
"""How long, in seconds, messages nobody waits for may gather before the next batch is taken in."""

log = structlog.get_logger()


class _Overtaken(Exception):
    """Another process has taken these messages in first."""


class Intake:
    """What `service` takes in from `topics`, and from the heads of all services.

    `learn(conn, events)` is called in the transaction with events that were never seen before. Their order is kept
    within each stream and nowhere else. `run_once` and `run` belong to one thread; the rest may be called from any.
    """

    def __init__(self, service: str, database: Database, bus: Bus, topics: Sequence[str], learn: Learn) -> None:
        self.service = service
        self.on_commit: Callable[[], None] = lambda: None
        self.on_wait: Callable[[], None] = lambda: None
        """Called when a reader has to wait for what it has seen elsewhere: those who publish may hurry."""
        self.on_turn: Callable[[], None] = lambda: None
        """Called whenever `run` begins a round."""
        self.fork: Forked | None = None
        self._database, self._bus, self._learn = database, bus, learn
        self.topics = (*topics, HEADS)
        self.sources = frozenset(service_of(topic) for topic in topics)
        self.batches = self.messages = 0
        """How many this process has taken in."""
        self._reader: Reader | None = None
        self._places: dict[Partition, Place] = {}
        self._lost: set[Partition] = set()
        self._marks: dict[str, int] = {}
        self._advanced = threading.Condition()
        self._waiting, self._wanted = 0, threading.Event()

    def run_once(self, timeout: float = 0.0) -> int:
        """Take in the next batch, wait up to `timeout` seconds for one; say how many messages it held."""
        if self.fork is not None:
            raise self.fork
        reader = self._reader or self._join()
        batch = self._next(reader, timeout)
        if not batch.size:
            return 0
        if batch.is_full:
            reader.read_ahead()
        try:
            self._take(batch)
        except BaseException:
            self._lost.update(batch.ends)
            raise
        self.batches += 1
        self.messages += batch.size
        return batch.size

    def run(self, stop: threading.Event) -> None:
        """Take in until told to stop. Whatever fails is tried again, except for a fork, which ends it."""
        backoff = 0.0
        while not stop.wait(backoff):
            self.on_turn()
            try:
                if 0 < self.run_once(POLL) < AT_ONCE:
                    self._wanted.wait(PAUSE)
                backoff = 0.0
            except Forked as fork:
                log.error("intake.forked", service=self.service, problem=str(fork))
                break
            except Exception as error:
                backoff = min(LONGEST_BACKOFF, backoff * 2 or 0.1)
                log.error("intake.failed", service=self.service, **failure(error), again_in=backoff)
        self.close()

    def close(self) -> None:
        """Leave the consumer group."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self._places.clear()

    def watermark(self, conn: Connection, service: str) -> int:
        """The highest position of `service` up to which everything has arrived here."""
        return arrivals.watermarks(conn).get(service, 0)

    def watermarks(self, conn: Connection) -> dict[str, int]:
        """The watermark of every service from which something has arrived."""
        return arrivals.watermarks(conn)

    def heads(self, conn: Connection) -> dict[str, Head]:
        """How far the event store of every service reaches, as far as heard."""
        return arrivals.heads(conn)

    def wait_for(self, seen: Mapping[str, int], timeout: float = 2.0) -> bool:
        """Wait until all these positions have arrived; says no when that takes longer than `timeout` seconds.

        Services whose events are not taken in here, such as the service itself, need no waiting.
        """
        wanted = {service: position for service, position in seen.items() if service in self.sources}
        if self._reached(wanted):
            return True
        with self._awaited():
            self.on_wait()
            return self._wait_until_reached(wanted, time.monotonic() + timeout)

    @contextmanager
    def _awaited(self) -> Iterator[None]:
        """While somebody is in here, what arrives is taken in at once."""
        with self._advanced:
            self._waiting += 1
            self._wanted.set()
        try:
            yield
        finally:
            with self._advanced:
                self._waiting -= 1
                if not self._waiting:
                    self._wanted.clear()

    def _wait_until_reached(self, wanted: Mapping[str, int], deadline: float) -> bool:
        while not self._reached(wanted):
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            with self._advanced:
                # The intake may also run in another process, which cannot wake this one.
                self._advanced.wait_for(lambda: _covers(self._marks, wanted), min(remaining, OTHER_PROCESSES))
        return True

    def retry_parked(self) -> int:
        """Try what is parked again; say how many messages were learnt."""
        with self._database.write() as conn:
            learnt = parking.retry(conn, self._learn)
            marks = arrivals.watermarks(conn)
        self._announce(marks)
        return learnt

    def forget_forks(self) -> list[Forked]:
        """Take the known forks for resolved and say which; one that still stands in the log stops the intake again."""
        with self._database.write() as conn:
            known = arrivals.forks(conn)
            arrivals.forget_forks(conn)
        self.fork = None
        return known

    def behind(self) -> int:
        """How many messages stand in the log that are not yet taken in."""
        return sum(each.missing for each in log_progress(self._database, self._bus, self.topics).values())

    def _join(self) -> Reader:
        with self._database.read() as conn:
            self.fork = next(iter(arrivals.forks(conn)), None)
        if self.fork is not None:
            raise self.fork
        self._reader = Reader(self._bus.consumer(f"caseledger.{self.service}", self.topics))
        return self._reader

    def _next(self, reader: Reader, timeout: float) -> Batch:
        """The next batch, every partition of it read from where the one before has ended."""
        ahead = reader.ahead()
        if ahead.size and not self._waiting_to_be_placed(reader.consumer):
            return ahead
        self._lost.update(ahead.ends)
        self._place(reader.consumer)
        batch = reader.read(timeout)
        if not batch.size and self._place(reader.consumer):
            batch = reader.read(0.0)
        return batch

    def _waiting_to_be_placed(self, consumer: Consumer) -> frozenset[Partition]:
        return consumer.awaiting_seek() | (self._lost & consumer.assignment())

    def _place(self, consumer: Consumer) -> bool:
        """Seek what waits for it to the offset in the database; say whether there was anything."""
        waiting = self._waiting_to_be_placed(consumer)
        if not waiting:
            return False
        with self._database.read() as conn:
            stored = arrivals.places(conn)
        # The ends are read after the offsets: an offset behind the end means that the log has lost its tail.
        identities = {topic: self._bus.topic_identity(topic) for topic in {partition.topic for partition in waiting}}
        ends = {topic: self._bus.end_offsets(topic) for topic in identities}
        for partition in waiting:
            place = stored.get(partition)
            identity, end = identities[partition.topic], ends[partition.topic][partition.number]
            if place is None or place.topic_identity != identity or place.next_offset > end:
                place = self._start_anew(partition, place, Place(identity, 0))
            self._places[partition] = place
            consumer.seek(*partition, place.next_offset)
        self._lost -= waiting
        return True

    def _start_anew(self, partition: Partition, before: Place | None, after: Place) -> Place:
        """Go back to the start of a partition that is new here, was created anew or has lost its tail."""
        if before is not None:
            log.warning("intake.starts_anew", service=self.service, partition=partition, before=before)
        with self._database.write() as conn:
            if before is None:
                moved = arrivals.begin(conn, partition, after)
            else:
                moved = arrivals.move(conn, {partition: (before, after)})
            return after if moved else arrivals.places(conn)[partition]

    def _take(self, batch: Batch) -> None:
        try:
            try:
                self._commit(batch, singly=False)
            except (Forked, _Overtaken, *TRY_AGAIN):
                raise
            except Exception as error:
                log.warning("intake.takes_singly", service=self.service, **failure(error))
                self._commit(batch, singly=True)
        except Forked as fork:
            with self._database.write() as conn:
                arrivals.keep_fork(conn, fork)
            self.fork = fork
            raise
        except _Overtaken:
            self._lost.update(batch.ends)

    def _commit(self, batch: Batch, *, singly: bool) -> None:
        """Take in one batch in one transaction."""
        places = {each: self._places[each]._replace(next_offset=end) for each, end in batch.ends.items()}
        with self._database.write() as conn:
            # First of all: on PostgreSQL the row lock makes a second process wait here, and then lose.
            if not arrivals.move(conn, {each: (self._places[each], after) for each, after in places.items()}):
                raise _Overtaken
            if batch.heads:
                arrivals.keep_heads(conn, batch.heads)
            unseen = arrivals.fresh(conn, [each.arrival for each in batch.events if each.arrival])
            arrivals.add(conn, unseen)
            chosen = {id(arrival) for arrival in unseen}
            parking.learn_or_park(
                conn,
                [each for each in batch.events if each.arrival is None or id(each.arrival) in chosen],
                self._learn,
                singly=singly,
            )
            arrivals.advance(conn, {arrival.service for arrival in unseen})
            marks = arrivals.watermarks(conn)
        self._places |= places
        self._announce(marks)
        if log.is_enabled_for(logging.DEBUG):
            for each in batch.events:
                if each.event is not None and id(each.arrival) in chosen:
                    log.debug("intake.learnt", by=self.service, service=each.event.service, **told(each.event))

    def _announce(self, marks: dict[str, int]) -> None:
        with self._advanced:
            self._marks = marks
            self._advanced.notify_all()
        self.on_commit()

    def _reached(self, wanted: Mapping[str, int]) -> bool:
        if _covers(self._marks, wanted):
            return True
        with self._database.read() as conn:
            return _covers(arrivals.watermarks(conn), wanted)


def _covers(marks: Mapping[str, int], wanted: Mapping[str, int]) -> bool:
    return all(marks.get(service, 0) >= position for service, position in wanted.items())
