"""A prepared statement asks and answers as Core would, on both databases, and so do its errors."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, LargeBinary, MetaData, Table, Text, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from shared.database import Database
from shared.prepared import Prepared, one_of

METADATA = MetaData()
THING = Table(
    "thing",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("day", Date),
    Column("open", Boolean),
    Column("sealed", LargeBinary),
    Column("told", JSON),
)
ADD = Prepared(insert(THING))
OPEN = Prepared(
    select(THING)
    .where(one_of(THING.c.name, "names"), THING.c.day >= bindparam("since"), THING.c.open.is_(True))
    .order_by(THING.c.name)
)


@pytest.fixture
def database(empty_database: Database) -> Database:
    METADATA.create_all(empty_database.engine)
    return empty_database


def thing(name: str, day: int, **more: Any) -> dict[str, Any]:
    return {"name": name, "day": date(2020, 1, day), "open": True, "sealed": b"\x00", "told": ["a"]} | more


def test_rows_come_back_as_they_went_in(database: Database) -> None:
    rows = [thing("a", 1), thing("b", 2), thing("c", 3, open=False), thing("d", 4)]
    with database.write() as connection:
        ADD.run(connection, rows[:1])
        ADD.run(connection, rows[1:])
        ADD.run(connection, [])
    with database.ask() as connection:
        found = OPEN.all(connection, names=["a", "b", "c"], since=date(2020, 1, 1))
        assert [row._asdict() for row in found] == rows[:2]
        assert [row.name for row in OPEN.all(connection, names=["a", "d"], since=date(2020, 1, 2))] == ["d"]
        assert OPEN.all(connection, names=[], since=date(2020, 1, 1)) == []


def test_a_value_that_is_missing_is_no_null(database: Database) -> None:
    row = thing("a", 1)
    del row["told"]
    with database.write() as connection, pytest.raises(KeyError):
        ADD.run(connection, [row])


def test_its_errors_are_those_of_sqlalchemy_without_the_values(database: Database) -> None:
    with database.write() as connection:
        ADD.run(connection, [thing("a", 1)])
    with pytest.raises(IntegrityError) as refused, database.write() as connection:
        ADD.run(connection, [thing("a", 1, told=["a secret"])])
    assert "secret" not in str(refused.value)


def test_a_reader_sees_one_state_whoever_runs_its_statements(database: Database) -> None:
    with database.read() as connection:
        assert OPEN.all(connection, names=["a"], since=date(2020, 1, 1)) == []
        with database.write() as writer:
            ADD.run(writer, [thing("a", 1)])
        assert OPEN.all(connection, names=["a"], since=date(2020, 1, 1)) == []
