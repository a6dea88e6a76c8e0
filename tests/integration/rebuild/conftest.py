"""The two kinds of database, and a suite with some sessions on either."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.suite import Suite
from shared.testing.postgres import fresh_database
from tests.integration.rebuild.world import record, world

SESSIONS = 120


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def urls(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The databases of case and reporting."""
    if request.param == "sqlite":
        yield {}
        return
    server = request.getfixturevalue("postgres_url")
    with ExitStack() as stack:
        yield {name: stack.enter_context(fresh_database(server)) for name in ("case", "reporting")}


@pytest.fixture
def suite(tmp_path: Path, urls: dict[str, str]) -> Iterator[Suite]:
    """Some sessions, published and taken in; nothing moves by itself."""
    with world(tmp_path, urls) as suite:
        record(suite, 0, SESSIONS)
        suite.background.drain()
        yield suite
