"""Copies of databases: all services at one moment, without what a backup must not hold.

The moment is one at which nobody appends anywhere. Whatever a service has learnt of another by then stands in the other
one's copy, so that copies of one backup never contradict each other.
"""

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url, text

from services.operations.postgres import run_tool
from shared.database import Database
from shared.service import Service

LEFT_OUT = {
    "data_key": "kept apart, so that a backup alone opens nothing",
    "person_search": "holds names in clear; filled again from the events",
    "person_term": "holds names in clear; filled again from the events",
    "session": "sign-ins; everybody signs in anew",
    "sign_in_failure": "says who has mistyped",
    "compared": "is about the database that it stands in",
    "relay_lease": "is about the relay that holds it",
}
"""The tables whose rows are in no backup, and why."""


class Snapshot(Protocol):
    """One database as it was at one moment."""

    dialect: str

    def save(self, file: Path) -> None:
        """Write it to a file."""


@dataclass(frozen=True, slots=True)
class Moment:
    """All databases at one moment, by name, and how far the stores reached."""

    snapshots: Mapping[str, Snapshot]
    heads: Mapping[str, int]


@contextmanager
def moment(services: Mapping[str, Service], others: Mapping[str, Database], working: Path) -> Iterator[Moment]:
    """Hold all databases as they are now; appends stand still for as long as it takes to begin, and no longer."""
    with ExitStack() as held:
        heads: dict[str, int] = {}
        snapshots: dict[str, Snapshot] = {}
        with ExitStack() as still:
            for name, service in sorted(services.items()):
                connection = still.enter_context(service.database.write())
                service.store.hold_appends(connection)
                heads[name] = service.store.head(connection)[0]
            for name, database in {**{name: one.database for name, one in services.items()}, **others}.items():
                snapshots[name] = held.enter_context(_snapshot(database, working))
        yield Moment(snapshots, heads)


def _snapshot(database: Database, working: Path) -> AbstractContextManager[Snapshot]:
    return _postgres(database) if database.dialect == "postgresql" else _sqlite(database, working)


class _SqliteSnapshot:
    dialect = "sqlite"

    def __init__(self, source: sqlite3.Connection, working: Path) -> None:
        self._source, self._working = source, working

    def save(self, file: Path) -> None:
        """The rows left out are deleted in a working copy, of which only what remains is written anew."""
        with (
            tempfile.TemporaryDirectory(prefix=".backup-", dir=self._working) as name,
            closing(sqlite3.connect(Path(name) / "copy.db", isolation_level=None)) as copy,
        ):
            self._source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            found = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table in sorted(found & LEFT_OUT.keys()):
                copy.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a name of ours
            copy.execute("VACUUM INTO ?", (str(file),))


@contextmanager
def _sqlite(database: Database, working: Path) -> Iterator[_SqliteSnapshot]:
    with closing(sqlite3.connect(str(make_url(database.url).database), isolation_level=None)) as source:
        # The first read fixes what this connection sees.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield _SqliteSnapshot(source, working)


class _PostgresSnapshot:
    dialect = "postgresql"

    def __init__(self, url: str, exported: str) -> None:
        self._url, self._exported = url, exported

    def save(self, file: Path) -> None:
        left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
        words = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={self._exported}", f"--file={file}"]
        run_tool("pg_dump", self._url, *words, *left_out)


@contextmanager
def _postgres(database: Database) -> Iterator[_PostgresSnapshot]:
    with database.read() as connection:
        # The snapshot stands for as long as this transaction does nothing.
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        exported = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        yield _PostgresSnapshot(database.url, exported)
