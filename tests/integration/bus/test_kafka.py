"""What the bus on Kafka promises beyond the suite: safe topics, a stop instead of a gap, and a group that goes on."""

import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from shared.bus import kafka_member
from shared.bus.kafka import KafkaBus, KafkaSettings, WrongTopic
from shared.bus.kafka_member import KafkaMember
from shared.bus.port import BusError, Message, Partition
from shared.testing.bus_suite import numbered, read, shared_out
from shared.testing.listening import PATIENCE, run_of

MEMBER = """
import sys
from shared.bus.kafka import KafkaBus, KafkaSettings
address, group, topic = sys.argv[1:]
with KafkaBus(KafkaSettings(servers=(address,))).consumer(group, [topic]) as consumer:
    while True:
        consumer.poll(10, 0.2)
        for partition in consumer.awaiting_seek():
            consumer.seek(*partition, 0)
            print(partition.number, flush=True)
"""


@pytest.fixture
def settings(kafka_address: str) -> KafkaSettings:
    return KafkaSettings(servers=(kafka_address,))


@pytest.fixture
def bus(settings: KafkaSettings) -> Iterator[KafkaBus]:
    with closing(KafkaBus(settings)) as bus:
        yield bus


@pytest.fixture
def admin(kafka_address: str) -> Iterator[KafkaAdminClient]:
    with KafkaAdminClient(bootstrap_servers=kafka_address) as admin:
        yield admin


@pytest.fixture
def name() -> str:
    return f"topic-{uuid.uuid4().hex[:12]}"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("cleanup.policy", "compact"),
        ("retention.ms", "604800000"),
        ("retention.bytes", "1000000"),
        ("min.insync.replicas", "3"),
    ],
)
def test_a_topic_that_could_lose_messages_is_refused(
    bus: KafkaBus, admin: KafkaAdminClient, name: str, setting: str, value: str
) -> None:
    bus.ensure_topics([name], 2)
    right = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete", "min.insync.replicas": "1"}
    wrong = {"num_partitions": 2, "replication_factor": 1, "configs": right | {setting: value}}
    admin.create_topics({f"{name}-wrong": wrong}, wait_for_metadata=True)
    with pytest.raises(WrongTopic, match=rf"^{name}-wrong has {setting}={value}, not [-\w]+\. Put"):
        bus.ensure_topics([name, f"{name}-wrong"], 2)


def test_a_topic_with_fewer_copies_than_wanted_is_refused(settings: KafkaSettings, bus: KafkaBus, name: str) -> None:
    careful = KafkaSettings(servers=settings.servers, replication=3)
    with closing(KafkaBus(careful)) as other:
        with pytest.raises(WrongTopic, match=f"{name} could not be made: .*replication"):
            other.ensure_topics([name], 2)
        bus.ensure_topics([name], 2)
        with pytest.raises(WrongTopic, match=f"{name} is kept 1 times, not 3 times"):
            other.ensure_topics([name], 2)


def test_a_topic_with_another_number_of_partitions_is_named(bus: KafkaBus, name: str) -> None:
    bus.ensure_topics([name], 2)
    bus.check_partitions([name], 2)
    with pytest.raises(WrongTopic, match=f"must have 12 partitions .*{name} has 2"):
        bus.check_partitions([name], 12)


def test_two_processes_may_make_the_same_topics_at_once(settings: KafkaSettings, bus: KafkaBus, name: str) -> None:
    topics = [f"{name}-{number}" for number in range(3)]
    with closing(KafkaBus(settings)) as other:
        other.ensure_topics(topics[:2], 2)
        bus.ensure_topics(topics, 2)
        assert other.topics(topics).keys() == set(topics)


def test_any_client_reads_cloud_events(bus: KafkaBus, kafka_address: str, name: str) -> None:
    bus.ensure_topics([name], 1)
    bus.publish(name, run_of("case", 5))
    client = KafkaConsumer(bootstrap_servers=kafka_address, auto_offset_reset="earliest")
    client.assign([TopicPartition(name, 0)])
    found = []
    while len(found) < 5:
        found += [record for records in client.poll(500).values() for record in records]
    client.close()
    assert {record.headers[0] for record in found} == {("content-type", b"application/cloudevents+json")}
    events = [json.loads(record.value) for record in found]
    assert [event["position"] for event in events] == [1, 2, 3, 4, 5]
    assert {event["specversion"] for event in events} == {"1.0"}


def test_what_is_published_at_once_keeps_its_order_whatever_its_size(bus: KafkaBus, name: str) -> None:
    bus.ensure_topics([name], 2)
    large = [Message(each.key, each.value + b" " * 20_000) for each in numbered(keys=3, each=40)]
    bus.publish(name, large)
    with bus.consumer(name, [name]) as consumer:
        found = read(consumer, len(large))
    for key in range(3):
        assert [int(each.value) for each in found if each.key == f"key-{key}"] == list(range(40))


def test_a_message_without_key_or_value_is_delivered_for_the_reader_to_refuse(
    bus: KafkaBus, kafka_address: str, name: str
) -> None:
    from kafka import KafkaProducer

    bus.ensure_topics([name], 1)
    with KafkaProducer(bootstrap_servers=kafka_address) as foreign:
        foreign.send(name, key=b"\xff\xfe", value=None).get(10)
        foreign.send(name, value=b"hello").get(10)
    with bus.consumer(name, [name]) as consumer:
        assert [(each.key, each.value) for each in read(consumer, 2)] == [("��", b""), ("", b"hello")]


def test_an_offset_that_the_log_lost_stops_the_reader_and_skips_nothing(
    bus: KafkaBus, admin: KafkaAdminClient, name: str
) -> None:
    bus.ensure_topics([name], 1)
    bus.publish(name, numbered(keys=1, each=10))
    admin.delete_records({TopicPartition(name, 0): 4})
    with bus.consumer(name, [name]) as consumer:
        shared_out([consumer], {Partition(name, 0)})
        for _ in range(2):
            consumer.seek(name, 0, 2)
            with pytest.raises(BusError, match="does not hold what should be read next"):
                read_any(consumer)
            assert consumer.awaiting_seek() == {Partition(name, 0)}
        consumer.seek(name, 0, 4)
        assert read_any(consumer) == [4, 5, 6, 7, 8, 9]


def read_any(consumer: KafkaMember) -> list[int]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := consumer.poll(100, 0.5):
            return [each.offset for each in found]
    raise AssertionError("Nothing was delivered.")


def test_a_topic_made_after_its_group_was_formed_is_read_however_short_the_polls(
    bus: KafkaBus, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The client forgets a sharing out whose last answer comes between two polls.
    monkeypatch.setattr(kafka_member, "STALLED", 2.0)
    late = f"{name}-late"
    bus.ensure_topics([name], 2)
    with bus.consumer(name, [name, late]) as consumer:
        shared_out([consumer], {Partition(name, 0), Partition(name, 1)})
        bus.ensure_topics([late], 2)
        everything = {Partition(topic, number) for topic in (name, late) for number in range(2)}
        deadline = time.monotonic() + PATIENCE
        while consumer.assignment() != everything and time.monotonic() < deadline:
            consumer.poll(10, 0.001)
        assert consumer.assignment() == everything


def test_the_partitions_of_a_dead_member_move(bus: KafkaBus, kafka_address: str, name: str) -> None:
    bus.ensure_topics([name], 1)
    process = subprocess.Popen([sys.executable, "-c", MEMBER, kafka_address, name, name], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"0\n"
    with bus.consumer(name, [name]) as consumer:
        consumer.poll(1, 0.2)
        process.kill()
        process.communicate()
        shared_out([consumer], {Partition(name, 0)})
