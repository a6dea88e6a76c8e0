"""The bus under load: consumers against a loop that only polls, the relay against a bare producer."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain, islice

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from sqlalchemy import update

from services.cluster import TOPICS, Opened, make_topics, opened
from shared.bus.envelope import encode
from shared.bus.kafka import HEADERS, PUBLISHING, KafkaBus
from shared.bus.kafka_member import READING
from shared.bus.port import Message, events_topic
from shared.bus.reading import AT_ONCE
from shared.bus.tables import relay_checkpoint
from shared.relay.relay import Relay
from shared.settings import DATABASES, load_settings
from shared.testing.postgres import fresh_database
from tests.bench.environment import environment
from tests.bench.figures import append_in_bulk, bare_store, units_of
from tests.bench.measure import Ratio, in_turns, seconds

ROUNDS = 3
AGENCY = "agency-bench"
TOPIC = events_topic("case")


def run(scale: float, kafka: str | None, server: str | None) -> Iterator[Ratio]:
    """The ratios of the bus: on Kafka and PostgreSQL where there are some, and on the embedded default."""
    events = max(3 * AT_ONCE, int(30_000 * scale))
    if kafka is not None and server is not None:
        with environment(CASELEDGER_BUS=kafka), databases(server), opened_anew("case") as case:
            no_topics(case)
            publish(case, events)
            yield consumer_against_polling(case, events, server, poll_kafka, 0.5)
            yield relay_against_producer(case)
    with environment(CASELEDGER_BUS=""), opened_anew("case") as case:
        publish(case, events)
        yield consumer_against_polling(case, events, None, poll_embedded, 0.55)


@contextmanager
def databases(server: str | None, names: Sequence[str] = DATABASES) -> Iterator[None]:
    """A fresh PostgreSQL database for each of these; without a server SQLite in the data directory."""
    if server is None or not names:
        yield
        return
    with fresh_database(server) as url:
        here = environment(**{f"CASELEDGER_{names[0].upper()}_DATABASE": url})
        with here, databases(server, names[1:]):
            yield


@contextmanager
def opened_anew(name: str) -> Iterator[Opened]:
    """A service in an empty data directory, on the databases and the bus of the environment."""
    with tempfile.TemporaryDirectory() as data, environment(CASELEDGER_DATA=data), opened(name, load_settings()) as one:
        yield one


def no_topics(one: Opened) -> None:
    """Remove from the brokers what an earlier benchmark has published."""
    if isinstance(one.bus, KafkaBus):
        for topic in one.bus.topics(TOPICS):
            one.bus.delete_topic(topic)


def publish(case: Opened, events: int) -> None:
    """Store so many sessions of the demo's kind, and publish each once."""
    sessions = chain.from_iterable(units_of(f"contract-{number}")["case"] for number in range(events))
    append_in_bulk(bare_store(case.service), AGENCY, list(islice(sessions, events)))
    make_topics(case.bus, case.settings)
    relay_all(case)


def relay_all(case: Opened) -> None:
    relay = Relay("case", case.service.store, case.bus)
    while relay.run_once():
        pass


def consumer_against_polling(
    case: Opened, events: int, server: str | None, poll: Callable[[Opened, int], float], aim: float
) -> Ratio:
    """Reporting takes the events in, from poll to commit, into empty tables; the other loop throws them away."""

    def taken_in() -> float:
        with fresh_reporting(case, server) as reporting:
            return rate(lambda: reporting.service.intake.run_once(0.2), events)

    ours, other = in_turns(ROUNDS, taken_in, lambda: poll(case, events))
    name = f"{'Kafka' if server else 'embedded'}: consumer against a loop that only polls"
    return Ratio(name=name, ours=ours, other=other, unit="events/s", aim=aim)


@contextmanager
def fresh_reporting(case: Opened, server: str | None) -> Iterator[Opened]:
    """Reporting with nothing in its database, on the bus of `case`."""
    with databases(server, ["reporting"]):
        with opened("reporting", load_settings()) as reporting:
            try:
                yield reporting
            finally:
                reporting.service.intake.close()
        if server is None:
            for file in case.settings.data.glob("reporting.db*"):
                file.unlink()


def rate(poll: Callable[[], int], events: int) -> float:
    """Messages per second from the first ones on: joining a group is not what is measured."""
    first = 0
    while not first:
        first = poll()
    taken, start = first, time.perf_counter()
    while taken < events:
        taken += poll()
    return (taken - first) / (time.perf_counter() - start)


def poll_kafka(case: Opened, events: int) -> float:
    """The fastest loop of the same client with the same settings."""
    assert case.settings.kafka is not None
    ends = case.bus.end_offsets(TOPIC)
    with closing(KafkaConsumer(**case.settings.kafka.options(), **READING)) as consumer:
        consumer.assign([TopicPartition(TOPIC, number) for number in ends])
        consumer.seek_to_beginning()
        return rate(lambda: sum(map(len, consumer.poll(timeout_ms=200, max_records=AT_ONCE).values())), events)


def poll_embedded(case: Opened, events: int) -> float:
    """The same on the log in SQLite."""
    with case.bus.consumer("bench", [TOPIC]) as consumer:
        consumer.poll(1, 0)
        for partition in consumer.awaiting_seek():
            consumer.seek(*partition, 0)
        return rate(lambda: len(consumer.poll(AT_ONCE, 0.2)), events)


def relay_against_producer(case: Opened) -> Ratio:
    """What is stored goes out by the relay; the same bytes go out by a producer that promises as much."""
    with case.service.database.read() as connection:
        rows = case.service.store.read_raw(connection, 0, 1_000_000)
    messages = [Message(row.stream_id, encode("case", row)) for row in rows]

    def relayed() -> float:
        with case.service.database.write() as connection:
            connection.execute(update(relay_checkpoint).values(position=0))
        return len(messages) / seconds(lambda: relay_all(case))

    def produced() -> float:
        assert case.settings.kafka is not None
        producer = KafkaProducer(**case.settings.kafka.options(), **PUBLISHING)

        def send() -> None:
            sent = [producer.send(TOPIC, key=one.key.encode(), value=one.value, headers=HEADERS) for one in messages]
            producer.flush()
            assert all(each.get(timeout=0) for each in sent)

        took = seconds(send)
        producer.close()
        return len(messages) / took

    ours, other = in_turns(ROUNDS, relayed, produced)
    return Ratio(name="Kafka: relay against a bare producer", ours=ours, other=other, unit="events/s", aim=0.5)
