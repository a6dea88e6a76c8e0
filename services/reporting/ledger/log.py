"""The log of the bus from its beginning to its present end, for a rebuild and for a check; no offset is kept."""

import uuid
from collections.abc import Iterator, Sequence

from services.reporting.ledger.cut import SOURCES
from shared.bus.envelope import Arrived
from shared.bus.parking import opened
from shared.bus.port import Bus, Partition, events_topic

_AT_ONCE = 1000
_WAIT = 0.5


def read_log(bus: Bus, services: Sequence[str] = SOURCES) -> Iterator[list[Arrived]]:
    """Every readable event of these services, in portions; within a stream in order. Duplicates are the reader's."""
    topics = [events_topic(service) for service in services]
    ends = {Partition(topic, number): end for topic in topics for number, end in bus.end_offsets(topic).items() if end}
    with bus.consumer(f"caseledger.rebuild.{uuid.uuid4().hex}", topics) as consumer:
        while ends:
            for partition in consumer.awaiting_seek():
                consumer.seek(*partition, 0)
            received = consumer.poll(_AT_ONCE, _WAIT)
            for message in received:
                partition = Partition(message.topic, message.partition)
                if message.offset + 1 >= ends.get(partition, 0):
                    ends.pop(partition, None)
            events = [event for message in received if (event := opened(message).event) is not None]
            if events:
                yield events
