"""The database role of a relay can publish, and cannot read what is sealed."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import MetaData, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from shared.bus.embedded import EmbeddedBus
from shared.bus.envelope import decode
from shared.bus.port import HEADS, Message, events_topic
from shared.bus.tables import bus_tables
from shared.clock import SystemClock
from shared.database import Database
from shared.errors import Unavailable
from shared.eventstore import EventStore, Outbox
from shared.health.contact import contact_ages, keep_contact
from shared.health.state import read_outgoing
from shared.relay.grants import let_relay_publish, relay_role
from shared.relay.lease import Lease
from shared.relay.relay import Relay, TopicAhead
from shared.testing import books
from shared.testing.books import MarkMade
from shared.testing.bus_suite import read
from shared.testing.listening import run_of

BOOKS = events_topic(books.SERVICE)


@pytest.fixture
def addresses(postgres_database: str) -> Iterator[dict[str, str]]:
    """The address of one database for its owner, whose tables exist, and for the owner's relay."""
    owner = f"owner_{uuid4().hex[:12]}"
    address, names = make_url(postgres_database), (owner, relay_role(owner))
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in names:
            connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD '{name}'"))
        connection.execute(text(f'ALTER DATABASE "{address.database}" OWNER TO {owner}'))
        urls = [address.set(username=name, password=name).render_as_string(hide_password=False) for name in names]
        _make_tables(urls[0])
        yield dict(zip(("owner", "relay"), urls, strict=True))
        connection.execute(text(f"DROP OWNED BY {', '.join(names)}"))
        connection.execute(text(f'ALTER DATABASE "{address.database}" OWNER TO CURRENT_USER'))
        connection.execute(text(f"DROP ROLE {', '.join(names)}"))
    engine.dispose()


def _make_tables(url: str) -> None:
    """The tables in a schema that the owner has made, as after a restore."""
    database, metadata = Database(url), MetaData()
    with database.write() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    books.create_tables(url)
    bus_tables(metadata)
    metadata.create_all(database.engine)
    # Twice: every start does it.
    for _ in range(2):
        with database.write() as connection:
            let_relay_publish(connection)
    database.dispose()


@pytest.fixture
def store(addresses: dict[str, str]) -> Iterator[EventStore]:
    store = books.make_store(addresses["owner"], SystemClock())
    yield store
    store.database.dispose()


@pytest.fixture
def limited(addresses: dict[str, str]) -> Iterator[Database]:
    database = Database(addresses["relay"])
    yield database
    database.dispose()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[EmbeddedBus]:
    with closing(EmbeddedBus(tmp_path / "bus.db")) as bus:
        bus.ensure_topics([BOOKS, HEADS], 2)
        yield bus


def relay_of(database: Database, bus: EmbeddedBus) -> Relay:
    return Relay(books.SERVICE, Outbox(database, SystemClock()), bus, Lease(books.SERVICE, database))


def test_it_publishes_what_is_stored(store: EventStore, limited: Database, bus: EmbeddedBus) -> None:
    relay = relay_of(limited, bus)
    mark = MarkMade(number=1, remark="secret")
    store.run(books.meta("1"), lambda work: work.append("book-1", [mark], 0))
    assert relay.run_once() == 1
    books.add_mark(store, "2", "book-1", 2)
    assert relay.run_once() == 1
    assert relay.behind() == 0
    with bus.consumer("reader", [BOOKS]) as consumer:
        assert [decode(message.value).version for message in read(consumer, 2)] == [1, 2]


def test_what_is_sealed_is_closed_to_it(store: EventStore, limited: Database) -> None:
    mark = MarkMade(number=1, remark="secret")
    store.run(books.meta("1"), lambda work: work.append("book-1", [mark], 0))
    for forbidden in (
        "SELECT sealed FROM event",
        "SELECT * FROM event",
        "SELECT wrapped FROM data_key",
        "SELECT remark FROM mark",
        "DELETE FROM event",
        "CREATE TABLE own (number int)",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), limited.write() as connection:
            connection.execute(text(forbidden))


def test_it_may_tell_of_its_health(store: EventStore, limited: Database, bus: EmbeddedBus) -> None:
    relay = relay_of(limited, bus)
    books.add_mark(store, "1", "book-1", 1)
    for published in (0, 1):
        found = read_outgoing(books.SERVICE, relay.outbox, SystemClock())
        assert (found.stored, found.published, found.appends_closed) == (1, published, False)
        relay.run_once()
    keep_contact(limited, "relay")
    keep_contact(limited, "relay")
    with limited.read() as connection:
        assert contact_ages(connection).keys() == {"relay"}


def test_it_closes_the_appends_of_an_older_copy_and_opens_them_when_that_was_mended(
    store: EventStore, limited: Database, bus: EmbeddedBus
) -> None:
    relay = relay_of(limited, bus)
    bus.publish(BOOKS, [Message("stream-0", message.value) for message in run_of(books.SERVICE, 3)])
    with pytest.raises(TopicAhead):
        relay.run_once()
    with pytest.raises(Unavailable):
        books.add_mark(store, "1", "book-1", 1)
    bus.delete_topic(BOOKS)
    bus.ensure_topics([BOOKS], 2)
    relay.run_once()
    assert books.add_mark(store, "1", "book-1", 1) == 1


def test_a_server_without_the_role_is_told_so(postgres_database: str) -> None:
    database = Database(postgres_database)
    with pytest.raises(LookupError, match="_relay"), database.write() as connection:
        let_relay_publish(connection)
    database.dispose()
