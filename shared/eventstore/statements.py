"""The statements of the event store, in SQL that SQLite and PostgreSQL both understand.

They go to the driver as they are: an append runs a handful of them, and costs half as much this way as through Core.
"""

# ruff: noqa: S608 - the texts are put together from names that stand in this file and in the table.

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from shared.eventstore.tables import EVENT

_NAMED = re.compile(r":(\w+)")


class Statement:
    """One SQL text with `:named` parameters; the driver's errors come out as SQLAlchemy's, without the parameters."""

    def __init__(self, text: str) -> None:
        self._text = {"sqlite": text, "postgresql": _NAMED.sub(r"%(\1)s", text)}

    def all(self, connection: Connection, **parameters: Any) -> Sequence[Any]:
        """Return all rows as tuples."""
        rows: Sequence[Any] = self._run(connection, "execute", parameters).fetchall()
        return rows

    def first(self, connection: Connection, **parameters: Any) -> Any:
        """Return the first row as a tuple, or None."""
        return self._run(connection, "execute", parameters).fetchone()

    def insert(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert all rows."""
        if len(rows) == 1:
            self._run(connection, "execute", rows[0])
        else:
            self._run(connection, "executemany", rows)

    def _run(self, connection: Connection, method: str, parameters: Any) -> Any:
        cursor = connection.connection.cursor()
        run_on_driver(connection, getattr(cursor, method), self._text[connection.dialect.name], parameters)
        return cursor


def run_on_driver(connection: Connection, call: Any, text: str, *arguments: Any, **options: Any) -> None:
    """Call the driver, and let its errors look as if SQLAlchemy had."""
    try:
        call(text, *arguments, **options)
    except connection.dialect.loaded_dbapi.Error as error:
        kind = connection.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(text, None, error, kind, hide_parameters=True) from error


def locked_head(connection: Connection, lock: int) -> tuple[int, int]:
    """Make this transaction the only one that appends, then return the last position and recorded time.

    SQLite's writers are alone already. On PostgreSQL lock and look go in one message, as two statements: the second
    one's view of the data begins when the lock is held, and so includes what its last holder committed.
    """
    if connection.dialect.name == "sqlite":
        row = HEAD.first(connection)
    else:
        cursor = connection.connection.cursor()
        text = f"SELECT pg_advisory_xact_lock({lock}); {_HEAD}"
        run_on_driver(connection, cursor.execute, text, prepare=False)
        cursor.nextset()
        row = cursor.fetchone()
    return row or (0, 0)


_ENVELOPE = (
    "position, stream_id, version, event_id, type, schema_version, occurred_at, recorded_at, actor, agency_id,"
    " correlation_id, causation_id, traceparent"
)
_WHOLE = f"SELECT {_ENVELOPE}, command_key, data, sealed FROM event"
_HEAD = "SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1"
_NAMES = [column.name for column in EVENT.columns]

HEAD = Statement(_HEAD)
INSERT = Statement(f"INSERT INTO event ({', '.join(_NAMES)}) VALUES ({', '.join(f':{name}' for name in _NAMES)})")
VERSION = Statement("SELECT version, agency_id FROM event WHERE stream_id = :of ORDER BY version DESC LIMIT 1")
STREAM = Statement(f"{_WHOLE} WHERE stream_id = :of ORDER BY version")
AFTER = Statement(f"{_WHOLE} WHERE position > :after ORDER BY position LIMIT :most")
RAW_AFTER = Statement(f"SELECT {_ENVELOPE}, data FROM event WHERE position > :after ORDER BY position LIMIT :most")
COMMAND = Statement("SELECT position, command_hash FROM event WHERE command_key = :key")
# Only the first event of a command carries its key, and a command's events lie side by side, up to the next key.
OF_COMMAND = Statement(
    f"{_WHOLE} WHERE position >= :start AND position < coalesce("
    "(SELECT min(position) FROM event WHERE position > :start AND command_key IS NOT NULL), :start + 1000000000)"
    " ORDER BY position"
)
