"""What a relay needs of an event store: the stored bytes in their order, and whether appends are open.

It opens nothing that is sealed and needs no key, so a relay may run with a database role that cannot even read it.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, insert

from shared.clock import Clock
from shared.database import Database, from_micros, to_micros
from shared.eventstore import statements as sql
from shared.eventstore.comparison import is_proven, prove
from shared.eventstore.recorded import RawEvent
from shared.eventstore.tables import APPENDS_CLOSED


class Outbox:
    """The event table of one service, as its relay sees it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self._clock = clock

    def read_raw(self, connection: Connection, after: int, limit: int) -> list[RawEvent]:
        """Return the next events as stored, nothing decoded and nothing sealed: what a relay publishes."""
        rows = sql.RAW_AFTER.all(connection, after=after, most=limit)
        return [RawEvent(*sql.envelope(row), *row[13:15]) for row in rows]

    def read_at(self, connection: Connection, positions: Collection[int]) -> list[RawEvent]:
        """Return the events at these positions as stored, in no particular order."""
        rows = connection.execute(sql.RAW_AT, {"positions": list(positions)})
        return [RawEvent(*sql.envelope(row), *row[13:15]) for row in rows]

    def head(self, connection: Connection) -> tuple[int, datetime | None]:
        """Return the last position and when it was recorded; (0, None) for an empty store."""
        row = sql.HEAD.first(connection)
        return (0, None) if row is None else (row[0], from_micros(row[1]))

    def close_appends(self, reason: str) -> None:
        """Refuse all appends from now on, in every process, until they are opened again."""
        with self.database.write() as connection:
            connection.execute(delete(APPENDS_CLOSED))
            row = {"reason": reason, "closed_at": to_micros(self._clock.now())}
            connection.execute(insert(APPENDS_CLOSED), row)

    def open_appends(self) -> None:
        """Accept appends again."""
        with self.database.write() as connection:
            connection.execute(delete(APPENDS_CLOSED))

    def is_compared(self) -> bool:
        """Say whether topic and store were compared since this database is where it is."""
        if self.database.dialect == "sqlite":
            return True
        with self.database.read() as connection:
            return is_proven(connection)

    def keep_compared(self) -> None:
        """Leave word that topic and store were compared, and tell one history."""
        with self.database.write() as connection:
            prove(connection, to_micros(self._clock.now()))

    def closed(self) -> str | None:
        """Say why appends are closed; None when they are not."""
        with self.database.read() as connection:
            row = sql.CLOSED.first(connection)
        return None if row is None else str(row[0])
