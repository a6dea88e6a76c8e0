"""The versions of the `auth` database lead to what its tables say."""

from pathlib import Path

from shared.testing.migrations import assert_no_drift


def test_the_migrations_make_the_tables(tmp_path: Path) -> None:
    assert_no_drift("shared.auth", f"sqlite:///{tmp_path}/auth.db")
