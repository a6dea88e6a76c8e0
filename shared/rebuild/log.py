"""Reading the log of the bus from its beginning, as often as wanted; no offset is kept."""

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from shared.bus.port import Bus, BusError, Partition, Received, events_topic

AT_ONCE = 2000
_WAIT = 0.5
_PATIENCE = 60.0


class Log:
    """The topics of some services. Every reading goes from where the caller says to where the caller says."""

    def __init__(self, bus: Bus, services: Sequence[str]) -> None:
        self._bus = bus
        self.topics = tuple(events_topic(service) for service in services)
        self._consumer = bus.consumer(f"caseledger.rebuild.{uuid.uuid4().hex}", self.topics) if self.topics else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._consumer is not None:
            self._consumer.close()

    def identities(self) -> dict[str, str]:
        """The identity of every topic: one that was created anew has another."""
        return {topic: self._bus.topic_identity(topic) for topic in self.topics}

    def ends(self) -> dict[Partition, int]:
        """Where every partition ends now."""
        ends = {topic: self._bus.end_offsets(topic) for topic in self.topics}
        return {Partition(topic, number): end for topic, found in ends.items() for number, end in found.items()}

    def read(self, starts: Mapping[Partition, int], ends: Mapping[Partition, int]) -> Iterator[list[Received]]:
        """The messages of every partition from its start (0 unless given) up to its end, in portions."""
        consumer = self._consumer
        wanted = {each: end for each, end in ends.items() if starts.get(each, 0) < end}
        if consumer is None or not wanted:
            return
        reached: dict[tuple[str, int], int] = {each: starts.get(each, 0) for each in wanted}
        for each in consumer.assignment() & wanted.keys():
            consumer.seek(*each, reached[each])
        heard = time.monotonic()
        while any(reached[each] < end for each, end in wanted.items()):
            for each in consumer.awaiting_seek():
                consumer.seek(*each, reached.get(each, 0))
            found = _next_ones(consumer.poll(AT_ONCE, _WAIT), reached, wanted)
            if found:
                heard = time.monotonic()
                yield found
            elif time.monotonic() - heard > _PATIENCE:
                raise BusError("The log cannot be read to its end.")


def _next_ones(
    received: Sequence[Received], reached: dict[tuple[str, int], int], ends: Mapping[Partition, int]
) -> list[Received]:
    """Those that were asked for and are no second delivery; how far each partition was read is remembered."""
    upto: Mapping[Any, int] = ends
    found = []
    for message in received:
        place = (message.topic, message.partition)
        if reached.get(place, 0) <= message.offset < upto.get(place, 0):
            reached[place] = message.offset + 1
            found.append(message)
    return found
