"""The port of the bus: a log of topics, each cut into partitions that keep the order of their messages.

An adapter promises at-least-once delivery and nothing more. Offsets are kept by the consumer's own database, beside
what it learnt, so a consumer group only says who reads what; `shared.bus.intake` makes the effect exactly-once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self

import msgspec

HEADS = "caseledger.heads"
"""The topic on which every relay says how far its service's event store reaches."""


def events_topic(service: str) -> str:
    """The topic that carries the events of one service."""
    return f"caseledger.{service}.events"


def service_of(topic: str) -> str:
    """The service whose events a topic carries."""
    return topic.removeprefix("caseledger.").removesuffix(".events")


class BusError(Exception):
    """The bus does not answer, or not as it should; trying again later is right."""


class Partition(NamedTuple):
    """One partition of one topic."""

    topic: str
    number: int


@dataclass(frozen=True, slots=True)
class Message:
    """What is published: messages with the same key go to the same partition and so keep their order."""

    key: str
    value: bytes


class Received(msgspec.Struct, frozen=True, gc=False):
    """A message as it stands in the log; the time of publishing is in microseconds since 1970, as it is stored."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    published_at: int


class Consumer(Protocol):
    """One member of a consumer group. Used by one thread at a time.

    A partition that is assigned (at first, again after it had been taken away, or because its topic was created anew)
    waits for `seek`: `poll` delivers nothing of it before, so that no message is passed over or read from a place
    that somebody else chose.
    """

    def poll(self, max_records: int, timeout: float) -> list[Received]:
        """Return the next messages, in order within each partition; wait up to `timeout` seconds for the first."""

    def assignment(self) -> frozenset[Partition]:
        """The partitions this member reads, as of the last `poll`."""

    def awaiting_seek(self) -> frozenset[Partition]:
        """Those of the assignment that were not sought since they were assigned."""

    def seek(self, topic: str, partition: int, offset: int) -> None:
        """Deliver this partition from `offset` on."""

    def close(self) -> None:
        """Leave the group."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...


class Bus(Protocol):
    """A connection to the log. Every method may be called from any thread."""

    def ensure_topics(self, names: Sequence[str], partitions: int) -> None:
        """Create those topics that do not exist. The number of partitions of an existing topic never changes."""

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Append all messages in this order; return once they are stored safely, raise `BusError` otherwise."""

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer:
        """Join `group` to read `topics`; every partition is read by one member of a group at a time."""

    def end_offsets(self, topic: str) -> Mapping[int, int]:
        """For every partition the offset that its next message will get."""

    def newest(self, topic: str) -> list[Received]:
        """The last message of every partition that has one."""

    def topic_identity(self, topic: str) -> str:
        """A random id made when the topic was created: a topic that was created anew has another."""

    def close(self) -> None:
        """Give back what the connection holds."""
