"""Migrations lead to the tables the code uses, on both databases, and bring an older database up to date."""

import sys
from pathlib import Path

import pytest

from shared.database import Database
from shared.migrate import newest_revision, stored_revision, upgrade, write_revision
from shared.settings import SERVICES
from shared.testing.migrations import assert_no_drift

PACKAGES = ["shared.auth", *(f"services.{service}" for service in SERVICES)]
TABLES = """
from sqlalchemy import Column, MetaData, Table, Text

from shared.eventstore import event_tables

metadata = MetaData()
event_tables(metadata)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with the event store's tables and its first migration."""
    name = f"shelf_{tmp_path.name.replace('-', '_')}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").touch()
    (tmp_path / name / "tables.py").write_text(TABLES, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    write_revision(name, "first tables")
    return name


def stored(url: str) -> str:
    database = Database(url)
    with database.read() as connection:
        revision = stored_revision(connection)
    database.dispose()
    return revision


@pytest.mark.parametrize("name", PACKAGES)
def test_the_migrations_lead_to_the_tables_on_sqlite(name: str, tmp_path: Path) -> None:
    assert_no_drift(name, f"sqlite:///{tmp_path / 'new.db'}")


@pytest.mark.postgres
@pytest.mark.parametrize("name", PACKAGES)
def test_the_migrations_lead_to_the_tables_on_postgres(name: str, postgres_database: str) -> None:
    assert_no_drift(name, postgres_database)


def test_a_table_without_its_migration_is_drift(package: str, tmp_path: Path) -> None:
    metadata = sys.modules[f"{package}.tables"].metadata
    assert_no_drift(package, f"sqlite:///{tmp_path / 'one.db'}")
    metadata.tables["event"].to_metadata(metadata, name="forgotten")
    with pytest.raises(AssertionError, match="forgotten"):
        assert_no_drift(package, f"sqlite:///{tmp_path / 'two.db'}")


def test_a_database_of_the_first_version_is_brought_to_the_second(package: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shelf.db'}"
    upgrade(package, url)
    assert stored(url) == "0001"
    metadata = sys.modules[f"{package}.tables"].metadata
    metadata.tables["event"].to_metadata(metadata, name="extra")
    path = write_revision(package, "add extra")
    assert path.name == "0002_add_extra.py"
    upgrade(package, url)
    assert stored(url) == newest_revision(package) == "0002"
    assert_no_drift(package, url)


def test_a_database_that_is_up_to_date_is_not_touched(package: str, tmp_path: Path) -> None:
    path = tmp_path / "shelf.db"
    upgrade(package, f"sqlite:///{path}")
    before = path.read_bytes()
    upgrade(package, f"sqlite:///{path}")
    assert path.read_bytes() == before
