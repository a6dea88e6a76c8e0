"""Slows down guessing: after several wrong passwords a user name has to wait; one row a name, old rows are dropped."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from shared.auth.tables import sign_in_failure
from shared.database import to_micros
from shared.errors import TooMany

ALLOWED = 8
WINDOW = timedelta(minutes=15)


def check(connection: Connection, username: str, now: datetime) -> None:
    """Raise TooMany while this user name has to wait."""
    failures = connection.execute(
        select(sign_in_failure.c.failures).where(
            sign_in_failure.c.username == username[:80], sign_in_failure.c.since > to_micros(now - WINDOW)
        )
    ).scalar()
    if failures is not None and failures >= ALLOWED:
        raise TooMany(
            "too_many_attempts",
            "Too many attempts to sign in. Please wait %(minutes)s minutes.",
            minutes=WINDOW.seconds // 60,
        )


def note_failure(connection: Connection, username: str, now: datetime) -> None:
    """Count one more wrong password, and drop what is older than the window."""
    connection.execute(delete(sign_in_failure).where(sign_in_failure.c.since <= to_micros(now - WINDOW)))
    counted = connection.execute(
        update(sign_in_failure)
        .where(sign_in_failure.c.username == username[:80])
        .values(failures=sign_in_failure.c.failures + 1)
    )
    if counted.rowcount == 0:
        connection.execute(insert(sign_in_failure).values(username=username[:80], failures=1, since=to_micros(now)))


def forget(connection: Connection, username: str) -> None:
    """Start anew after a right password."""
    connection.execute(delete(sign_in_failure).where(sign_in_failure.c.username == username[:80]))
