"""One relay of a service publishes at a time; when it dies another takes over, and a store that lacks events closes."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import MetaData

from shared.bus.embedded import EmbeddedBus
from shared.bus.envelope import decode
from shared.bus.port import HEADS, events_topic
from shared.bus.tables import bus_tables
from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.eventstore import EventStore
from shared.relay.lease import Lease
from shared.relay.relay import Relay, TopicAhead
from shared.testing import books
from shared.testing.bus_suite import read
from shared.testing.listening import PATIENCE, run_of

BOOKS = events_topic(books.SERVICE)

RELAY = """
import signal, sys, threading
from pathlib import Path
from shared.bus.embedded import EmbeddedBus
from shared.clock import SystemClock
from shared.relay.lease import Lease
from shared.relay.relay import Relay
from shared.testing import books
url, bus = sys.argv[1:]
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
store = books.make_store(url, SystemClock())
lease = Lease(books.SERVICE, store.database)
Relay(books.SERVICE, store, EmbeddedBus(Path(bus)), lease).run(stop)
"""


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        address: str = request.getfixturevalue("postgres_database")
    else:
        address = f"sqlite:///{tmp_path / 'books.db'}"
    books.create_tables(address)
    return address


@pytest.fixture
def store(url: str) -> Iterator[EventStore]:
    store = books.make_store(url, SystemClock())
    metadata = MetaData()
    bus_tables(metadata)
    metadata.create_all(store.database.engine)
    yield store
    store.database.dispose()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[EmbeddedBus]:
    with closing(EmbeddedBus(tmp_path / "bus.db")) as bus:
        bus.ensure_topics([BOOKS, HEADS], 1)
        yield bus


def relay_process(url: str, tmp_path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", RELAY, url, str(tmp_path / "bus.db")])


def wait_for(bus: EmbeddedBus, published: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while sum(bus.end_offsets(BOOKS).values()) < published:
        assert time.monotonic() < deadline, "The events were not published in time."
        time.sleep(0.02)


def positions(bus: EmbeddedBus) -> list[int]:
    with bus.consumer("test", [BOOKS]) as consumer:
        return [decode(each.value).position for each in read(consumer, sum(bus.end_offsets(BOOKS).values()))]


def test_only_one_relay_publishes_and_another_takes_over_when_it_is_killed(
    url: str, store: EventStore, bus: EmbeddedBus, tmp_path: Path
) -> None:
    relays = [relay_process(url, tmp_path)]
    try:
        books.add_mark(store, f"key-{uuid4()}", "book-1", 1)
        wait_for(bus, 1)
        standby = Lease(books.SERVICE, store.database)
        relays.append(relay_process(url, tmp_path))
        assert not standby.hold()
        for number in range(2, 6):
            books.add_mark(store, f"key-{uuid4()}", "book-1", number)
        wait_for(bus, 5)
        relays[0].kill()
        books.add_mark(store, f"key-{uuid4()}", "book-1", 6)
        wait_for(bus, 6)
        # One killed between publishing and noting it has the next one publish again, in order.
        assert list(dict.fromkeys(positions(bus))) == [1, 2, 3, 4, 5, 6]
    finally:
        for relay in relays:
            relay.terminate()
            relay.wait()


def test_a_relay_that_stops_in_order_makes_room_at_once(
    url: str, store: EventStore, bus: EmbeddedBus, tmp_path: Path
) -> None:
    relay = relay_process(url, tmp_path)
    books.add_mark(store, "key-1", "book-1", 1)
    wait_for(bus, 1)
    waiting = Lease(books.SERVICE, store.database, seconds=3600)
    assert not waiting.hold()
    relay.terminate()
    assert relay.wait() == 0
    assert waiting.hold()


def test_a_lease_is_kept_by_its_holder_and_ends_when_it_is_not_renewed(store: EventStore) -> None:
    short = Lease(books.SERVICE, store.database, seconds=0.3)
    assert short.hold()
    other = Lease(books.SERVICE, store.database)
    assert not other.hold()
    assert short.hold()
    deadline = time.monotonic() + PATIENCE
    while not other.hold():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    deadline = time.monotonic() + PATIENCE
    while short.hold():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    other.release()
    assert short.hold()


def test_services_have_leases_of_their_own(store: EventStore) -> None:
    assert Lease("one", store.database).hold()
    assert Lease("two", store.database).hold()


def test_a_relay_that_stands_by_publishes_nothing(store: EventStore, bus: EmbeddedBus) -> None:
    assert Lease(books.SERVICE, store.database).hold()
    books.add_mark(store, "key-1", "book-1", 1)
    assert Relay(books.SERVICE, store, bus, Lease(books.SERVICE, store.database)).run_once() == 0
    assert sum(bus.end_offsets(BOOKS).values()) == 0


def test_a_topic_that_is_ahead_closes_appends_until_the_store_has_caught_up(
    store: EventStore, bus: EmbeddedBus
) -> None:
    books.add_mark(store, "key-1", "book-1", 1)
    Relay(books.SERVICE, store, bus).run_once()
    bus.publish(BOOKS, run_of(books.SERVICE, 3)[2:])
    for _ in range(2):
        with pytest.raises(TopicAhead):
            Relay(books.SERVICE, store, bus).run_once()
        assert "does not hold" in (store.closed() or "")
    with pytest.raises(Unavailable, match="restored from an older copy"):
        books.add_mark(store, "key-2", "book-1", 2)
    # What was saved before is still answered.
    assert books.add_mark(store, "key-1", "book-1", 1, expected=0) == 1
    bus.delete_topic(BOOKS)
    bus.ensure_topics([BOOKS], 1)
    Relay(books.SERVICE, store, bus).run_once()
    assert store.closed() is None
    assert books.add_mark(store, "key-2", "book-1", 2) == 2
