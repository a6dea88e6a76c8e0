"""The check that a package's migrations lead to exactly the tables its code uses."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shared.database import Database
from shared.migrate import metadata_of, upgrade


def assert_no_drift(package: str, url: str) -> None:
    """Migrate the empty database at `url` and compare it with `tables.py` of `package`."""
    upgrade(package, url)
    database = Database(url)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        drift = compare_metadata(context, metadata_of(package))
    database.dispose()
    assert not drift, f"{package}: write a migration for {drift}"
