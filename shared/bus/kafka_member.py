"""A member of a consumer group on Kafka, as the port wants it: what is assigned waits until it is sought."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Self

import structlog
from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import KafkaError, LogTruncationError, NoOffsetForPartitionError, OffsetOutOfRangeError
from kafka.net.compat import KafkaNetClient
from kafka.structs import MemberState

from shared.bus.port import BusError, Partition, Received

IDENTITY_CHECK = 2.0
"""How often, in seconds, a member looks whether a topic was created anew."""
STALLED = 10.0
"""How long, in seconds, a group may share out its partitions before a member joins anew."""
_SLICE = 0.2
_CLOSE_MS = 5_000

READING: dict[str, Any] = {
    "enable_auto_commit": False,
    # An offset that the log does not have must stop the reader: any other place would skip or repeat silently.
    "auto_offset_reset": "none",
    "isolation_level": "read_committed",
    "allow_auto_create_topics": False,
    # What comes is answered at once; to ask every partition anew takes time of the processor.
    "fetch_max_wait_ms": 500,
    "max_partition_fetch_bytes": 4 * 1024 * 1024,
    # What is fetched ahead is held: with the 50 MB that the client would fetch, a reader grows with the log.
    "fetch_max_bytes": 8 * 1024 * 1024,
}
_MEMBERSHIP: dict[str, Any] = {
    # An instance that died has left the group after 8 s, and the others have heard of it 2 s later: within 15 s.
    "session_timeout_ms": 8_000,
    "heartbeat_interval_ms": 2_000,
    # One that lives but takes no messages, because its database hangs, makes room for others too.
    "max_poll_interval_ms": 60_000,
}

log = structlog.get_logger()


class KafkaMember(ConsumerRebalanceListener):  # type: ignore[misc]
    """One member of a group. `identities` names the topics as they are now."""

    def __init__(
        self,
        options: dict[str, Any],
        group: str,
        topics: Collection[str],
        identities: Callable[[Collection[str]], dict[str, str]],
    ) -> None:
        self._topics, self._identities = tuple(topics), identities
        strategy = [CooperativeStickyAssignor()]
        self._how = {**options, **READING, **_MEMBERSHIP, "partition_assignment_strategy": strategy, "group_id": group}
        # The client tells of assignments on a thread of its own.
        self._lock = Lock()
        self._assigned: set[Partition] = set()
        self._sought: set[Partition] = set()
        self._known: dict[str, str] = {}
        self._checked = 0.0
        self._stable = time.monotonic()
        self._client = self._joined()

    def poll(self, max_records: int, timeout: float) -> list[Received]:
        """Return the next messages; comes back early when a partition has begun to wait for `seek`."""
        deadline = time.monotonic() + timeout
        waited_before = self.awaiting_seek()
        while True:
            remaining = max(0.0, deadline - time.monotonic())
            self._notice_a_stall()
            self._notice_topics_created_anew()
            found = self._fetch(max_records, min(remaining, _SLICE))
            if found or time.monotonic() >= deadline or self.awaiting_seek() - waited_before:
                return found

    def assignment(self) -> frozenset[Partition]:
        """The partitions this member reads."""
        with self._lock:
            return frozenset(self._assigned)

    def awaiting_seek(self) -> frozenset[Partition]:
        """Those of the assignment that were not sought since they were assigned."""
        with self._lock:
            return frozenset(self._assigned - self._sought)

    def seek(self, topic: str, partition: int, offset: int) -> None:
        """Deliver this partition from `offset` on; does nothing when it was taken away meanwhile."""
        with self._lock:
            if Partition(topic, partition) in self._assigned:
                self._client.seek(TopicPartition(topic, partition), offset)
                self._client.resume(TopicPartition(topic, partition))
                self._sought.add(Partition(topic, partition))

    def close(self) -> None:
        """Leave the group."""
        self._client.close(autocommit=False, timeout_ms=_CLOSE_MS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Called by the client: hold what is new here until it is sought."""
        with self._lock:
            for each in assigned:
                self._assigned.add(Partition(*each))
                self._hold(each)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Called by the client: others read these now."""
        with self._lock:
            gone = {Partition(*each) for each in revoked}
            self._assigned -= gone
            self._sought -= gone

    def _joined(self) -> KafkaConsumer:
        client = made(KafkaConsumer, self._how)
        client.subscribe(self._topics, listener=self)
        # The partitions must be known before they are shared out. Otherwise the group would share out nothing, and
        # then once more; and when that second round outlasts a poll, kafka-python 3.0.12 forgets its result for ever.
        client.topics()
        return client

    def _notice_a_stall(self) -> None:
        """Join anew when the group has been sharing out for so long that the client must have lost its place."""
        now = time.monotonic()
        if self._client.group_metadata().state == MemberState.STABLE:
            self._stable = now
        elif now - self._stable > STALLED:
            log.warning("bus.joins_anew", topics=self._topics)
            self._stable = now
            self._client.close(autocommit=False, timeout_ms=_CLOSE_MS)
            with self._lock:
                self._assigned, self._sought = set(), set()
            with as_bus_error():
                self._client = self._joined()

    def _hold(self, partition: TopicPartition) -> None:
        """Deliver nothing of it. Any place will do, so that the client does not look for one by itself."""
        self._sought.discard(Partition(*partition))
        self._client.pause(partition)
        self._client.seek(partition, 0)

    def _fetch(self, max_records: int, wait: float) -> list[Received]:
        try:
            batches = self._client.poll(timeout_ms=int(wait * 1000), max_records=max_records)
        except NoOffsetForPartitionError:
            # The assignment is so new that it is not yet held.
            return []
        except (OffsetOutOfRangeError, LogTruncationError) as error:
            self._hold_again(error)
            raise BusError(f"The log does not hold what should be read next: {error}") from error
        except KafkaError as error:
            raise BusError(str(error)) from error
        with self._lock:
            return [
                _received(each) for part, batch in batches.items() if Partition(*part) in self._sought for each in batch
            ]

    def _hold_again(self, error: KafkaError) -> None:
        """Have the reader look again where to read: perhaps the log has lost its tail or was created anew."""
        places = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        with self._lock:
            for each in self._client.assignment() & places.keys():
                self._hold(each)

    def _notice_topics_created_anew(self) -> None:
        """Hold the partitions of a topic that is another one now; the places sought there mean nothing any more."""
        if time.monotonic() - self._checked < IDENTITY_CHECK:
            return
        now = self._identities(self._topics)
        self._checked = time.monotonic()
        anew = {name for name, identity in now.items() if self._known.setdefault(name, identity) != identity}
        self._known |= now
        if not anew:
            return
        log.warning("bus.topics_created_anew", topics=sorted(anew))
        with self._lock:
            for each in self._client.assignment():
                if each.topic in anew and Partition(*each) in self._assigned:
                    self._hold(each)


def made(kind: Callable[..., Any], options: dict[str, Any]) -> Any:
    """Make a client; one that cannot reach the brokers is closed, or it would go on trying in a thread for ever."""
    connections: list[KafkaNetClient] = []

    def connection(*arguments: Any, **more: Any) -> KafkaNetClient:
        connections.append(KafkaNetClient(*arguments, **more))
        return connections[-1]

    try:
        return kind(**options, kafka_client=connection)
    except KafkaError:
        for each in connections:
            each.close()
        raise


@contextmanager
def as_bus_error() -> Iterator[None]:
    """Say of what the client finds wrong that trying again later is right."""
    try:
        yield
    except KafkaError as error:
        raise BusError(str(error)) from error


def _received(record: Any) -> Received:
    # What others put into the topic may have any form; the reader will say that it cannot read it.
    key = (record.key or b"").decode(errors="replace")
    return Received(record.topic, record.partition, record.offset, key, record.value or b"", record.timestamp * 1000)


def newest_of(options: dict[str, Any], topic: str, partitions: Collection[int], patience: float) -> list[Received]:
    """Read the last message of every partition that has one."""
    reader = made(KafkaConsumer, {**options, **READING})
    try:
        places = [TopicPartition(topic, number) for number in partitions]
        ends, beginnings = reader.end_offsets(places), reader.beginning_offsets(places)
        wanted = {place: ends[place] - 1 for place in places if ends[place] > beginnings[place]}
        if not wanted:
            return []
        reader.assign(list(wanted))
        for place, offset in wanted.items():
            reader.seek(place, offset)
        found: dict[TopicPartition, Received] = {}
        deadline = time.monotonic() + patience
        while len(found) < len(wanted):
            if time.monotonic() > deadline:
                raise BusError(f"The end of {topic} cannot be read.")
            for place, records in reader.poll(timeout_ms=500).items():
                found.update((place, _received(record)) for record in records if record.offset == wanted[place])
        return [found[place] for place in sorted(found)]
    finally:
        reader.close(autocommit=False)
