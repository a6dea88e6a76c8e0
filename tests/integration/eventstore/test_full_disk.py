"""On a disk that is really full nothing is saved by halves, and saving works again as soon as there is room."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from shutil import chown

import pytest
from sqlalchemy import create_engine, make_url, text

from shared.errors import Unavailable
from shared.eventstore import EventStore, Work
from shared.testing import books
from shared.testing.books import MarkMade, meta
from shared.testing.clock import FixedClock
from shared.testing.plugin import missing
from shared.testing.postgres import fresh_database
from shared.testing.small_disk import NoSmallDisk, fill, small_disk


@pytest.fixture
def disk() -> Iterator[Path]:
    try:
        with small_disk(40) as disk:
            yield disk
    except NoSmallDisk as reason:
        missing(str(reason))


def append(store: EventStore, number: int) -> None:
    """Save a command of many events, so that it needs room of its own."""

    def body(work: Work) -> None:
        marks = [MarkMade(number=number, remark="long " * 400) for _ in range(50)]
        work.append(f"book-{number}", marks, 0)

    store.run(meta(f"command-{number}"), body)


def refusal(store: EventStore, number: int) -> str:
    """Why a command was refused; nothing when it was saved."""
    try:
        append(store, number)
    except Unavailable as error:
        return error.code
    return ""


def check_whole(store: EventStore, commands: int) -> None:
    with store.database.read() as connection:
        events = store.read_all(connection, 0, 1_000_000)
        assert len(books.projected(connection)) == len(events)
    assert [event.position for event in events] == list(range(1, commands * 50 + 1))


def goes_through_a_full_disk(store: EventStore, hog: Path) -> None:
    append(store, 0)
    fill(hog)
    refused, why = next((number, why) for number in count() if (why := refusal(store, number)))
    assert why == "disk_full"
    check_whole(store, refused)
    with pytest.raises(Unavailable, match="no room left"):
        append(store, refused)
    hog.unlink()
    append(store, refused)
    append(store, refused)  # The same command again is known and does nothing.
    append(store, refused + 1)
    check_whole(store, refused + 2)


def test_sqlite_refuses_on_a_full_disk_and_recovers(disk: Path) -> None:
    url = f"sqlite:///{disk / 'books.db'}"
    books.create_tables(url)
    store = books.make_store(url, FixedClock())
    goes_through_a_full_disk(store, disk / "hog")
    store.database.dispose()


def test_sqlite_that_is_opened_on_a_full_disk_says_so_too(disk: Path) -> None:
    url = f"sqlite:///{disk / 'books.db'}"
    books.create_tables(url)
    fill(disk / "hog")
    store = books.make_store(url, FixedClock())
    with pytest.raises(Unavailable, match="no room left"):
        append(store, 0)
    (disk / "hog").unlink()
    append(store, 0)
    check_whole(store, 1)
    store.database.dispose()


@pytest.mark.postgres
def test_postgresql_refuses_on_a_full_disk_and_recovers(disk: Path, postgres_url: str) -> None:
    if not str(make_url(postgres_url).query.get("host", "")).startswith("/"):
        missing("needs a PostgreSQL server on this machine")
    place = disk / "tablespace"
    place.mkdir()
    chown(place, "postgres", "postgres")
    with tablespace(postgres_url, place) as name, fresh_database(postgres_url) as url:
        administer(postgres_url, f'ALTER DATABASE "{make_url(url).database}" SET TABLESPACE {name}')
        books.create_tables(url)
        store = books.make_store(url, FixedClock())
        goes_through_a_full_disk(store, disk / "hog")
        store.database.dispose()


@contextmanager
def tablespace(server: str, place: Path) -> Iterator[str]:
    administer(server, f"CREATE TABLESPACE small LOCATION '{place}'")
    try:
        yield "small"
    finally:
        administer(server, "DROP TABLESPACE small")


def administer(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
