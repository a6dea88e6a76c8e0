"""The relay: everything stored is published, in order, and never anything sealed."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import pytest
from sqlalchemy import Connection, MetaData, delete

from shared.bus import tables
from shared.bus.embedded import EmbeddedBus
from shared.bus.envelope import Arrived, decode, digest
from shared.bus.intake import Intake
from shared.bus.port import HEADS, BusError, events_topic
from shared.bus.tables import bus_tables
from shared.clock import SystemClock
from shared.database import Database
from shared.events import Sealed, event
from shared.eventstore import CommandMeta, EventRegistry, EventStore, Work, event_tables
from shared.privacy.keys import MasterKeys
from shared.privacy.vault import Vault
from shared.relay.relay import Relay, TopicAhead
from shared.relay.threads import Background, drain
from shared.testing.listening import Listener, listening, run_of

CASE = events_topic("case")


@event("ThingNoted", subject="thing_id")
class ThingNoted:
    thing_id: str
    colour: str
    note: Sealed[str | None] = None


class Writer:
    """A service that writes, as far as the relay is concerned."""

    def __init__(self, path: Path, bus: EmbeddedBus, name: str = "case") -> None:
        self.database = Database(f"sqlite:///{path}")
        metadata = MetaData()
        event_tables(metadata)
        bus_tables(metadata)
        metadata.create_all(self.database.engine)
        clock = SystemClock()
        vault = Vault(MasterKeys({"test": bytes(32)}), clock)
        with self.database.write() as connection:
            vault.check_master_key(connection)
        registry = EventRegistry(name, [ThingNoted])
        self.store = EventStore(self.database, registry, vault, clock, lambda _connection, _pending: None)
        self.relay = Relay(name, self.store, bus)

    def note(self, stream: str, count: int = 1, text: str = "seen at home") -> None:
        def body(work: Work) -> None:
            version = len(work.load(stream))
            noted = [ThingNoted(thing_id=stream, colour="red", note=text) for _ in range(count)]
            work.append(stream, noted, version)

        meta = CommandMeta("agency-1", "account-1", f"key-{uuid4()}", b"hash", "request-1")
        self.store.run(meta, body)

    def publish(self) -> None:
        while self.relay.run_once():
            pass

    def restarted(self, bus: EmbeddedBus) -> Relay:
        self.relay = Relay("case", self.store, bus)
        return self.relay


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[EmbeddedBus]:
    with closing(EmbeddedBus(tmp_path / "bus.db")) as bus:
        bus.ensure_topics([CASE, HEADS], 3)
        yield bus


@pytest.fixture
def writer(tmp_path: Path, bus: EmbeddedBus) -> Iterator[Writer]:
    writer = Writer(tmp_path / "case.db", bus)
    yield writer
    writer.database.dispose()


@pytest.fixture
def listener(tmp_path: Path, bus: EmbeddedBus) -> Iterator[Listener]:
    database = Database(f"sqlite:///{tmp_path / 'reporting.db'}")
    with listening(database, bus, ["case"]) as listener:
        yield listener
    database.dispose()


def published(bus: EmbeddedBus) -> int:
    return sum(bus.end_offsets(CASE).values())


def test_what_is_stored_arrives_as_it_was_stored(bus: EmbeddedBus, writer: Writer, listener: Listener) -> None:
    for stream in ("thing-1", "thing-2", "thing-1"):
        writer.note(stream, count=2)
    drain([writer.relay], [listener.intake])
    with writer.database.read() as conn:
        stored = writer.store.read_raw(conn, 0, 10)
    assert sorted(event for _, event in listener.learnt()) == sorted(row.event_id for row in stored)
    assert listener.watermarks() == {"case": 6}
    newest = [decode(message.value) for message in bus.newest(CASE)]
    assert {digest(each) for each in newest} <= {digest(row) for row in stored}
    with listener.database.read() as conn:
        assert listener.intake.heads(conn)["case"].position == 6
        assert listener.intake.heads(conn)["case"].recorded_at == stored[-1].recorded_at


def test_nothing_sealed_reaches_the_log(tmp_path: Path, bus: EmbeddedBus, writer: Writer) -> None:
    writer.note("thing-1", text="Chan Tai Man 陳大文")
    writer.publish()
    assert published(bus) == 1
    written = b"".join(path.read_bytes() for path in tmp_path.glob("bus.db*"))
    assert b'"colour":"red"' in written
    assert b"Chan" not in written
    assert "陳大文".encode() not in written
    assert b"sealed" not in written


def test_a_relay_goes_on_where_it_stood(bus: EmbeddedBus, writer: Writer) -> None:
    writer.note("thing-1", count=3)
    writer.publish()
    writer.note("thing-1", count=2)
    writer.restarted(bus)
    writer.publish()
    assert published(bus) == 5
    assert writer.relay.behind() == 0


def test_a_crash_after_publishing_publishes_twice_and_counts_once(
    bus: EmbeddedBus, writer: Writer, listener: Listener
) -> None:
    writer.note("thing-1", count=3)
    writer.publish()
    with writer.database.write() as conn:
        conn.execute(delete(tables.relay_checkpoint))
    drain([writer.restarted(bus)], [listener.intake])
    assert published(bus) == 6
    assert len(listener.learnt()) == 3


def test_a_topic_that_is_behind_gets_what_it_lacks(
    tmp_path: Path, bus: EmbeddedBus, writer: Writer, listener: Listener
) -> None:
    writer.note("thing-1", count=3)
    writer.publish()
    with closing(sqlite3.connect(tmp_path / "bus.db")) as file:
        file.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    writer.note("thing-2", count=4)
    drain([writer.relay], [listener.intake])
    with closing(EmbeddedBus(tmp_path / "copy.db")) as restored:
        drain([writer.restarted(restored)], [])
        assert published(restored) == 7


def test_a_topic_created_anew_is_filled_from_the_store(bus: EmbeddedBus, writer: Writer, listener: Listener) -> None:
    writer.note("thing-1", count=3)
    drain([writer.relay], [listener.intake])
    bus.delete_topic(CASE)
    bus.ensure_topics([CASE], 5)
    writer.note("thing-1", count=1)
    drain([writer.restarted(bus)], [listener.intake])
    assert published(bus) == 4
    assert len(listener.learnt()) == 4


def test_a_topic_created_anew_under_a_running_relay_is_filled_at_its_next_start(
    bus: EmbeddedBus, writer: Writer, listener: Listener
) -> None:
    writer.note("thing-1", count=3)
    writer.publish()
    bus.delete_topic(CASE)
    bus.ensure_topics([CASE], 1)
    writer.note("thing-1", count=1)
    writer.publish()
    assert published(bus) == 1
    drain([writer.restarted(bus)], [listener.intake])
    assert published(bus) == 5
    assert len(listener.learnt()) == 4


def test_a_topic_that_was_lost_and_made_again_is_filled_without_a_restart(bus: EmbeddedBus, writer: Writer) -> None:
    writer.note("thing-1", count=3)
    writer.publish()
    bus.delete_topic(CASE)
    writer.note("thing-1", count=1)
    with pytest.raises(BusError):
        writer.publish()
    bus.ensure_topics([CASE], 1)
    writer.publish()
    assert published(bus) == 4


@pytest.mark.parametrize("ahead", [1, 4])
def test_a_topic_that_tells_another_history_is_an_error(bus: EmbeddedBus, writer: Writer, ahead: int) -> None:
    writer.note("thing-1", count=2)
    bus.publish(CASE, run_of("case", ahead))
    with pytest.raises(TopicAhead, match=f"ends with event event-{ahead} at position {ahead}"):
        writer.relay.run_once()
    assert published(bus) == ahead


def test_a_relay_says_at_its_start_how_far_its_store_reaches(
    bus: EmbeddedBus, writer: Writer, listener: Listener
) -> None:
    writer.note("thing-1", count=2)
    writer.publish()
    bus.delete_topic(HEADS)
    bus.ensure_topics([HEADS], 1)
    drain([writer.restarted(bus)], [listener.intake])
    with listener.database.read() as conn:
        assert listener.intake.heads(conn)["case"].position == 2


def test_a_relay_survives_a_bus_that_is_away(bus: EmbeddedBus, writer: Writer, listener: Listener) -> None:
    writer.note("thing-1")
    bus.delete_topic(CASE)
    stop = Event()
    running = Thread(target=writer.relay.run, args=(stop,))
    running.start()
    bus.ensure_topics([CASE], 3)
    while not listener.learnt():
        listener.intake.run_once(0.2)
    stop.set()
    writer.relay.wake()
    running.join()
    assert len(listener.learnt()) == 1


def test_in_threads_everything_written_arrives_while_it_is_written(
    bus: EmbeddedBus, writer: Writer, listener: Listener
) -> None:
    writer.store.on_commit = writer.relay.wake
    background = Background([writer.relay], [listener.intake])
    background.start()
    try:
        for number in range(40):
            writer.note(f"thing-{number % 4}", count=2)
        assert listener.intake.wait_for({"case": 80}, timeout=20)
        assert background.wait_until_settled(20)
    finally:
        background.stop()
    assert len(listener.learnt()) == 80


def test_what_was_stored_before_the_start_and_while_stopped_arrives_after_it(
    bus: EmbeddedBus, writer: Writer, listener: Listener
) -> None:
    for _ in range(2):
        writer.note("thing-1", count=3)
        background = Background([writer.restarted(bus)], [listener.intake])
        background.start()
        assert background.wait_until_settled(20)
        background.stop()
    assert listener.watermarks() == {"case": 6}


def test_an_event_made_by_what_was_learnt_is_published_too(tmp_path: Path, bus: EmbeddedBus, writer: Writer) -> None:
    bus.ensure_topics([events_topic("groups")], 1)
    groups = Writer(tmp_path / "groups.db", bus, "groups")

    def answer(work: Work) -> None:
        work.append("thing-9", [ThingNoted(thing_id="thing-9", colour="none")], 0)

    def learn(conn: Connection, events: Sequence[Arrived]) -> None:
        meta = CommandMeta("agency-1", "system", events[0].event_id, b"hash", "request-1")
        groups.store.run_within(conn, meta, answer)

    intake = Intake("groups", groups.database, bus, [CASE], learn)
    background = Background([writer.relay, groups.relay], [intake])
    assert intake.on_commit == groups.relay.wake
    background.start()
    writer.note("thing-1")
    assert background.wait_until_settled(20)
    background.stop()
    assert [decode(each.value).stream_id for each in bus.newest(events_topic("groups"))] == ["thing-9"]
    groups.database.dispose()
