"""Apache Kafka for tests: a broker named in the environment, else one real node started on this machine."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.kafka.node import Node, NoKafka

__all__ = ["ADDRESS_VARIABLE", "NoKafka", "running_kafka"]

ADDRESS_VARIABLE = "CASELEDGER_TEST_KAFKA"


@contextmanager
def running_kafka() -> Iterator[str]:
    """Yield the address of a broker; one started here, in a temporary directory, ends with the block."""
    address = os.environ.get(ADDRESS_VARIABLE)
    if address:
        yield address
        return
    with tempfile.TemporaryDirectory(prefix="caseledger-kafka-") as name:
        node = Node(Path(name), quick=True)
        node.start()
        try:
            yield node.address
        finally:
            # Its files go anyway, so nothing is gained by stopping it in order.
            node.kill()
