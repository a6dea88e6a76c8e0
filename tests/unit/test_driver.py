"""On PostgreSQL, whatever reaches the driver first begins the transaction, and is undone with it."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from sqlalchemy import Column, Connection, MetaData, Table, Text, func, insert, select

from shared.bulk import insert_rows
from shared.database import Database
from shared.driver import run_on_driver
from shared.prepared import Prepared
from shared.together import Inserts

pytestmark = pytest.mark.postgres
METADATA = MetaData()
THING = Table("thing", METADATA, Column("name", Text, primary_key=True))
HOW_MANY = Prepared(select(func.count().label("many")).select_from(THING))
WAYS: dict[str, Callable[[Connection], object]] = {
    "core": lambda connection: connection.execute(insert(THING), {"name": "a"}),
    "prepared": lambda connection: Prepared(insert(THING)).run(connection, [{"name": "a"}]),
    "many": lambda connection: Prepared(insert(THING)).run(connection, [{"name": "a"}, {"name": "b"}]),
    "together": lambda connection: Inserts(THING).run(connection, {"thing": [{"name": "a"}]}),
    "copied": lambda connection: insert_rows(connection, THING, [["a"]]),
    "words": lambda connection: run_on_driver(connection, "INSERT INTO thing VALUES ('a')"),
}


@pytest.fixture
def database(postgres_database: str) -> Iterator[Database]:
    database = Database(postgres_database)
    METADATA.create_all(database.engine)
    yield database
    database.dispose()


@pytest.mark.parametrize("way", WAYS)
def test_what_was_written_is_undone_with_its_transaction(database: Database, way: str) -> None:
    with suppress(LookupError), database.write() as connection:
        WAYS[way](connection)
        raise LookupError
    with database.ask() as connection:
        assert HOW_MANY.all(connection) == [(0,)]


def test_a_question_after_a_transaction_in_which_nothing_was_said_begins_none(database: Database) -> None:
    with database.write():
        pass
    with database.ask() as connection:
        HOW_MANY.all(connection)
        assert connection.connection.driver_connection.info.transaction_status.name == "IDLE"  # type: ignore[union-attr]


def test_reading_forgets_nothing_that_was_prepared(database: Database) -> None:
    for _ in range(10):
        with database.read() as connection:
            HOW_MANY.all(connection)
    with database.ask() as connection:
        kept = run_on_driver(connection, "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%thing%'")
        assert kept.fetchone() == (1,)
