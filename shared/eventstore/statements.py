"""The statements of the event store, in SQL that SQLite and PostgreSQL both understand.

They go to the driver as they are: an append runs a handful of them, and costs half as much this way as through Core.
"""

# ruff: noqa: S608 - the texts are put together from names that stand in this file and in the table.

import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from shared.database import from_micros
from shared.driver import array, begin_now, errors_of, run_on_driver, take_begin
from shared.eventstore.tables import EVENT

_NAMED = re.compile(r":(\w+)")
_NULL_STATE = "23502"


class Statement:
    """One SQL text with `:named` parameters; the driver's errors come out as SQLAlchemy's, without the parameters."""

    def __init__(self, text: str) -> None:
        self._text = {"sqlite": text, "postgresql": _NAMED.sub(r"%(\1)s", text)}

    def all(self, connection: Connection, **parameters: Any) -> Sequence[Any]:
        """Return all rows as tuples."""
        rows: Sequence[Any] = self._run(connection, parameters).fetchall()
        return rows

    def first(self, connection: Connection, **parameters: Any) -> Any:
        """Return the first row as a tuple, or None."""
        return self._run(connection, parameters).fetchone()

    def insert(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert all rows."""
        if len(rows) == 1:
            self._run(connection, rows[0])
        else:
            self._run(connection, rows, many=True)

    def _run(self, connection: Connection, parameters: Any, *, many: bool = False) -> Any:
        return run_on_driver(connection, self._text[connection.dialect.name], parameters, many=many)


def envelope(row: Any) -> tuple[Any, ...]:
    """Return the first thirteen columns as `Recorded` and `RawEvent` begin: their times as datetimes."""
    return (*row[:6], from_micros(row[6]), from_micros(row[7]), *row[8:13])


class AppendsClosed(Exception):
    """Nothing may be appended now."""


class Moved(Exception):
    """A stream that a decision was based on is not what it was."""


def lock_appends(connection: Connection, lock: int) -> None:
    """Make this transaction the only one that appends, until it ends (PostgreSQL)."""
    run_on_driver(connection, f"SELECT pg_advisory_xact_lock({lock})")


def append_alone(connection: Connection, rows: Sequence[dict[str, Any]], now: int) -> int:
    """Number and insert the rows where no other writer can be (SQLite); return the last position."""
    position, recorded_at, closed = _HEAD_TO_FOLLOW.first(connection)
    if closed:
        raise AppendsClosed
    recorded_at = max(recorded_at + 1, now)
    for offset, row in enumerate(rows):
        row["position"], row["recorded_at"] = position + 1 + offset, recorded_at + offset
    INSERT.insert(connection, rows)
    return int(position + len(rows))


def append_in_turn(
    connection: Connection,
    rows: Sequence[dict[str, Any]],
    read: Mapping[str, int],
    now: int,
    lock: int,
    *,
    last: bool,
    proven: bool,
) -> int:
    """Take the append lock, number and insert the rows, and commit when that is the `last` thing to do (PostgreSQL).

    With the commit it all travels as one message, and the lock is held no longer than the server itself needs. The
    numbers are taken by the inserts: each sees what the lock's last holder committed, and the row before. While appends
    are closed there is no number, which no row can be without; nor is there one, where only a `proven` store may be
    written, while its topic has not been compared with it. In the same way a row is without its version when a stream
    of `read` has gone on from the version it had.
    """
    for row in rows:
        row |= {"now": now, "read_ids": array(read), "read_versions": array(read.values())}
    insert = _PROVEN_INSERT if proven else _NUMBERING_INSERT
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    if not last:
        begin_now(connection)
    begin = take_begin(connection)
    try:
        # After a pipeline the server's clock for transactions that stand still does not run.
        with errors_of(connection, insert), driver.pipeline() if last else nullcontext():
            if begin is not None:
                driver.execute(begin, prepare=False)
            driver.execute(f"SELECT pg_advisory_xact_lock({lock})")
            if len(rows) > 1:
                driver.cursor().executemany(insert, rows[:-1])
            cursor.execute(insert, rows[-1])
            if last:
                # Said like this the driver waits for an answer once, at the end.
                driver.execute("COMMIT", prepare=False)
    except IntegrityError as error:
        cause: Any = error.orig
        if cause.sqlstate == _NULL_STATE:
            raise (AppendsClosed if cause.diag.column_name == "position" else Moved) from error
        raise
    return int(cursor.fetchone()[0])


_ENVELOPE = (
    "position, stream_id, version, event_id, type, schema_version, occurred_at, recorded_at, actor, agency_id,"
    " correlation_id, causation_id, traceparent"
)
_WHOLE = f"SELECT {_ENVELOPE}, command_key, data, sealed FROM event"
_HEAD = "SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1"
_NAMES = [column.name for column in EVENT.columns]
_GIVEN = [name for name in _NAMES if name not in ("position", "recorded_at", "version")]
# See `shared.eventstore.comparison`.
LIFE = (
    "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || '/'"
    " || (SELECT CAST(oid AS text) FROM pg_database WHERE datname = current_database())"
)
PROVEN = (
    f"EXISTS (SELECT FROM compared WHERE life = {LIFE} AND written_by = CAST(CAST(compared.xmin AS text) AS bigint))"
)
_OPEN = "NOT EXISTS (SELECT FROM appends_closed)"
# One by one: a join might be planned, once for the whole connection, to go through all events.
_UNMOVED = (
    "NOT EXISTS (SELECT FROM unnest(CAST(:read_ids AS text[]), CAST(:read_versions AS integer[])) AS read (id, version)"
    " WHERE (SELECT next.version FROM event AS next"
    " WHERE next.stream_id = read.id AND next.version = read.version + 1) IS NOT NULL)"
)


def _numbering_insert(condition: str) -> str:
    return _NAMED.sub(
        r"%(\1)s",
        f"INSERT INTO event (position, recorded_at, version, {', '.join(_GIVEN)})"
        f" SELECT CASE WHEN {condition} THEN coalesce(max(head.position), 0) + 1 END,"
        " greatest(max(head.recorded_at) + 1, :now),"
        f" CASE WHEN {_UNMOVED} THEN CAST(:version AS integer) END,"
        f" {', '.join(f':{name}' for name in _GIVEN)} FROM ({_HEAD}) AS head RETURNING position",
    )


_NUMBERING_INSERT, _PROVEN_INSERT = _numbering_insert(_OPEN), _numbering_insert(f"{_OPEN} AND {PROVEN}")

HEAD = Statement(_HEAD)
_HEAD_TO_FOLLOW = Statement(
    "SELECT coalesce(max(head.position), 0), coalesce(max(head.recorded_at), 0),"
    f" EXISTS (SELECT 1 FROM appends_closed) FROM ({_HEAD}) AS head"
)
INSERT = Statement(f"INSERT INTO event ({', '.join(_NAMES)}) VALUES ({', '.join(f':{name}' for name in _NAMES)})")
VERSION = Statement("SELECT version, agency_id FROM event WHERE stream_id = :of ORDER BY version DESC LIMIT 1")
STREAM = Statement(f"{_WHOLE} WHERE stream_id = :of ORDER BY version")
AFTER = Statement(f"{_WHOLE} WHERE position > :after ORDER BY position LIMIT :most")
_RAW = f"{_ENVELOPE}, data, command_key"
RAW_AFTER = Statement(f"SELECT {_RAW} FROM event WHERE position > :after ORDER BY position LIMIT :most")
RAW_AT = select(*(EVENT.c[name] for name in _RAW.split(", "))).where(
    EVENT.c.position.in_(bindparam("positions", expanding=True))
)
CLOSED = Statement("SELECT reason FROM appends_closed")
COMMAND = Statement("SELECT position, command_hash FROM event WHERE command_key = :key")
# Only the first event of a command carries its key, and a command's events lie side by side, up to the next key.
OF_COMMAND = Statement(
    f"{_WHOLE} WHERE position >= :start AND position < coalesce("
    "(SELECT min(position) FROM event WHERE position > :start AND command_key IS NOT NULL), :start + 1000000000)"
    " ORDER BY position"
)
