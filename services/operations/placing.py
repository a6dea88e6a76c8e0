"""Putting the copy of one database in its place, whole or not at all, on either kind of database."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect, make_url, text

from services.operations.postgres import restore_dump
from services.operations.refusal import Refused
from shared.database import Database
from shared.migrate import upgrade

Complete = Callable[[Database], None]
"""What is still to be done to a database before anybody may use it."""

PACKAGES = {name: f"services.{name}" for name in ("case", "groups", "outreach", "reporting")} | {"auth": "shared.auth"}


def dialect_of(url: str) -> str:
    """The kind of database at this address."""
    return make_url(url).get_backend_name()


def holds_something(url: str) -> bool:
    """Say whether there is a database with tables at this address."""
    if dialect_of(url) == "sqlite" and not _file(url).exists():
        return False
    database = Database(url)
    try:
        with database.read() as connection:
            return inspect(connection).has_table("alembic_version")
    finally:
        database.dispose()


def check_unused(name: str, url: str) -> None:
    """Raise `Refused` while any other process has this database open."""
    if dialect_of(url) == "postgresql":
        others = _other_sessions(url)
    else:
        others = int(_file(url).exists() and _is_open(_file(url)))
    if others:
        raise Refused(f"The database of {name} is in use. Stop every process of this installation first.")


def put(name: str, url: str, copy: Path, complete: Complete) -> None:
    """Put a copy in the place of the database at `url`, brought up to date and completed."""
    if dialect_of(url) == "postgresql":
        restore_dump(url, copy)
        _complete(name, url, complete)
        return
    place = _file(url)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=place.parent) as directory:
        new = Path(directory) / place.name
        shutil.copyfile(copy, new)
        new.chmod(0o600)
        _complete(name, f"sqlite:///{new}", complete)
        _into_one_file(new)
        # What belongs to the old file goes first: it must not be taken for the new one's.
        for beside in ("-wal", "-shm"):
            Path(f"{place}{beside}").unlink(missing_ok=True)
        new.replace(place)
    _sync(place.parent)


def _complete(name: str, url: str, complete: Complete) -> None:
    upgrade(PACKAGES[name], url)
    database = Database(url)
    try:
        complete(database)
    finally:
        database.dispose()


def _into_one_file(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    _sync(file)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _file(url: str) -> Path:
    return Path(str(make_url(url).database))


def _is_open(file: Path) -> bool:
    """Nobody else can leave the write-ahead log while somebody has the file open."""
    try:
        with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as connection:
            return str(connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]) != "delete"
    except sqlite3.OperationalError:
        return True


def _other_sessions(url: str) -> int:
    database = Database(url)
    try:
        with database.read() as connection:
            found = connection.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
            )
        return int(found or 0)
    finally:
        database.dispose()
