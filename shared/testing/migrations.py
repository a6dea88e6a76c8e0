"""The check that a package's migrations lead to exactly the tables its code uses; and migrations run once a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event

from shared import migrate
from shared.database import Database
from shared.migrate import metadata_of, newest_revision, stored_revision, upgrade

_Statement = tuple[str, Any]


def assert_no_drift(package: str, url: str) -> None:
    """Migrate the empty database at `url` and compare it with `tables.py` of `package`."""
    upgrade(package, url)
    database = Database(url)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        drift = compare_metadata(context, metadata_of(package))
    database.dispose()
    assert not drift, f"{package}: write a migration for {drift}"


@contextmanager
def migrated_once() -> Iterator[None]:
    """Run a package's migrations once for each kind of database, and what they sent again for every other new one.

    Alembic takes longer to find out what to send than most tests take.
    """
    sent: dict[tuple[str, str, str], list[_Statement]] = {}
    migrations = migrate._upgrade

    def upgraded(package: str, connection: Connection) -> None:
        if stored_revision(connection):
            migrations(package, connection)
            return
        kind = (package, newest_revision(package), connection.dialect.name)
        if kind not in sent:
            with _listening(connection) as statements:
                migrations(package, connection)
            sent[kind] = [one for one in statements if not one[0].lstrip().startswith(("SELECT", "PRAGMA"))]
        else:
            for statement, parameters in sent[kind]:
                connection.exec_driver_sql(statement, parameters or None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "_upgrade", upgraded)
        yield


@contextmanager
def _listening(connection: Connection) -> Iterator[list[_Statement]]:
    """What is sent over the connection within the block."""
    statements: list[_Statement] = []

    def note(_connection: Connection, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        statements.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", note)
