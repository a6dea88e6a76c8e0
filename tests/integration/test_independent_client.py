"""Anybody's client reads our topics: the CloudEvents package and `kcat` take every message of the demo."""

import json
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_structured_event
from kafka import KafkaConsumer, TopicPartition

from services.cluster import TOPICS
from shared.bus.envelope import CONTENT_TYPE
from shared.bus.kafka import KafkaBus, KafkaSettings
from shared.bus.port import HEADS, Bus, Message, Received, service_of
from shared.testing.bus_suite import read
from shared.testing.listening import PATIENCE
from shared.testing.plugin import missing
from tests.api_client import House

HEADERS = {"content-type": CONTENT_TYPE.encode()}
EXTENSIONS = {"streamversion": int, "position": int, "schemaversion": int, "recordedat": str, "actor": str}


def everything(bus: Bus, topic: str) -> list[Received]:
    """Every message of a topic."""
    with bus.consumer(f"outsider-{topic}", [topic]) as consumer:
        return read(consumer, sum(bus.end_offsets(topic).values()))


@pytest.fixture(scope="module")
def messages(demo: House) -> dict[str, list[Received]]:
    """Every message of the demo, by topic."""
    demo.settle()
    return {topic: everything(demo.suite.bus, topic) for topic in TOPICS}


def checked(topic: str, key: str, event: BaseCloudEvent) -> str:
    """Whether the event has what every event of ours has; returns its id."""
    assert event.get_specversion() == "1.0"
    assert event.get_datacontenttype() == "application/json"
    assert isinstance(event.get_data(), dict)
    source = event.get_source()
    if topic == HEADS:
        assert event.get_type() == "caseledger.head.v1"
        assert source == f"/caseledger/{key}"
        return event.get_id()
    service = service_of(topic)
    assert source == f"/caseledger/{service}"
    assert event.get_type().startswith(f"caseledger.{service}.")
    assert event.get_type().endswith(f".v{event.get_extension('schemaversion')}")
    assert event.get_subject() == key
    time = event.get_time()
    assert time is not None
    assert time.tzinfo is not None
    for name, kind in EXTENSIONS.items():
        assert isinstance(event.get_extension(name), kind)
    return event.get_id()


def test_the_cloudevents_package_reads_every_message_of_the_demo(messages: dict[str, list[Received]]) -> None:
    for topic, found in messages.items():
        ids = [
            checked(topic, each.key, from_structured_event(KafkaMessage(HEADERS, each.key, each.value)))
            for each in found
        ]
        assert ids
        assert topic == HEADS or len(set(ids)) == len(ids)
    assert sum(map(len, messages.values())) > 2_000


def test_where_a_trace_is_given_a_message_carries_it(house: House) -> None:
    traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    token = house.as_("worker1").token
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "traced", "traceparent": traceparent}
    house.raw("POST", "/case/api/v1/people", headers, {"alias": "Ah Ming"}).accepted()
    house.settle()
    (found,) = everything(house.suite.bus, "caseledger.case.events")
    event = from_structured_event(KafkaMessage(HEADERS, found.key, found.value))
    assert event.get_extension("traceparent") == traceparent
    assert event.get_type() == "caseledger.case.PersonRegistered.v1"


@dataclass(frozen=True, slots=True)
class Copy:
    """The demo's messages on a real broker: its address, and our topics by the names of theirs."""

    address: str
    topics: dict[str, str]


@pytest.fixture(scope="module")
def on_kafka(messages: dict[str, list[Received]], kafka_address: str) -> Iterator[Copy]:
    """The demo, published once more through the adapter of the cluster."""
    topics = {f"{topic}.{uuid.uuid4().hex[:8]}": topic for topic in messages}
    with closing(KafkaBus(KafkaSettings(servers=(kafka_address,)))) as bus:
        bus.ensure_topics(list(topics), 3)
        for name, topic in topics.items():
            bus.publish(name, [Message(each.key, each.value) for each in messages[topic]])
        yield Copy(kafka_address, topics)
        for name in topics:
            bus.delete_topic(name)


def expected(messages: dict[str, list[Received]], topic: str) -> list[tuple[str, bytes]]:
    return sorted((each.key, each.value) for each in messages[topic])


def test_the_cloudevents_package_reads_every_message_from_kafka(
    messages: dict[str, list[Received]], on_kafka: Copy
) -> None:
    for name, topic in on_kafka.topics.items():
        with closing(KafkaConsumer(bootstrap_servers=on_kafka.address, auto_offset_reset="earliest")) as client:
            client.assign([TopicPartition(name, number) for number in range(3)])
            found, deadline = [], time.monotonic() + PATIENCE
            while len(found) < len(messages[topic]) and time.monotonic() < deadline:
                found += [record for records in client.poll(500).values() for record in records]
        for record in found:
            event = from_structured_event(KafkaMessage(dict(record.headers), record.key, record.value))
            assert dict(record.headers) == HEADERS
            checked(topic, record.key.decode(), event)
        assert sorted((record.key.decode(), record.value) for record in found) == expected(messages, topic)


def test_kcat_reads_every_message_from_kafka(messages: dict[str, list[Received]], on_kafka: Copy) -> None:
    kcat = shutil.which("kcat") or missing("needs kcat (a package of Debian)")
    for name, topic in on_kafka.topics.items():
        command = [str(kcat), "-C", "-b", on_kafka.address, "-t", name, "-o", "beginning", "-e", "-q", "-J"]
        lines = subprocess.run(command, capture_output=True, check=True, timeout=120).stdout.splitlines()
        found = [json.loads(line) for line in lines]
        assert {tuple(each["headers"]) for each in found} == {("content-type", CONTENT_TYPE)}
        assert sorted((each["key"], each["payload"].encode()) for each in found) == expected(messages, topic)
