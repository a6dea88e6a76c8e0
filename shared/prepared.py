"""Statements that every command runs: Core puts them into words once for each database, and the driver runs them.

Core looks at a statement anew whenever it is executed, which takes longer than the driver needs to run one of these.
"""

import json
from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Dialect,
    Insert,
    Select,
    Text,
    Update,
    bindparam,
    literal_column,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import NULLTYPE, TypeDecorator, TypeEngine

from shared.driver import array, run_on_driver

Process = Callable[[Any], Any]


class Prepared:
    """One Core statement with `bindparam`s, run with a value for each; lists are asked for with `one_of`.

    The driver's errors come out as SQLAlchemy's, without the parameters.
    """

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        self.statement = statement
        self._words: dict[str, _Words] = {}

    def all(self, connection: Connection, **parameters: Any) -> list[Any]:
        """Return all rows, as named tuples."""
        words = self._for(connection)
        return words.rows(run_on_driver(connection, words.text, words.given(parameters)).fetchall())

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run the statement once for each of `rows`, which give it its values."""
        words = self._for(connection)
        given = [words.given(row) for row in rows]
        if len(given) == 1:
            run_on_driver(connection, words.text, given[0])
        elif given:
            run_on_driver(connection, words.text, given, many=True)

    def _for(self, connection: Connection) -> "_Words":
        dialect = connection.dialect
        if dialect.name not in self._words:
            self._words[dialect.name] = _Words(self.statement, dialect)
        return self._words[dialect.name]


class _Words:
    """A statement in the SQL of one database, and how its values go in and come out."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.text = str(compiled)
        self._in_order = compiled.positiontup is not None
        binds = [(name, compiled.binds[name]) for name in compiled.positiontup or compiled.binds]
        self._binds = [
            (name, bind.required, bind.effective_value, bind.type.dialect_impl(dialect).bind_processor(dialect))
            for name, bind in binds
        ]
        columns = list(statement.selected_columns) if isinstance(statement, Select) else []
        self._row: Any = namedtuple("_Row", [column.key for column in columns])  # type: ignore[misc]
        results = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._results = {place: process for place, process in enumerate(results) if process is not None}

    def given(self, parameters: Mapping[str, Any]) -> Any:
        """Return the values as the driver wants them, those that stand in the statement itself included.

        Raises KeyError for one that is missing.
        """
        values = []
        for name, is_asked, own, process in self._binds:
            value = parameters[name] if is_asked else own
            values.append(value if process is None else process(value))
        return (
            values if self._in_order else {name: value for (name, *_), value in zip(self._binds, values, strict=True)}
        )

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Return what the driver found as named tuples of Python's own types."""
        if not self._results:
            return [self._row._make(row) for row in found]
        return [self._row._make(self._processed(row)) for row in found]

    def _processed(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, process in self._results.items():
            values[place] = process(values[place])
        return values


class one_of(ColumnElement[bool]):  # noqa: N801 - it reads as a function, as SQLAlchemy's own do
    """`column` is one of the texts given as the list `name`; the same words however many there are."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column, self.given = column, bindparam(name, type_=_Texts())


@compiles(one_of)
def _in_json(element: one_of, compiler: SQLCompiler, **options: Any) -> str:
    column, given = (compiler.process(part, **options) for part in (element.column, element.given))
    return f"{column} IN (SELECT value FROM json_each({given}))"  # noqa: S608 - a column and a placeholder


@compiles(one_of, "postgresql")
def _in_array(element: one_of, compiler: SQLCompiler, **options: Any) -> str:
    column, given = (compiler.process(part, **options) for part in (element.column, element.given))
    return f"{column} = ANY (CAST({given} AS text[]))"


def also(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """`column` is the text `name`: asked of rows that `one_of` has found, never what they are looked for by.

    SQLite takes an agency for a handful of rows and would go through all of them.
    """
    return column.concat(literal_column("''")) == bindparam(name)


class _Texts(TypeDecorator[Collection[str]]):
    """Several texts: as an array is spelt, or JSON where there are none."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # Of no type where the statement itself says that it is an array.
        return NULLTYPE if dialect.name == "postgresql" else dialect.type_descriptor(Text())

    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> Any:
        return array(value or ()) if dialect.name == "postgresql" else json.dumps(list(value or ()))
