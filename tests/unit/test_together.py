"""Statements that go together do what each would by itself, on both databases."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Date, Integer, LargeBinary, MetaData, Table, Text, bindparam, select
from sqlalchemy.exc import IntegrityError

from shared.database import Database
from shared.prepared import Prepared, one_of
from shared.together import Inserts, Questions

METADATA, DAY = MetaData(), date(2020, 1, 2)
ENTRY = Table(
    "entry",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("day", Date),
    Column("open", Boolean),
    Column("told", LargeBinary),
)
LINE = Table("line", METADATA, Column("name", Text, primary_key=True), Column("number", Integer, primary_key=True))
BOTH, LINES = Inserts(ENTRY, LINE), Inserts(LINE)
NAMED = Prepared(select(ENTRY).where(one_of(ENTRY.c.name, "names"), ENTRY.c.open.is_(True)).order_by(ENTRY.c.name))
NUMBERED = Prepared(
    select(LINE.c.number, ENTRY.c.day)
    .join(ENTRY, ENTRY.c.name == LINE.c.name)
    .where(one_of(LINE.c.name, "names"), LINE.c.number > bindparam("above"))
    .order_by(LINE.c.number.desc())
)
WHAT = Questions(entries=NAMED, lines=NUMBERED)


@pytest.fixture
def database(empty_database: Database) -> Database:
    METADATA.create_all(empty_database.engine)
    return empty_database


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "day": DAY, "open": True, "told": b"\x00\\'\xff"} | more


def lines(name: str, *numbers: int) -> list[dict[str, Any]]:
    return [{"name": name, "number": number} for number in numbers]


def test_rows_of_several_tables_go_in_and_come_out_as_they_are(database: Database) -> None:
    quoted = entry('\'); "家持" \\ %s', day=None, told=None)
    with database.write() as connection:
        BOTH.run(connection, {"entry": [entry("a"), quoted, entry("shut", open=False)], "line": lines("a", 1, 2, 3)})
        LINES.run(connection, {"line": lines("b", 7)})
        BOTH.run(connection, {"entry": [entry("b")], "line": []})
    with database.ask() as connection:
        found = WHAT.all(connection, names=["a", "b", "shut", quoted["name"]], above=1)
        assert [row._asdict() for row in found["entries"]] == [quoted, entry("a"), entry("b")]
        assert [tuple(row) for row in found["lines"]] == [(7, DAY), (3, DAY), (2, DAY)]
        assert WHAT.all(connection, names=[], above=0) == {"entries": [], "lines": []}


def test_all_of_it_goes_in_or_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError) as refused, database.write() as connection:
        BOTH.run(connection, {"entry": [entry("a", told=b"a secret")], "line": lines("a", 1, 1)})
    assert "secret" not in str(refused.value)
    with database.ask() as connection:
        assert WHAT.all(connection, names=["a"], above=0) == {"entries": [], "lines": []}
