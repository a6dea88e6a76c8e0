"""What unit tests of either database share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.database import Database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables: SQLite, then PostgreSQL."""
    url = f"sqlite:///{tmp_path / 'one.db'}"
    database = Database(request.getfixturevalue("postgres_database") if request.param == "postgres" else url)
    yield database
    database.dispose()
