"""The place beside the tables that serve where new ones of the same names are made.

Tables are found by their bare names, and the place says which ones that means: on PostgreSQL a schema that the search
path names before the service's own, on SQLite a second database file with the service's attached to it. Every name
that is not in the place is found in the service's database. So projections, learners and queries run there unchanged,
while the service's writers never wait for a lock of theirs: on SQLite not even for the lock of the file.

What is left of a rebuild that was killed is removed by the next one. Two at a time are refused.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import StaticPool

from shared.database import WRITE_WAIT_SECONDS, Database
from shared.errors import Unavailable

SCHEMA = "rebuild"
_LOCK = 6_270_351_945
_PRAGMAS = (
    # The file is thrown away after a crash, so nothing has to reach the disk.
    "PRAGMA journal_mode=MEMORY",
    "PRAGMA synchronous=OFF",
    "PRAGMA cache_size=-32768",
    f"PRAGMA busy_timeout={WRITE_WAIT_SECONDS * 1000}",
)
_LIVE_PRAGMAS = ("PRAGMA live.synchronous=FULL", "PRAGMA live.secure_delete=ON")


@dataclass(frozen=True, slots=True)
class Beside:
    """The place: `new` and `old` are the schemas in which the new tables and those that serve are found by name."""

    database: Database
    engine: Engine
    new: str
    old: str

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a short transaction that writes the new tables and reads everything else."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def picture(self) -> Iterator[Connection]:
        """See old and new tables as they are at the beginning of the block, whatever is written meanwhile."""
        options = {"isolation_level": "REPEATABLE READ"} if self.database.dialect == "postgresql" else {}
        with self.engine.connect().execution_options(**options) as connection:
            # The picture is taken by the first statement; SQLite takes that of each file when it is first read.
            connection.execute(text(f"SELECT count(*) FROM {self.old}.watermark"))  # noqa: S608
            yield connection

    @contextmanager
    def switching(self) -> Iterator[Connection]:
        """Open a transaction that may write the old tables as well."""
        if self.database.dialect == "sqlite":
            with self.database.turn(), self.engine.connect() as connection:
                _let_write(connection, make_url(self.database.url).database or "")
                with connection.execution_options(begin="BEGIN IMMEDIATE").begin():
                    yield connection
        else:
            with self.engine.begin() as connection:
                yield connection

    def create(self, tables: Sequence[Table]) -> None:
        """Make the new tables, empty."""
        with self.write() as connection:
            for table in tables:
                table.create(connection, checkfirst=False)
                if connection.dialect.name == "postgresql":
                    # Nothing in it has to survive a crash: only rows that differ are copied out of it.
                    connection.execute(text(f"ALTER TABLE {self.new}.{table.name} SET UNLOGGED"))


@contextmanager
def beside(database: Database, tables: Sequence[Table]) -> Iterator[Beside]:
    """Make new empty `tables` beside those of the database; they are gone after the block."""
    place = _postgres(database) if database.dialect == "postgresql" else _sqlite(database)
    with place as opened:
        opened.create(tables)
        yield opened


@contextmanager
def _postgres(database: Database) -> Iterator[Beside]:
    with database.read() as connection:
        home = connection.execute(text("SELECT current_schema()")).scalar_one()
    options = f"-c search_path={SCHEMA},{home} -c timezone=UTC -c lock_timeout=20000"
    engine = create_engine(database.url, connect_args={"options": options}, hide_parameters=True)
    try:
        # The lock belongs to a session of its own and ends with it, however that ends.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            if not session.execute(text(f"SELECT pg_try_advisory_lock({_LOCK})")).scalar_one():
                raise _busy()
            session.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
            session.execute(text(f"CREATE SCHEMA {SCHEMA}"))
            try:
                yield Beside(database, engine, SCHEMA, home)
            finally:
                session.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
    finally:
        engine.dispose()


@contextmanager
def _sqlite(database: Database) -> Iterator[Beside]:
    path = Path(make_url(database.url).database or "")
    scratch = path.with_name(f"{path.name}.rebuild")
    with path.with_name(f"{path.name}.rebuild-lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _busy() from error
        _remove(scratch)
        engine = _sqlite_engine(scratch, path)
        try:
            yield Beside(database, engine, "main", "live")
        finally:
            engine.dispose()
            _remove(scratch)


def _sqlite_engine(scratch: Path, live: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{scratch.absolute().as_uri()}?uri=true",
        connect_args={"check_same_thread": False, "isolation_level": None},
        hide_parameters=True,
        poolclass=StaticPool,
    )

    def prepare(connection: DBAPIConnection, _entry: object) -> None:
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        # Code that writes other tables than it says would write those that serve: it fails instead.
        cursor.execute("ATTACH DATABASE ? AS live", (f"{live.absolute().as_uri()}?mode=ro",))
        cursor.close()

    def begin(connection: Connection) -> None:
        # A plain BEGIN locks neither file: each is locked when it is first written.
        connection.connection.cursor().execute(connection.get_execution_options().get("begin", "BEGIN"))

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _let_write(connection: Connection, live: str) -> None:
    """Attach the service's file anew, so that it can be written."""
    cursor = connection.connection.cursor()
    cursor.execute("DETACH DATABASE live")
    cursor.execute("ATTACH DATABASE ? AS live", (Path(live).absolute().as_uri(),))
    for pragma in _LIVE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _remove(scratch: Path) -> None:
    for left_over in scratch.parent.glob(f"{scratch.name}*"):
        if not left_over.name.endswith("-lock"):
            left_over.unlink()


def _busy() -> Unavailable:
    return Unavailable("rebuild_running", "These tables are being made again already. Wait until that has ended.")
