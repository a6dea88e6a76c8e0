"""One service's database: SQLite in a file by default, PostgreSQL in the cluster, behind two context managers.

Reads see one unchanging picture from their first statement to their last, on both databases. Writes commit when
their block ends and roll back when it raises. On SQLite writers stand in line: one lock per database in the process
(several busy-waiting threads gain nothing) and `BEGIN IMMEDIATE` between processes. That lock is not re-entrant, since
a transaction inside a transaction would break the promise that all of a command is saved or none.
"""

import select
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock, get_ident
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, cast, create_engine, event, extract, func, literal
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, StaticPool

from shared.errors import Unavailable

WRITE_WAIT_SECONDS = 30
_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    f"PRAGMA busy_timeout={WRITE_WAIT_SECONDS * 1000}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=FULL",
    # What is deleted or overwritten, above all a destroyed key, is zeroed in its page.
    "PRAGMA secure_delete=ON",
)
_POSTGRES_OPTIONS = " ".join(
    (
        # A transaction that stands still while it holds the append lock would stop every other writer.
        "-c idle_in_transaction_session_timeout=30000",
        "-c lock_timeout=20000",
        "-c statement_timeout=120000",
        "-c timezone=UTC",
    )
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Lock not available, deadlock, serialization failure; the last two mean that running again will do.
_BUSY_STATES = {"55P03", "57014", "25P03"}
_RACE_STATES = {"40P01", "40001"}


class Database:
    """One service's database, at `sqlite:///path` or `postgresql+psycopg://...`; safe to share between threads.

    Make it after a fork: connections and locks do not survive one.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        address = make_url(url)
        self._lock: WriteLock | None = None
        if address.get_backend_name() == "postgresql":
            self.engine: Engine = _postgres_engine(address)
            self._writers: Engine = self.engine
            self._readers: Engine = self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        else:
            self.engine = self._readers = _sqlite_engine(address, "BEGIN", pool_size=5, max_overflow=15)
            self._writers = _sqlite_engine(address, "BEGIN IMMEDIATE", poolclass=StaticPool)
            self._lock = _lock_of(str(address.database))
        self._writer: Connection | None = None
        self.dialect: str = self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a connection whose statements all see the same committed state; nothing is saved."""
        with self._readers.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that commits at the end of the block and rolls back when the block raises."""
        try:
            with self._writing() as connection, connection.begin():
                yield connection
        except (OperationalError, sqlite3.OperationalError) as error:
            if _is_busy(error):
                raise Unavailable("busy", "The database is busy. Try again in a moment.") from error
            raise

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Take a connection to write with; SQLite's writers stand in line for one that stays open."""
        if self._lock is None:
            with self._writers.connect() as connection:
                yield connection
        else:
            with self._lock.turn():
                self._writer = self._writer or self._writers.connect()
                yield self._writer

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep this process's other writers out while the block writes by a connection of its own (SQLite)."""
        assert self._lock is not None
        with self._lock.turn():
            yield

    def dispose(self) -> None:
        """Close every connection."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self.engine.dispose()
        self._writers.dispose()


class WriteLock:
    """Whose turn it is to write to one SQLite database in this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._holder: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn, hold it for the block."""
        if self._holder == get_ident():
            raise RuntimeError("A write transaction was opened inside another one of the same database.")
        if not self._lock.acquire(timeout=WRITE_WAIT_SECONDS):
            raise Unavailable("busy", "The database is busy. Try again in a moment.")
        self._holder = get_ident()
        try:
            yield
        finally:
            self._holder = None
            self._lock.release()


_locks: dict[str, WriteLock] = {}


def _lock_of(path: str) -> WriteLock:
    """Return the one lock of this file, so that two `Database` objects of the same file share it."""
    return _locks.setdefault(path, WriteLock())


def to_micros(moment: datetime) -> int:
    """Return an aware moment as it is stored: whole microseconds since 1970, which compare exactly everywhere."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return a stored moment as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def database_time(connection: Connection) -> ColumnElement[int]:
    """The time as it is stored, by one clock for all who ask: the server's, or with SQLite this machine's."""
    if connection.dialect.name == "postgresql":
        return cast(extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
    return literal(time.time_ns() // 1000)


def is_lost_race(error: DBAPIError) -> bool:
    """Say whether PostgreSQL gave this transaction up for another one's sake, so that running it again will do."""
    return getattr(error.orig, "sqlstate", None) in _RACE_STATES


def _is_busy(error: OperationalError | sqlite3.OperationalError) -> bool:
    cause = error.orig if isinstance(error, OperationalError) else error
    return getattr(cause, "sqlstate", None) in _BUSY_STATES or "database is locked" in str(cause)


def _postgres_engine(address: URL) -> Engine:
    engine = create_engine(
        address,
        connect_args={"options": _POSTGRES_OPTIONS},
        hide_parameters=True,
        pool_size=5,
        max_overflow=15,
    )
    event.listen(engine, "checkout", _refuse_dead)
    return engine


def _sqlite_engine(address: URL, begin: str, **pool: Any) -> Engine:
    engine = create_engine(
        address,
        # The driver's own transaction handling is off: the listener below begins.
        connect_args={"check_same_thread": False, "isolation_level": None},
        hide_parameters=True,
        **pool,
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", lambda connection: connection.connection.cursor().execute(begin))
    return engine


def _set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _refuse_dead(connection: Any, _entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """Take a new connection when the server has closed this one: nothing else makes an idle one readable.

    It tells without asking the server, which a ping before every transaction would.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        raise InvalidatePoolError
