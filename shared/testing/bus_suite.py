"""How every adapter of the bus behaves: subclass `BusBehaviour` and give it a `log`, change nothing else.

A test makes topics of its own, named after a random service, so that a broker may serve several tests. Nothing is
said about how fast a group shares its partitions out; `read` and `shared_out` wait for it.
"""

import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest

from shared.bus.port import HEADS, Bus, BusError, Consumer, Message, Partition, Received, events_topic
from shared.database import Database
from shared.testing.listening import PATIENCE, Listener, listening, message, raw_event, run_of

PARTITIONS = 4


@dataclass(frozen=True, slots=True)
class Log:
    """A log as a test needs it: opened as often as there are processes, and with a way to delete a topic."""

    open: Callable[[], Bus]
    delete_topic: Callable[[str], None]


def read(consumer: Consumer, wanted: int, start: Mapping[Partition, int] | None = None) -> list[Received]:
    """Read that many messages, from `start` or else from the beginning of every partition."""
    found: list[Received] = []
    deadline = time.monotonic() + PATIENCE
    while len(found) < wanted and time.monotonic() < deadline:
        found += consumer.poll(100, 0.2)
        for partition in consumer.awaiting_seek():
            consumer.seek(*partition, (start or {}).get(partition, 0))
    return found


def shared_out(consumers: Sequence[Consumer], partitions: set[Partition]) -> list[frozenset[Partition]]:
    """Poll all members of a group until every partition is read by exactly one of them."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for consumer in consumers:
            consumer.poll(100, 0.05)
        assigned = [consumer.assignment() for consumer in consumers]
        if sorted(partition for each in assigned for partition in each) == sorted(partitions):
            return assigned
    raise AssertionError("The partitions were not shared out in time.")


def values(found: Sequence[Received]) -> dict[str, list[bytes]]:
    """What was read, by key, in the order of reading."""
    by_key: dict[str, list[bytes]] = defaultdict(list)
    for each in found:
        by_key[each.key].append(each.value)
    return by_key


def numbered(keys: int, each: int) -> list[Message]:
    """Messages of several keys in turn, numbered per key."""
    return [Message(f"key-{key}", str(number).encode()) for number in range(each) for key in range(keys)]


class _Fixtures:
    """One log, and one topic of a service that no other test uses."""

    @pytest.fixture
    def bus(self, log: Log) -> Iterator[Bus]:
        with closing(log.open()) as bus:
            yield bus

    @pytest.fixture
    def service(self) -> str:
        return f"s{uuid.uuid4().hex[:12]}"

    @pytest.fixture
    def topic(self, bus: Bus, service: str) -> str:
        bus.ensure_topics([events_topic(service), HEADS], PARTITIONS)
        return events_topic(service)

    @pytest.fixture
    def group(self, service: str) -> str:
        return f"group-{service}"


class Topics(_Fixtures):
    """The part of the suite that knows nothing of events: topics, partitions, offsets, groups."""

    def test_messages_of_one_key_keep_their_order(self, bus: Bus, topic: str, group: str) -> None:
        sent = numbered(keys=9, each=30)
        for start in range(0, len(sent), 50):
            bus.publish(topic, sent[start : start + 50])
        with bus.consumer(group, [topic]) as consumer:
            found = values(read(consumer, len(sent)))
        assert found == {f"key-{key}": [str(number).encode() for number in range(30)] for key in range(9)}

    def test_a_key_belongs_to_one_partition_and_keys_are_spread(self, bus: Bus, topic: str, group: str) -> None:
        bus.publish(topic, numbered(keys=40, each=2))
        with bus.consumer(group, [topic]) as consumer:
            found = read(consumer, 80)
        places = {(each.key, each.partition) for each in found}
        assert len(places) == 40
        assert len({partition for _, partition in places}) == PARTITIONS

    def test_offsets_count_up_from_nothing_in_every_partition(self, bus: Bus, topic: str, group: str) -> None:
        assert bus.end_offsets(topic) == dict.fromkeys(range(PARTITIONS), 0)
        bus.publish(topic, numbered(keys=20, each=3))
        with bus.consumer(group, [topic]) as consumer:
            found = read(consumer, 60)
        for number, end in bus.end_offsets(topic).items():
            assert [each.offset for each in found if each.partition == number] == list(range(end))

    def test_the_newest_message_of_every_partition_is_known(self, bus: Bus, topic: str, group: str) -> None:
        assert bus.newest(topic) == []
        bus.publish(topic, numbered(keys=20, each=3))
        with bus.consumer(group, [topic]) as consumer:
            last = {each.partition: each for each in read(consumer, 60)}
        assert {each.partition: each for each in bus.newest(topic)} == last

    def test_nothing_is_delivered_of_a_partition_before_it_was_sought(self, bus: Bus, topic: str, group: str) -> None:
        bus.publish(topic, numbered(keys=20, each=1))
        with bus.consumer(group, [topic]) as consumer:
            everything = {Partition(topic, number) for number in range(PARTITIONS)}
            shared_out([consumer], everything)
            assert consumer.awaiting_seek() == everything
            assert consumer.poll(100, 0.1) == []
            consumer.seek(topic, 0, 0)
            found = [consumer.poll(100, 0.2)]
            while sum(map(len, found)) < bus.end_offsets(topic)[0]:
                found.append(consumer.poll(100, 0.2))
            assert {each.partition for each in chain(*found)} == {0}

    def test_any_offset_can_be_read_again(self, bus: Bus, topic: str, group: str) -> None:
        bus.publish(topic, numbered(keys=12, each=10))
        with bus.consumer(group, [topic]) as consumer:
            first = read(consumer, 120)
            middle = {number: end // 2 for number, end in bus.end_offsets(topic).items()}
            for number, offset in middle.items():
                consumer.seek(topic, number, offset)
            tail = [each for each in first if each.offset >= middle[each.partition]]
            again = read(consumer, len(tail))
        assert sorted(again, key=_place) == sorted(tail, key=_place)
        assert values(again) == values(tail)

    def test_several_topics_are_read_by_one_consumer(self, bus: Bus, topic: str, group: str) -> None:
        other = f"{topic}.other"
        bus.ensure_topics([other], 1)
        bus.publish(topic, [Message("key", b"one")])
        bus.publish(other, [Message("key", b"two")])
        with bus.consumer(group, [topic, other]) as consumer:
            found = {(each.topic, each.value) for each in read(consumer, 2)}
        assert found == {(topic, b"one"), (other, b"two")}

    def test_groups_read_independently_of_each_other(self, bus: Bus, topic: str, group: str) -> None:
        bus.publish(topic, numbered(keys=3, each=3))
        with bus.consumer(group, [topic]) as one, bus.consumer(f"{group}-other", [topic]) as other:
            assert values(read(one, 9)) == values(read(other, 9))

    def test_what_another_process_publishes_is_delivered(self, log: Log, bus: Bus, topic: str, group: str) -> None:
        with bus.consumer(group, [topic]) as consumer, closing(log.open()) as other:
            assert read(consumer, 0) == []
            other.publish(topic, [Message("key", b"from elsewhere")])
            assert [each.value for each in read(consumer, 1)] == [b"from elsewhere"]

    def test_the_log_outlives_those_who_wrote_it(self, log: Log, topic: str, group: str) -> None:
        with closing(log.open()) as first:
            first.publish(topic, numbered(keys=3, each=2))
            identity = first.topic_identity(topic)
        with closing(log.open()) as second, second.consumer(group, [topic]) as consumer:
            assert len(read(consumer, 6)) == 6
            assert second.topic_identity(topic) == identity

    def test_a_topic_that_exists_stays_as_it_is(self, bus: Bus, topic: str) -> None:
        identity = bus.topic_identity(topic)
        bus.publish(topic, [Message("key", b"kept")])
        bus.ensure_topics([topic], PARTITIONS + 3)
        assert bus.topic_identity(topic) == identity
        assert len(bus.end_offsets(topic)) == PARTITIONS
        assert sum(bus.end_offsets(topic).values()) == 1

    def test_a_topic_created_anew_is_empty_and_has_another_identity(self, log: Log, bus: Bus, topic: str) -> None:
        identity = bus.topic_identity(topic)
        bus.publish(topic, [Message("key", b"gone")])
        log.delete_topic(topic)
        bus.ensure_topics([topic], PARTITIONS)
        assert bus.topic_identity(topic) != identity
        assert bus.newest(topic) == []

    def test_a_topic_that_does_not_exist_takes_no_message(self, bus: Bus, service: str) -> None:
        with pytest.raises(BusError):
            bus.publish(events_topic(service), [Message("key", b"lost")])
        with pytest.raises(BusError):
            bus.topic_identity(events_topic(service))

    def test_a_partition_has_one_reader_in_a_group(self, bus: Bus, topic: str, group: str) -> None:
        everything = {Partition(topic, number) for number in range(PARTITIONS)}
        with bus.consumer(group, [topic]) as one, bus.consumer(group, [topic]) as other:
            assigned = shared_out([one, other], everything)
            assert not assigned[0] & assigned[1]

    def test_a_member_that_leaves_is_replaced_and_the_replacement_seeks(self, bus: Bus, topic: str, group: str) -> None:
        everything = {Partition(topic, number) for number in range(PARTITIONS)}
        bus.publish(topic, numbered(keys=20, each=1))
        with bus.consumer(group, [topic]) as stays:
            with bus.consumer(group, [topic]) as leaves:
                given = shared_out([leaves, stays], everything)[0]
            shared_out([stays], everything)
            assert given <= stays.awaiting_seek()
            assert len(read(stays, 20)) == 20


class Intakes(_Fixtures):
    """The part of the suite in which services listen: whatever the log delivers counts once."""

    @pytest.fixture
    def database(self, tmp_path: Path) -> Iterator[Database]:
        database = Database(f"sqlite:///{tmp_path / 'listener.db'}")
        yield database
        database.dispose()

    def test_everything_published_is_learnt_once_and_in_the_order_of_its_stream(
        self, bus: Bus, topic: str, service: str, database: Database
    ) -> None:
        bus.publish(topic, run_of(service, 60, streams=7))
        with listening(database, bus, [service]) as listener:
            listener.settle()
            learnt = listener.learnt()
            assert listener.watermarks() == {service: 60}
        for stream in range(7):
            expected = [(service, f"event-{position}") for position in range(1, 61) if (position - 1) % 7 == stream]
            assert [each for each in learnt if each in expected] == expected
        assert len(learnt) == 60

    def test_what_is_delivered_twice_counts_once(self, bus: Bus, topic: str, service: str, database: Database) -> None:
        with listening(database, bus, [service]) as listener:
            for messages in (run_of(service, 10), run_of(service, 20), run_of(service, 15)):
                bus.publish(topic, messages)
                listener.settle()
            assert sorted(listener.learnt()) == sorted((service, f"event-{n}") for n in range(1, 21))
            assert listener.watermarks() == {service: 20}

    def test_a_restarted_intake_goes_on_where_it_stood(
        self, bus: Bus, topic: str, service: str, database: Database
    ) -> None:
        bus.publish(topic, run_of(service, 30))
        with listening(database, bus, [service]) as before:
            before.settle()
        bus.publish(topic, run_of(service, 40)[30:])
        with listening(database, bus, [service]) as after:
            shown: list[str] = []
            after.before_learning = lambda events: shown.extend(event.event_id for event in events)
            after.settle()
            assert sorted(shown) == sorted(f"event-{n}" for n in range(31, 41))
            assert after.watermarks() == {service: 40}

    def test_a_crash_between_learning_and_commit_has_no_effect(
        self, bus: Bus, topic: str, service: str, database: Database
    ) -> None:
        bus.publish(topic, run_of(service, 20))
        with listening(database, bus, [service]) as dies:
            dies.after_learning = _die
            with pytest.raises(_PowerCut):
                dies.settle()
            assert dies.learnt() == []
            assert dies.arrived() == []
        with listening(database, bus, [service]) as lives:
            lives.settle()
            assert len(lives.learnt()) == len(set(lives.learnt())) == 20
            assert lives.watermarks() == {service: 20}

    def test_an_intake_that_failed_takes_the_same_batch_again(
        self, bus: Bus, topic: str, service: str, database: Database
    ) -> None:
        bus.publish(topic, run_of(service, 20))
        with listening(database, bus, [service]) as listener:
            listener.after_learning = _die
            with pytest.raises(_PowerCut):
                listener.settle()
            listener.after_learning = lambda _: None
            listener.settle()
            assert len(listener.learnt()) == 20

    def test_a_log_replayed_from_the_start_changes_nothing(
        self, bus: Bus, topic: str, service: str, database: Database
    ) -> None:
        bus.publish(topic, run_of(service, 25))
        with listening(database, bus, [service]) as listener:
            listener.settle()
            before = listener.learnt()
        listener.forget_offsets()
        with listening(database, bus, [service]) as again:
            again.settle()
            assert again.learnt() == before
            assert again.intake.behind() == 0

    def test_a_topic_created_anew_is_read_from_its_start(
        self, log: Log, bus: Bus, topic: str, service: str, database: Database
    ) -> None:
        bus.publish(topic, run_of(service, 30))
        with listening(database, bus, [service]) as listener:
            listener.settle()
        log.delete_topic(topic)
        bus.ensure_topics([topic], PARTITIONS)
        bus.publish(topic, run_of(service, 33))
        with listening(database, bus, [service]) as listener:
            listener.settle()
            assert len(listener.learnt()) == 33
            assert listener.watermarks() == {service: 33}

    def test_a_topic_created_anew_under_a_running_intake_is_read_from_its_start(
        self, log: Log, bus: Bus, topic: str, service: str, database: Database
    ) -> None:
        with listening(database, bus, [service]) as listener:
            bus.publish(topic, run_of(service, 30))
            listener.settle()
            log.delete_topic(topic)
            bus.ensure_topics([topic], PARTITIONS)
            bus.publish(topic, run_of(service, 33))
            listener.settle()
            assert len(listener.learnt()) == 33
            assert listener.watermarks() == {service: 33}

    def test_two_intakes_of_one_service_learn_everything_once(
        self, log: Log, bus: Bus, topic: str, service: str, database: Database
    ) -> None:
        with (
            closing(log.open()) as elsewhere,
            listening(database, bus, [service]) as one,
            listening(database, elsewhere, [service]) as other,
        ):
            messages = run_of(service, 60)
            for turn, start in enumerate(range(0, 60, 7)):
                bus.publish(topic, messages[start : start + 7])
                for listener in (one, other) if turn % 2 else (other, one):
                    listener.intake.run_once(0.05)
            _settle_together(one, other)
            assert len(one.learnt()) == len(set(one.learnt())) == 60
            assert one.watermarks() == {service: 60}

    def test_a_hole_holds_the_watermark_until_it_is_filled(
        self, bus: Bus, topic: str, service: str, database: Database
    ) -> None:
        messages = run_of(service, 12)
        with listening(database, bus, [service]) as listener:
            bus.publish(topic, messages[:4] + messages[5:])
            listener.settle()
            assert listener.watermarks() == {service: 4}
            bus.publish(topic, [message(service, raw_event(5, "thing-4", 1))])
            listener.settle()
            assert listener.watermarks() == {service: 12}


class BusBehaviour(Topics, Intakes):
    """The whole suite."""


class _PowerCut(BaseException):
    """Ends a process without asking it."""


def _die(_: object) -> None:
    raise _PowerCut


def _place(each: Received) -> tuple[str, int, int]:
    return each.topic, each.partition, each.offset


def _settle_together(one: Listener, other: Listener) -> None:
    """Take turns: on a broker each of the two reads some of the partitions."""
    deadline = time.monotonic() + PATIENCE
    while one.intake.behind() and time.monotonic() < deadline:
        one.intake.run_once(0.05)
        other.intake.run_once(0.05)
