"""Several statements of one command as one: a server is asked, or told, once instead of once for each.

Every statement costs the driver and PostgreSQL the same again, whatever it does. SQLite, which is a library in this
process, runs them one after the other. Rows travel as JSON, so that the words are the same however many there are.
"""

# ruff: noqa: S608 - the texts are put together from the names of tables and columns.

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Date, Dialect, LargeBinary, Select, Table, Text, cast, func, insert, select

from shared.driver import run_on_driver
from shared.prepared import Prepared

Rows = Sequence[Mapping[str, Any]]
_FROM_JSON: Mapping[type, Callable[[str], Any]] = {
    Date: date.fromisoformat,
    LargeBinary: lambda told: bytes.fromhex(told.removeprefix("\\x")),
}


class Questions:
    """Prepared queries by name, answered together; a value of the same name is the same in all of them."""

    def __init__(self, **parts: Prepared) -> None:
        self._parts = parts
        self._one = Prepared(select(*(_as_json(name, one.statement) for name, one in parts.items())))
        self._readers = {name: _Reader(one.statement) for name, one in parts.items()}

    def all(self, connection: Connection, **parameters: Any) -> dict[str, list[Any]]:
        """Return the rows of each query, as named tuples."""
        if connection.dialect.name != "postgresql":
            return {name: one.all(connection, **parameters) for name, one in self._parts.items()}
        [told] = self._one.all(connection, **parameters)
        return {name: self._readers[name].rows(text) for name, text in zip(self._parts, told, strict=True)}


def _as_json(name: str, query: Any) -> Any:
    rows = query.subquery(f"{name}_rows")
    return select(cast(func.json_agg(func.json_build_array(*rows.c)), Text)).scalar_subquery().label(name)


class _Reader:
    """Reads the rows of one query out of JSON."""

    def __init__(self, query: Any) -> None:
        assert isinstance(query, Select)
        columns = list(query.selected_columns)
        self._row: Any = namedtuple("_Row", [column.key for column in columns])  # type: ignore[misc]
        readers = [_FROM_JSON.get(type(column.type)) for column in columns]
        self._readers = [(place, reader) for place, reader in enumerate(readers) if reader is not None]

    def rows(self, text: str | None) -> list[Any]:
        """Return the rows in `text`, which is None where there is none."""
        found = msgspec.json.decode(text) if text is not None else []
        for values in found:
            for place, reader in self._readers:
                if values[place] is not None:
                    values[place] = reader(values[place])
        return [self._row._make(values) for values in found]


class Inserts:
    """Whole rows for several tables, which go in together."""

    def __init__(self, *tables: Table) -> None:
        self._one_by_one = {table.name: Prepared(insert(table)) for table in tables}
        self._tables = tables
        self._text = ""

    def run(self, connection: Connection, rows: Mapping[str, Rows]) -> None:
        """Insert the rows of each table, by its name."""
        if connection.dialect.name != "postgresql":
            for name, of_table in rows.items():
                self._one_by_one[name].run(connection, of_table)
            return
        self._text = self._text or _insert_from_json(self._tables, connection.dialect)
        told = msgspec.json.encode({name: [_spelt(row) for row in of_table] for name, of_table in rows.items()})
        run_on_driver(connection, self._text, {"rows": told.decode()})


def _spelt(row: Mapping[str, Any]) -> dict[str, Any]:
    """Bytes as PostgreSQL spells them."""
    return {name: f"\\x{value.hex()}" if isinstance(value, bytes) else value for name, value in row.items()}


def _insert_from_json(tables: Sequence[Table], dialect: Dialect) -> str:
    *others, last = (_insert_one(table, dialect) for table in tables)
    given = "given AS (SELECT CAST(%(rows)s AS json) AS rows)"
    return f"WITH {', '.join([given, *(f'into_{n} AS ({one})' for n, one in enumerate(others))])} {last}"


def _insert_one(table: Table, dialect: Dialect) -> str:
    quote, spelt = dialect.identifier_preparer.quote, dialect.type_compiler_instance.process
    names = ", ".join(quote(column.name) for column in table.columns)
    typed = ", ".join(f"{quote(column.name)} {spelt(column.type)}" for column in table.columns)
    return (
        f"INSERT INTO {quote(table.name)} ({names}) SELECT {names}"
        f" FROM given, json_to_recordset(given.rows -> '{table.name}') AS row ({typed})"
    )
