"""`caseledger rebuild` and `caseledger verify`, as an operator types them."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from services.case.tables import session_unit
from services.cli import main
from services.suite import Suite
from tests.integration.rebuild.world import record, world


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Suite]:
    monkeypatch.setenv("CASELEDGER_DATA", str(tmp_path))
    monkeypatch.setenv("CASELEDGER_MASTER_KEYS", "k1:" + b64encode(bytes(range(32))).decode())
    with world(tmp_path, {}) as suite:
        record(suite, 0, 30)
        suite.background.drain()
        yield suite


def typed(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_all_services_are_rebuilt_unless_one_is_named(suite: Suite) -> None:
    all_of_them = typed("rebuild")
    assert all_of_them.exit_code == 0, all_of_them.output
    assert "reporting: made again of 0 events of its own and 40 of others; the tables say the same." in " ".join(
        all_of_them.output.split()
    )
    assert [line.split(":")[0] for line in all_of_them.output.splitlines() if "made again" in line] == [
        "case",
        "groups",
        "outreach",
        "reporting",
    ]
    assert typed("rebuild", "case").output.count("made again") == 1


def test_a_difference_is_printed_and_fails_until_it_is_accepted(suite: Suite) -> None:
    with suite.services["case"].database.write() as connection:
        of_unit = session_unit.c.unit_id == "session-000003"
        connection.execute(update(session_unit).where(of_unit).values(status="no_show"))
    checked = typed("verify")
    assert checked.exit_code == 1
    assert "case, read tables: session_unit session-000003 differs in status" in checked.output
    refused = typed("rebuild", "case")
    assert refused.exit_code == 1
    assert "session_unit session-000003 differs in status" in refused.output
    assert "The old tables stay in case." in refused.output
    accepted = typed("rebuild", "case", "--accept-difference")
    assert accepted.exit_code == 0
    assert "put in place" in accepted.output
    checked = typed("verify")
    assert checked.exit_code == 0
    assert "Every event is in its store" in checked.output
