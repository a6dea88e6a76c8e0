"""Whether topic and store were compared in this life of the database: a copy that was put in place says no by itself.

A store that was restored from an older copy must not be written before its relay has looked at the topic, and the
processes that write do not talk to the bus. So the relay leaves a row behind that a copy cannot carry over. It names

- the database, which another one made of a copy is not;
- the timeline of the server, which changes when it is restored to an earlier moment and when a standby takes over;
- the transaction that wrote it, which PostgreSQL keeps with the row: what a dump brings back was written by another.

SQLite needs none of this: there the process that writes has the bus at hand, and compares when it opens the store.
"""

from sqlalchemy import Connection, delete, text

from shared.eventstore.statements import LIFE, PROVEN
from shared.eventstore.tables import COMPARED

_PROVE = text(
    f"INSERT INTO {COMPARED.name} (life, written_by, compared_at)"
    f" SELECT {LIFE}, CAST(CAST(CAST(pg_current_xact_id() AS xid) AS text) AS bigint), :now"
)


def is_proven(connection: Connection) -> bool:
    """Say whether topic and store were compared, and told one history, since this database is where it is."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.scalar(text(f"SELECT {PROVEN}")))


def prove(connection: Connection, now: int) -> None:
    """Leave word that topic and store tell one history."""
    if connection.dialect.name == "sqlite":
        return
    connection.execute(delete(COMPARED))
    connection.execute(_PROVE, {"now": now})
