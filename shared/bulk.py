"""Many rows into one table at once, each by the fastest way its database has."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Table

from shared.driver import begin_now, errors_of


def insert_rows(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Insert whole rows, their values in the order of the table's columns; they go to the driver as they are."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_insertion(table), list(rows))
        return
    begin_now(connection)
    words = f"COPY {table.name} ({_names(table)}) FROM STDIN"
    with errors_of(connection, "COPY"), connection.connection.cursor().copy(words) as copy:
        for row in rows:
            copy.write_row(row)


def insert_missing_rows(connection: Connection, table: Table, rows: Sequence[Sequence[str]]) -> None:
    """The same, passing over rows whose key is there; for tables of text columns alone."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"{_insertion(table)} ON CONFLICT DO NOTHING", list(rows))
        return
    # As one JSON text: the driver writes lists item by item, in Python.
    values = ", ".join(f"given->>{number}" for number in range(len(table.columns)))
    given = f"SELECT {values} FROM json_array_elements(%s::json) AS given"  # noqa: S608
    statement = f"INSERT INTO {table.name} ({_names(table)}) {given} ON CONFLICT DO NOTHING"
    connection.exec_driver_sql(statement, (msgspec.json.encode(rows).decode(),))


@lru_cache
def _insertion(table: Table) -> str:
    marks = ", ".join("?" for _ in table.columns)
    return f"INSERT INTO {table.name} ({_names(table)}) VALUES ({marks})"  # noqa: S608


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)
