"""The migrations of outreach lead to the tables its code uses."""

from pathlib import Path

from shared.testing.migrations import assert_no_drift


def test_the_migrations_lead_to_the_tables(tmp_path: Path) -> None:
    assert_no_drift("services.outreach", f"sqlite:///{tmp_path / 'outreach.db'}")
