"""The rows in which two tables of the same columns differ, found and put right by the database itself.

Writing only the rows that differ, instead of giving the new tables the old names, disturbs no reader: who has begun
to read sees the old rows to the end, and grants, index names and prepared statements stay as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Table,
    Text,
    and_,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    text,
)

from shared.rebuild.beside import Beside

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row of a table that serves and that the events do not give so: it is extra, it is missing, or it differs."""

    table: str
    key: str
    kind: Literal["extra", "missing", "changed"]
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = {
            "extra": "is not what any event says",
            "missing": "is missing",
            "changed": f"differs in {', '.join(self.columns)}",
        }
        return f"{self.table} {self.key} {said[self.kind]}"


class Pair:
    """A table that serves and the new one beside it."""

    def __init__(self, table: Table, place: Beside) -> None:
        self.name = table.name
        self._old = table.to_metadata(MetaData(), schema=place.old)
        self._new = table.to_metadata(MetaData(), schema=place.new)
        self._keys = [column.name for column in table.primary_key]
        self._others = [column.name for column in table.columns if not column.primary_key]
        # A key that holds somebody's name is never written anywhere.
        self._shown = [column.name for column in table.primary_key if not column.info.get("clear")]

    def differences(self, connection: Connection) -> Iterator[RowDifference]:
        """Every row that differs, as the rows are read; nothing is kept."""
        old, new = self._old, self._new
        gone = new.c[self._keys[0]].is_(None)
        flags = [self._differs(name, old, new).label(f"differs_{name}") for name in self._others]
        both = old.outerjoin(new, self._same_key(old, new))
        wanted = select(*(old.c[name] for name in self._keys), gone.label("is_extra"), *flags)
        for row in self._rows(connection, wanted.select_from(both).where(or_(gone, *flags))):
            columns = [name for name in self._others if row[f"differs_{name}"]]
            if row["is_extra"]:
                yield RowDifference(self.name, self._key(row), "extra")
            else:
                yield RowDifference(self.name, self._key(row), "changed", tuple(columns))
        both = new.outerjoin(old, self._same_key(old, new))
        wanted = select(*(new.c[name] for name in self._keys)).select_from(both)
        for row in self._rows(connection, wanted.where(old.c[self._keys[0]].is_(None))):
            yield RowDifference(self.name, self._key(row), "missing")

    def is_empty(self, connection: Connection) -> bool:
        """Say whether the table that serves has no row."""
        return connection.execute(select(func.count()).select_from(select(self._old).limit(1).subquery())).scalar() == 0

    def put_in_place(self, connection: Connection) -> None:
        """Make the table that serves say what the new one says."""
        old, new = self._old, self._new.alias("made_anew")
        equal = and_(self._same_key(old, new), ~or_(false(), *(self._differs(name, old, new) for name in self._others)))
        connection.execute(delete(old).where(~exists().where(equal)))
        names = [column.name for column in old.columns]
        lacking = ~exists().where(self._same_key(old, new))
        connection.execute(insert(old).from_select(names, select(*(new.c[name] for name in names)).where(lacking)))

    def prepare(self, connection: Connection) -> None:
        """Let PostgreSQL know how many rows the new table has: nobody else has asked yet."""
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ANALYZE {self._new.schema}.{self._new.name}"))

    def lock(self, connection: Connection) -> None:
        """Keep all writers out of the table that serves (PostgreSQL)."""
        connection.execute(text(f"LOCK TABLE {self._old.schema}.{self._old.name} IN EXCLUSIVE MODE"))

    def _same_key(self, old: FromClause, new: FromClause) -> ColumnElement[bool]:
        return and_(*(old.c[name] == new.c[name] for name in self._keys))

    @staticmethod
    def _differs(name: str, old: FromClause, new: FromClause) -> ColumnElement[bool]:
        one, other = old.c[name], new.c[name]
        if name == "sealed":
            # Sealed anew the same words are other bytes; what matters is whether they can be opened.
            return one.is_(None) != other.is_(None)
        if isinstance(one.type, JSON):
            return cast(one, Text).is_distinct_from(cast(other, Text))
        return one.is_distinct_from(other)

    def _key(self, row: Any) -> str:
        return ", ".join(str(row[name]) for name in self._shown)

    @staticmethod
    def _rows(connection: Connection, query: Any) -> Iterator[Any]:
        yield from connection.execute(query, execution_options={"yield_per": _AT_ONCE}).mappings()
