"""Apache Kafka for tests: a broker named in the environment, else one in a container, else a node on this machine."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.kafka.node import Node, NoKafka
from shared.testing.containers import NoContainer, kafka_container, may_use_machine

__all__ = ["ADDRESS_VARIABLE", "NoKafka", "running_kafka"]

ADDRESS_VARIABLE = "CASELEDGER_TEST_KAFKA"


@contextmanager
def running_kafka() -> Iterator[str]:
    """Yield the address of a broker; one started here, in a temporary directory, ends with the block."""
    address = os.environ.get(ADDRESS_VARIABLE)
    if address:
        yield address
        return
    with ExitStack() as stack:
        try:
            address = stack.enter_context(kafka_container())
        except NoContainer as reason:
            if not may_use_machine():
                raise NoKafka(f"in a container: {reason}") from reason
            address = stack.enter_context(_own_node())
        yield address


@contextmanager
def _own_node() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="caseledger-kafka-") as name:
        node = Node(Path(name), quick=True)
        node.start()
        try:
            yield node.address
        finally:
            # Its files go anyway, so nothing is gained by stopping it in order.
            node.kill()
