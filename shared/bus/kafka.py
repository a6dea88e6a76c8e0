"""The bus on Apache Kafka, for a cluster.

Clients are made when they are first used, never before: they must not cross a fork.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec
from kafka.errors import KafkaError

from shared.bus import kafka_topics
from shared.bus.envelope import CONTENT_TYPE
from shared.bus.kafka_member import KafkaMember, as_bus_error, made, newest_of
from shared.bus.kafka_settings import KafkaSettings, WrongTopic
from shared.bus.kafka_topics import Topic
from shared.bus.port import BusError, Message, Received

__all__ = ["KafkaBus", "KafkaSettings", "WrongTopic"]

PATIENCE = 20.0
"""How long, in seconds, brokers may take to store what is published."""
_PORTION = 800_000
_OVERHEAD = 100
HEADERS = [("content-type", CONTENT_TYPE.encode())]
PUBLISHING: dict[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "compression_type": "zstd",
    "allow_auto_create_topics": False,
    "delivery_timeout_ms": int(PATIENCE * 1000),
    "max_block_ms": int(PATIENCE * 1000),
    # One batch per partition for what is published at once: it is sent when all of it is there, and fails as a whole.
    "batch_size": _PORTION,
    "linger_ms": 1_000,
}


class KafkaBus:
    """A connection to the brokers that `settings` name."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._options = settings.options()
        self._asking, self._publishing = Lock(), Lock()
        self._admin: KafkaAdminClient | None = None
        self._producer: KafkaProducer | None = None
        self._known: set[str] = set()

    def ensure_topics(self, names: Sequence[str], partitions: int) -> None:
        """Create those topics that do not exist, and check all: `WrongTopic` when one could lose messages."""
        with self._admin_client() as admin:
            missing = [name for name in names if name not in kafka_topics.found_topics(admin, names)]
            if missing:
                kafka_topics.make_topics(admin, missing, partitions, self._settings)
            kafka_topics.check_topics(admin, kafka_topics.found_topics(admin, names).values(), self._settings)

    def check_partitions(self, names: Sequence[str], partitions: int) -> None:
        """Raise `WrongTopic` unless these topics have that many partitions."""
        kafka_topics.check_partitions(self.topics(names).values(), partitions)

    def delete_topic(self, name: str) -> None:
        """Remove a topic with its messages, and wait until it is gone."""
        with self._admin_client() as admin:
            admin.delete_topics([name])
            while kafka_topics.found_topics(admin, [name]):
                pass

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Append all messages in this order; return once enough brokers have stored them."""
        if not messages:
            return
        with self._publishing:
            if topic not in self._known:
                self._topic(topic)
                self._known.add(topic)
            for portion in _portions(messages):
                self._send(topic, portion)

    def consumer(self, group: str, topics: Sequence[str]) -> KafkaMember:
        """Join `group` to read `topics`."""
        with as_bus_error():
            return KafkaMember(self._options, group, topics, self._identities)

    def end_offsets(self, topic: str) -> dict[int, int]:
        """For every partition the offset that its next message will get."""
        wanted = {TopicPartition(topic, number): OffsetSpec.LATEST for number in self._topic(topic).partitions}
        with self._admin_client() as admin:
            found = admin.list_partition_offsets(wanted)
        return {place.partition: end.offset for place, end in found.items()}

    def newest(self, topic: str) -> list[Received]:
        """The last message of every partition that has one."""
        partitions = self._topic(topic).partitions
        with as_bus_error():
            return newest_of(self._options, topic, partitions, PATIENCE)

    def topic_identity(self, topic: str) -> str:
        """The id that the brokers gave the topic when it was created."""
        return self._topic(topic).identity

    def topics(self, names: Collection[str]) -> dict[str, Topic]:
        """Return those of the topics that exist, as the brokers describe them."""
        with self._admin_client() as admin:
            return kafka_topics.found_topics(admin, names)

    def close(self) -> None:
        """Give back the connections; members of groups close their own."""
        with self._publishing:
            self._drop_producer()
        with self._asking:
            if self._admin is not None:
                self._admin.close()
                self._admin = None

    def _topic(self, name: str) -> Topic:
        found = self.topics([name])
        if name not in found:
            raise BusError(f"There is no topic {name}.")
        return found[name]

    def _identities(self, names: Collection[str]) -> dict[str, str]:
        return {name: topic.identity for name, topic in self.topics(names).items()}

    @contextmanager
    def _admin_client(self) -> Iterator[KafkaAdminClient]:
        with self._asking, as_bus_error():
            self._admin = self._admin or made(KafkaAdminClient, self._options)
            yield self._admin

    def _send(self, topic: str, messages: Sequence[Message]) -> None:
        try:
            self._producer = self._producer or made(KafkaProducer, {**self._options, **PUBLISHING})
            send = self._producer.send
            sent = [send(topic, key=each.key.encode(), value=each.value, headers=HEADERS) for each in messages]
            self._producer.flush(PATIENCE + 5)
            for each in sent:
                each.get(timeout=0)
        except KafkaError as error:
            # What this producer still has in hand must not go out behind what is tried again: order would be lost.
            self._drop_producer()
            self._known.discard(topic)
            raise BusError(f"{topic}: {error}") from error

    def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with as_bus_error():
                producer.close(timeout=0)


def _portions(messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
    """Cut what is published at once into parts that make one batch per partition, whatever their keys."""
    start = size = 0
    for index, message in enumerate(messages):
        own = len(message.key) + len(message.value) + _OVERHEAD
        if index > start and size + own > _PORTION:
            yield messages[start:index]
            start, size = index, 0
        size += own
    yield messages[start:]
