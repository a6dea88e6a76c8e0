"""The lease: one relay of a service publishes at a time, and another one takes over soon after it has died.

The lease is a row in the service's database, told by that database's clock. It need not be perfect: two relays that
overlap for a moment publish some events twice, each in order, and every consumer knows an event that it has seen.
"""

import time
import uuid

from sqlalchemy import Connection, insert, or_, update
from sqlalchemy.exc import IntegrityError

from shared.bus.tables import relay_lease
from shared.database import Database, database_time

SECONDS = 6.0
"""How long a lease outlives its holder. One that stands by looks every second, so it takes over well within ten."""

_columns = relay_lease.c


class Lease:
    """The right to publish what `service` has stored, as one relay holds it or waits for it."""

    def __init__(self, service: str, database: Database, seconds: float = SECONDS) -> None:
        self._service, self._database, self._seconds = service, database, seconds
        self._holder = uuid.uuid4().hex
        self._fresh_until = self._held_until = 0.0

    @property
    def held(self) -> bool:
        """Whether this relay holds the lease, as far as it knows without asking."""
        return time.monotonic() < self._held_until

    def hold(self) -> bool:
        """Take the lease or keep it; say no while another one holds it. Costs nothing while it is fresh."""
        now = time.monotonic()
        if now < self._fresh_until:
            return True
        with self._database.write() as conn:
            if not self._renewed(conn) and not self._made(conn):
                return False
        self._fresh_until, self._held_until = now + self._seconds / 3, now + self._seconds
        return True

    def release(self) -> None:
        """Let another one take over at once."""
        self._fresh_until = self._held_until = 0.0
        own = (_columns.service == self._service, _columns.holder == self._holder)
        with self._database.write() as conn:
            conn.execute(update(relay_lease).where(*own), {"expires_at": 0})

    def _renewed(self, conn: Connection) -> bool:
        now = database_time(conn)
        free = or_(_columns.holder == self._holder, _columns.expires_at <= now)
        statement = update(relay_lease).where(_columns.service == self._service, free)
        until = now + int(self._seconds * 1_000_000)
        return conn.execute(statement.values(holder=self._holder, expires_at=until)).rowcount == 1

    def _made(self, conn: Connection) -> bool:
        """Make the row, unless there is one: then another relay holds the lease."""
        row = {"service": self._service, "holder": self._holder, "expires_at": 0}
        try:
            with conn.begin_nested():
                conn.execute(insert(relay_lease), row)
        except IntegrityError:
            return False
        return self._renewed(conn)
