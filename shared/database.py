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
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, StaticPool

from shared.driver import beginning
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
IDLE_SECONDS = 15
"""How long a transaction may stand still. One that holds the append lock keeps every other writer waiting, so it is cut
off before those give up."""
_LOCK_SECONDS = 20
_STATEMENT_SECONDS = 120
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Lock not available, statement cancelled, cut off while standing still.
_BUSY_STATES = {"55P03", "57014", "25P03"}
# Deadlock, serialization failure: running again will do.
_RACE_STATES = {"40P01", "40001"}
_DISK_FULL = "53100"
# The second: not even the small file that the connections of a process share could be made.
_SQLITE_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}
# The server is being stopped, has crashed, or is starting; beside the errors of a connection that is not there.
_AWAY_STATES = {"57P01", "57P02", "57P03", "53300"}


class Database:
    """One service's database, at `sqlite:///path` or `postgresql+psycopg://...`; safe to share between threads.

    Make it after a fork: connections and locks do not survive one.
    """

    def __init__(self, url: str, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self.url = url
        address = make_url(url)
        self._lock: WriteLock | None = None
        if address.get_backend_name() == "postgresql":
            self._askers: Engine = _postgres_engine(address, idle_seconds)
            self.engine: Engine = beginning(self._askers, "BEGIN")
            self._writers: Engine = self.engine
            self._readers: Engine = beginning(self._askers, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        else:
            self.engine = self._readers = self._askers = _sqlite_engine(address, "BEGIN", pool_size=5, max_overflow=15)
            self._writers = _sqlite_engine(address, "BEGIN IMMEDIATE", poolclass=StaticPool)
            self._lock = _lock_of(str(address.database))
        self._writer: Connection | None = None
        self.dialect: str = self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a connection whose statements all see the same committed state; nothing is saved."""
        with clear_errors(), self._readers.connect() as connection:
            connection.begin()  # SQLite's drivers would begin with the first change only.
            yield connection
            if self._lock is None:
                # After a rollback PostgreSQL's driver forgets, and has the server forget, every prepared statement.
                connection.commit()

    @contextmanager
    def ask(self) -> Iterator[Connection]:
        """Open a connection for questions of one statement each, which sees one state by itself.

        Without a transaction around it, a question costs one message to the server instead of three.
        """
        with clear_errors(), self._askers.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that commits at the end of the block and rolls back when the block raises."""
        with clear_errors(), self._writing() as connection, connection.begin():
            yield connection

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


@contextmanager
def clear_errors() -> Iterator[None]:
    """Say of what the database cannot do now, through no fault of who asks, that it is unavailable and why."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if (reason := _unavailable(cause)) is not None:
            raise reason from error
        raise


def _unavailable(cause: BaseException | None) -> Unavailable | None:
    state = getattr(cause, "sqlstate", None)
    code = getattr(cause, "sqlite_errorcode", None) or 0
    if state == _DISK_FULL or code in _SQLITE_FULL:
        return Unavailable(
            "disk_full",
            "There is no room left to save anything. Nothing of this was saved; please tell whoever runs this"
            " installation. As soon as there is room, saving works again.",
        )
    # The lowest byte of SQLite's code says what kind of error it is.
    if state in _BUSY_STATES or code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Unavailable("busy", "The database is busy. Try again in a moment.")
    if _is_away(cause, state):
        return Unavailable(
            "database_away",
            "The database does not answer. Try again in a moment: what is sent again is not saved twice.",
        )
    return None


def _is_away(cause: BaseException | None, state: str | None) -> bool:
    """Say whether the server of this database, or the connection to it, is not there."""
    if cause is None or isinstance(cause, sqlite3.Error):
        return False
    if state is None:
        import psycopg

        # The driver's own word: it could not connect, or has lost the connection.
        return isinstance(cause, psycopg.OperationalError)
    return state in _AWAY_STATES or state.startswith("08")


def _postgres_engine(address: URL, idle_seconds: float) -> Engine:
    limits = {
        "idle_in_transaction_session_timeout": idle_seconds,
        "lock_timeout": _LOCK_SECONDS,
        "statement_timeout": _STATEMENT_SECONDS,
    }
    options = [f"-c {name}={int(seconds * 1000)}" for name, seconds in limits.items()]
    engine = create_engine(
        address,
        # The driver's own transaction handling is off: see `shared.driver`.
        connect_args={"options": " ".join([*options, "-c timezone=UTC"]), "autocommit": True},
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
