"""An installation on one machine, with some sessions, for the commands of an operator."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.suite import Suite
from tests.integration.rebuild.world import record, world

SESSIONS = 30
EVENTS = 40


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory that the commands find in their environment."""
    monkeypatch.setenv("CASELEDGER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CASELEDGER_MASTER_KEYS", "k1:" + b64encode(bytes(range(32))).decode())
    monkeypatch.setenv("CASELEDGER_BUS_PARTITIONS", "2")
    monkeypatch.setenv("CI", "1")
    return tmp_path / "data"


@pytest.fixture
def suite(environment: Path) -> Iterator[Suite]:
    environment.mkdir()
    with world(environment, {}) as suite:
        record(suite, 0, SESSIONS)
        suite.background.drain()
        yield suite
