"""A store that must not be written before its topic was compared notices by itself that it is a copy (PostgreSQL)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from services.operations.postgres import run_tool
from shared.errors import Unavailable
from shared.eventstore import EventStore
from shared.testing import books
from shared.testing.books import add_mark
from shared.testing.clock import FixedClock
from shared.testing.postgres import fresh_database

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(postgres_database: str) -> Iterator[EventStore]:
    """A store with one mark, compared."""
    books.create_tables(postgres_database)
    store = careful(postgres_database)
    store.keep_compared()
    add_mark(store, "1", "book-1", 5)
    yield store
    store.database.dispose()


def careful(url: str) -> EventStore:
    store = books.make_store(url, FixedClock())
    store.only_when_compared = True
    return store


def refuses(store: EventStore) -> bool:
    with pytest.raises(Unavailable) as told:
        add_mark(store, "2", "book-2", 7)
    return told.value.code == "not_compared" and not store.is_compared()


def administer(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_a_new_store_waits_for_the_comparison(postgres_database: str) -> None:
    books.create_tables(postgres_database)
    store = careful(postgres_database)
    assert refuses(store)
    store.keep_compared()
    add_mark(store, "2", "book-2", 7)
    store.database.dispose()


def test_it_stays_compared_for_every_process_and_through_every_transaction(store: EventStore) -> None:
    for number in range(3):
        add_mark(store, f"more-{number}", f"book-{number + 2}", 7)
    again = careful(store.database.url)
    add_mark(again, "again", "book-9", 7)
    administer(store.database.url, "VACUUM FULL compared", "VACUUM FREEZE compared")
    add_mark(again, "and again", "book-10", 7)
    again.database.dispose()


@pytest.mark.usefixtures("postgres_programs")
@pytest.mark.parametrize("words", [["--clean", "--if-exists"], ["--data-only"]], ids=["everything", "data alone"])
def test_a_dump_that_was_brought_back_is_noticed(store: EventStore, tmp_path: Path, words: list[str]) -> None:
    dump = tmp_path / "dump"
    run_tool("pg_dump", store.database.url, "--format=custom", f"--file={dump}")
    add_mark(store, "lost", "book-7", 7)
    if "--data-only" in words:
        tables = "event, mark, compared, data_key, master_key_check, appends_closed"
        administer(store.database.url, f"TRUNCATE {tables}")
    run_tool("pg_restore", store.database.url, *words, "--single-transaction", str(dump))
    assert refuses(store)


def test_a_database_made_of_a_copy_is_noticed(store: EventStore, postgres_url: str) -> None:
    store.database.dispose()
    with fresh_database(postgres_url) as other:
        name, copy = make_url(store.database.url).database, make_url(other).database
        administer(postgres_url, f'DROP DATABASE "{copy}"', f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        copied = careful(other)
        assert refuses(copied)
        copied.keep_compared()
        add_mark(copied, "2", "book-2", 7)
        copied.database.dispose()
    add_mark(store, "3", "book-3", 7)
