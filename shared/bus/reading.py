"""Reading from the bus: the next batch is read while the one before is written, which is mostly waiting."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import msgspec
import structlog

from shared.bus import parking
from shared.bus.envelope import Head, decode_head
from shared.bus.parking import Opened
from shared.bus.port import HEADS, Consumer, Partition, Received
from shared.failures import failure

AT_ONCE = 2000
"""Messages a batch: with fewer, what a transaction costs by itself counts for more than they do."""

log = structlog.get_logger()


class Batch(NamedTuple):
    """What was read at once: the events as far as they could be read, the heads, and where each partition goes on."""

    events: Sequence[Opened]
    heads: Sequence[Head]
    ends: dict[Partition, int]
    size: int

    @property
    def is_full(self) -> bool:
        """More stands in the log, as far as is known."""
        return self.size == AT_ONCE


NOTHING = Batch((), (), {}, 0)


class Reader:
    """Reads batches from a consumer, for one thread."""

    def __init__(self, consumer: Consumer) -> None:
        self.consumer = consumer
        self._thread = ThreadPoolExecutor(1, "read-ahead")
        self._ahead: Future[Batch] | None = None

    def read_ahead(self) -> None:
        """Begin to read the next batch. Nothing else is to be done with the consumer before `ahead` has returned."""
        self._ahead = self._thread.submit(self.read, 0.0)

    def ahead(self) -> Batch:
        """The batch that was read ahead, once it is; an empty one if none was."""
        ahead, self._ahead = self._ahead, None
        return ahead.result() if ahead else NOTHING

    def close(self) -> None:
        """Leave the group."""
        self._thread.shutdown()
        self.consumer.close()

    def read(self, timeout: float) -> Batch:
        """The next batch; waits up to `timeout` seconds for it."""
        received = self.consumer.poll(AT_ONCE, timeout)
        ends = {(message.topic, message.partition): message.offset + 1 for message in received}
        return Batch(
            [parking.opened(message) for message in received if message.topic != HEADS],
            _heads(received),
            {Partition(*place): end for place, end in ends.items()},
            len(received),
        )


def _heads(received: Sequence[Received]) -> list[Head]:
    """The heads among these messages; one that cannot be read is passed over, since the next one replaces it."""
    found = []
    for message in received:
        if message.topic == HEADS:
            try:
                found.append(decode_head(message.value))
            except msgspec.MsgspecError as error:
                log.warning("intake.head_unreadable", **failure(error))
    return found
