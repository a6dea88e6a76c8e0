"""When a part of a service was last in touch with the broker, kept where the processes that answer requests read it.

Those have no client of the broker: it must not cross their fork.
"""

from contextlib import suppress

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from shared.bus.tables import broker_contact
from shared.database import Database, database_time

_columns = broker_contact.c


def keep_contact(database: Database, part: str) -> None:
    """Say that the broker has just answered this part."""
    with database.write() as conn:
        values = {"at": database_time(conn)}
        if not conn.execute(update(broker_contact).where(_columns.part == part).values(values)).rowcount:
            # A twin of this process may have been quicker.
            with suppress(IntegrityError), conn.begin_nested():
                conn.execute(insert(broker_contact).values(part=part, **values))


def contact_ages(conn: Connection) -> dict[str, float]:
    """For every part that ever was in touch: how many seconds ago."""
    rows = conn.execute(select(_columns.part, (database_time(conn) - _columns.at).label("micros")))
    return {row.part: max(0.0, row.micros / 1_000_000) for row in rows}
