"""The embedded bus behaves as every bus does, and intakes on PostgreSQL as those on SQLite."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.bus.embedded import EmbeddedBus
from shared.database import Database
from shared.testing.bus_suite import BusBehaviour, Intakes, Log


@pytest.fixture
def log(tmp_path: Path) -> Log:
    path = tmp_path / "bus.db"

    def delete_topic(name: str) -> None:
        with closing(EmbeddedBus(path)) as bus:
            bus.delete_topic(name)

    return Log(open=lambda: EmbeddedBus(path), delete_topic=delete_topic)


class TestEmbeddedBus(BusBehaviour):
    """Every behaviour of the suite."""


@pytest.mark.postgres
class TestIntakesOnPostgres(Intakes):
    @pytest.fixture
    def database(self, postgres_database: str) -> Iterator[Database]:
        database = Database(postgres_database)
        yield database
        database.dispose()
