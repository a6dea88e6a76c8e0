"""What the database cannot do is told as what it is: busy, full, away; a fault of ours stays one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from deploy.kafka.node import free_port
from shared.database import Database, clear_errors
from shared.errors import Unavailable


@pytest.mark.parametrize("way", ["read", "ask", "write"])
def test_a_server_that_is_not_there_is_away(way: str) -> None:
    database = Database(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing")
    with pytest.raises(Unavailable) as refused, getattr(database, way)():
        pass
    assert refused.value.code == "database_away"
    database.dispose()


def test_another_process_that_writes_too_long_makes_it_busy(tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(tmp_path / "one.db", isolation_level=None)) as first,
        closing(sqlite3.connect(tmp_path / "one.db", isolation_level=None, timeout=0)) as second,
    ):
        first.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable) as refused, clear_errors():
            second.execute("BEGIN IMMEDIATE")
    assert refused.value.code == "busy"


def test_a_wrong_statement_is_a_fault_of_ours(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'one.db'}")
    with pytest.raises(DBAPIError), database.write() as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))
    database.dispose()
