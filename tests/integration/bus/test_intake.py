"""The intake: forks stop it, what cannot be read waits, and readers can wait for what they have seen."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select

from shared import logs
from shared.bus import reading, tables
from shared.bus.embedded import EmbeddedBus, partition_of
from shared.bus.envelope import Arrived, Head, encode_head
from shared.bus.intake import Forked
from shared.bus.port import HEADS, Message, events_topic
from shared.database import Database
from shared.errors import Unavailable
from shared.testing.listening import BEGINNING, Listener, listening, message, raw_event, run_of

CASE = events_topic("case")
STREAMS = [f"thing-{number}" for number in range(20)]


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[EmbeddedBus]:
    with closing(EmbeddedBus(tmp_path / "bus.db")) as bus:
        bus.ensure_topics([CASE, HEADS], 3)
        yield bus


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'listener.db'}")
    yield database
    database.dispose()


@pytest.fixture
def listener(bus: EmbeddedBus, database: Database) -> Iterator[Listener]:
    with listening(database, bus, ["case"]) as listener:
        yield listener


def publish(bus: EmbeddedBus, position: int, stream: str, version: int, **other: str) -> None:
    bus.publish(CASE, [message("case", raw_event(position, stream, version, event_id=other.get("event_id")))])


def cannot_read(event_id: str) -> object:
    def refuse(events: Sequence[Arrived]) -> None:
        if any(event.event_id == event_id for event in events):
            raise KeyError("gender")

    return refuse


class TestForks:
    def test_another_event_in_a_known_place_stops_the_intake(self, bus: EmbeddedBus, listener: Listener) -> None:
        bus.publish(CASE, run_of("case", 5))
        listener.settle()
        publish(bus, 3, "thing-2", 1, event_id="another")
        with pytest.raises(Forked, match="case has two events at position 3: event-3 arrived first, then another"):
            listener.settle()
        publish(bus, 6, "thing-0", 2)
        with pytest.raises(Forked):
            listener.intake.run_once()
        assert len(listener.learnt()) == 5

    def test_two_events_in_one_place_of_one_batch_are_a_fork(self, bus: EmbeddedBus, listener: Listener) -> None:
        publish(bus, 1, "thing-1", 1, event_id="one")
        publish(bus, 1, "thing-1", 1, event_id="other")
        with pytest.raises(Forked):
            listener.settle()
        assert listener.learnt() == listener.arrived() == []

    def test_a_fork_is_remembered_after_a_restart(
        self, bus: EmbeddedBus, database: Database, listener: Listener
    ) -> None:
        self.test_two_events_in_one_place_of_one_batch_are_a_fork(bus, listener)
        with listening(database, bus, ["case"]) as again, pytest.raises(Forked):
            again.intake.run_once()
        with database.read() as conn:
            row = conn.execute(select(tables.fork)).one()
        assert tuple(row) == ("case", 1, "one", "other")

    def test_a_running_intake_ends_with_a_fork(self, bus: EmbeddedBus, listener: Listener) -> None:
        publish(bus, 1, "thing-1", 1, event_id="one")
        publish(bus, 1, "thing-1", 1, event_id="other")
        listener.intake.run(Event())
        assert isinstance(listener.intake.fork, Forked)


class TestParking:
    def test_an_event_that_cannot_be_learnt_waits_and_others_flow(self, bus: EmbeddedBus, listener: Listener) -> None:
        listener.before_learning = cannot_read("event-2")
        bus.publish(CASE, run_of("case", 9, streams=3))
        listener.settle()
        assert [stream for stream, _, _ in listener.parked()] == ["thing-1"] * 3
        assert sorted(position for _, position, _ in listener.parked()) == [2, 5, 8]
        assert listener.parked()[0][2] == "KeyError: 'gender'"
        assert sorted(event for _, event in listener.learnt()) == [f"event-{n}" for n in (1, 3, 4, 6, 7, 9)]
        assert listener.watermarks() == {"case": 9}

    def test_the_log_names_the_request_that_a_parked_event_follows_from(
        self, bus: EmbeddedBus, listener: Listener, capsys: pytest.CaptureFixture[str]
    ) -> None:
        logs.configure("WARNING")
        listener.before_learning = cannot_read("event-2")
        bus.publish(CASE, run_of("case", 2))
        listener.settle()
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        told = {line["event"]: line["correlation_id"] for line in lines if line.get("position") == 2}
        assert told == {"intake.unreadable": "request-1", "intake.parked": "request-1"}

    def test_later_messages_of_a_parked_stream_wait_behind_it(self, bus: EmbeddedBus, listener: Listener) -> None:
        listener.before_learning = cannot_read("event-1")
        publish(bus, 1, "thing-1", 1)
        listener.settle()
        publish(bus, 2, "thing-1", 2)
        publish(bus, 3, "thing-2", 1)
        listener.settle()
        assert [(stream, position) for stream, position, _ in listener.parked()] == [("thing-1", 1), ("thing-1", 2)]
        assert listener.learnt() == [("case", "event-3")]

    def test_a_retry_learns_the_stream_in_its_order(self, bus: EmbeddedBus, listener: Listener) -> None:
        listener.before_learning = cannot_read("event-1")
        bus.publish(CASE, run_of("case", 4, streams=1))
        listener.settle()
        assert listener.intake.retry_parked() == 0
        assert len(listener.parked()) == 4
        listener.before_learning = cannot_read("event-3")
        assert listener.intake.retry_parked() == 2
        assert [position for _, position, _ in listener.parked()] == [3, 4]
        listener.before_learning = lambda _: None
        assert listener.intake.retry_parked() == 2
        assert listener.learnt() == [("case", f"event-{n}") for n in (1, 2, 3, 4)]
        assert listener.parked() == []

    def test_a_parked_message_delivered_again_is_parked_once(self, bus: EmbeddedBus, listener: Listener) -> None:
        listener.before_learning = cannot_read("event-1")
        for _ in range(2):
            bus.publish(CASE, [*run_of("case", 2, streams=1), Message("thing-9", b"no envelope at all")])
            listener.settle()
        assert [position for _, position, _ in listener.parked()] == [1, 2, None]

    def test_a_message_without_a_readable_place_leaves_a_hole(self, bus: EmbeddedBus, listener: Listener) -> None:
        messages = run_of("case", 4, streams=4)
        bus.publish(CASE, [messages[0], Message("thing-1", b"\xff\xfe"), *messages[2:]])
        listener.settle()
        assert listener.watermarks() == {"case": 1}
        assert len(listener.learnt()) == 3
        assert [(stream, position) for stream, position, _ in listener.parked()] == [("thing-1", None)]

    def test_an_envelope_that_is_half_readable_counts_as_arrived(self, bus: EmbeddedBus, listener: Listener) -> None:
        first, second = run_of("case", 2, streams=2)
        spoilt = Message(second.key, second.value.replace(b'"actor":"account-1"', b'"actor":17'))
        bus.publish(CASE, [first, spoilt])
        listener.settle()
        assert listener.watermarks() == {"case": 2}
        assert [position for _, position, _ in listener.parked()] == [2]
        assert listener.intake.retry_parked() == 0

    def test_a_failing_database_parks_nothing(self, bus: EmbeddedBus, listener: Listener, database: Database) -> None:
        def lose_table(_: Sequence[Arrived]) -> None:
            with database.read() as conn:
                conn.exec_driver_sql("SELECT * FROM a_table_that_is_not_there")

        listener.before_learning = lose_table
        bus.publish(CASE, run_of("case", 2))
        with pytest.raises(Exception, match="no such table"):
            listener.settle()
        assert listener.parked() == []
        listener.before_learning = lambda _: None
        listener.settle()
        assert len(listener.learnt()) == 2

    def test_a_busy_database_parks_nothing_while_the_one_at_fault_is_looked_for(
        self, bus: EmbeddedBus, listener: Listener
    ) -> None:
        def refuse(events: Sequence[Arrived]) -> None:
            raise KeyError("gender") if len(events) > 1 else Unavailable("busy", "The database is busy.")

        listener.before_learning = refuse
        bus.publish(CASE, run_of("case", 2))
        with pytest.raises(Unavailable):
            listener.settle()
        assert listener.parked() == []


class TestWaiting:
    def test_what_has_arrived_need_not_be_waited_for(self, bus: EmbeddedBus, listener: Listener) -> None:
        bus.publish(CASE, run_of("case", 3))
        listener.settle()
        assert listener.intake.wait_for({"case": 3}, timeout=0)
        assert not listener.intake.wait_for({"case": 4}, timeout=0)

    def test_services_that_are_not_listened_to_need_no_waiting(self, listener: Listener) -> None:
        assert listener.intake.wait_for({"reporting": 99, "nobody": 5}, timeout=0)

    def test_a_waiting_reader_is_woken_by_the_arrival(self, bus: EmbeddedBus, listener: Listener) -> None:
        stop = Event()
        taking = Thread(target=listener.intake.run, args=(stop,))
        taking.start()
        with ThreadPoolExecutor(1) as readers:
            reader = readers.submit(listener.intake.wait_for, {"case": 5}, 20)
            bus.publish(CASE, run_of("case", 5))
            assert reader.result()
        stop.set()
        taking.join()

    def test_a_reader_sees_what_an_intake_elsewhere_has_taken_in(
        self, bus: EmbeddedBus, database: Database, listener: Listener
    ) -> None:
        bus.publish(CASE, run_of("case", 5))
        with listening(database, bus, ["case"]) as elsewhere:
            listener.intake.close()
            elsewhere.settle()
        assert listener.intake.wait_for({"case": 5}, timeout=0)


class TestHeads:
    def test_the_furthest_head_of_a_service_is_kept(self, bus: EmbeddedBus, listener: Listener) -> None:
        for position in (4, 9, 6):
            told = Head(service="case", position=position, recorded_at=BEGINNING)
            bus.publish(HEADS, [Message("case", encode_head(told)), Message("case", b"no head")])
            listener.settle()
        with listener.database.read() as conn:
            assert listener.intake.heads(conn) == {"case": Head(service="case", position=9, recorded_at=BEGINNING)}


def test_an_intake_that_was_overtaken_does_nothing_and_goes_on_where_the_other_stands(
    tmp_path: Path, bus: EmbeddedBus, database: Database, listener: Listener
) -> None:
    bus.publish(CASE, run_of("case", 5))
    with closing(EmbeddedBus(tmp_path / "bus.db")) as elsewhere, listening(database, elsewhere, ["case"]) as other:
        listener.settle()
        assert other.intake.run_once() == 0
        bus.publish(CASE, run_of("case", 10)[5:])
        listener.settle()
        bus.publish(CASE, run_of("case", 15)[10:])
        other.intake.run_once()
        assert len(other.learnt()) == 10
        other.intake.run_once()
        assert len(other.learnt()) == 15


def test_a_log_that_lost_its_tail_is_read_from_its_start(tmp_path: Path, database: Database) -> None:
    older, newer = EmbeddedBus(tmp_path / "bus.db"), tmp_path / "copy.db"
    with closing(older):
        older.ensure_topics([CASE, HEADS], 1)
        older.publish(CASE, run_of("case", 3))
        with closing(sqlite3.connect(tmp_path / "bus.db")) as file:
            file.execute("VACUUM INTO ?", (str(newer),))
        older.publish(CASE, run_of("case", 9)[3:])
        with listening(database, older, ["case"]) as listener:
            listener.settle()
    with closing(EmbeddedBus(newer)) as restored, listening(database, restored, ["case"]) as listener:
        restored.publish(CASE, run_of("case", 12)[9:])
        listener.settle()
        assert listener.watermarks() == {"case": 12}
        assert len(listener.learnt()) == 12


class TestReadingAhead:
    """While a full batch is taken in, the next one is read."""

    @pytest.fixture(autouse=True)
    def small_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "AT_ONCE", 3)

    def test_what_was_read_ahead_of_a_batch_that_fails_comes_again_behind_it(
        self, bus: EmbeddedBus, listener: Listener
    ) -> None:
        """The batch that fails and the one read ahead are of different partitions."""
        one, other = "thing-0", next(each for each in STREAMS if partition_of(each, 3) != partition_of("thing-0", 3))
        events = [(one, version) for version in range(1, 7)] + [(other, version) for version in range(1, 7)]
        bus.publish(CASE, [message("case", raw_event(place, *event)) for place, event in enumerate(events, start=1)])

        def be_away(found: Sequence[Arrived]) -> None:
            if found[0].position == 4 and next(fails, False):
                raise Unavailable("database_away", "The database does not answer.")

        fails = iter([True])
        listener.before_learning = be_away
        listener.intake.run_once()
        with pytest.raises(Unavailable):
            listener.intake.run_once()
        listener.settle()
        assert [event_id for _, event_id in listener.learnt()] == [f"event-{place}" for place in range(1, 13)]

    def test_what_another_process_has_taken_in_meanwhile_is_not_taken_in_again(
        self, tmp_path: Path, bus: EmbeddedBus, database: Database, listener: Listener
    ) -> None:
        bus.publish(CASE, run_of("case", 20))
        listener.intake.run_once()
        with closing(EmbeddedBus(tmp_path / "bus.db")) as same, listening(database, same, ["case"]) as other:
            other.intake.run_once()
            other.intake.run_once()
            listener.settle()
        learnt = [int(event_id.removeprefix("event-")) for _, event_id in listener.learnt()]
        assert sorted(learnt) == list(range(1, 21))
        for stream in range(5):
            of_stream = [position for position in learnt if position % 5 == stream]
            assert of_stream == sorted(of_stream)
