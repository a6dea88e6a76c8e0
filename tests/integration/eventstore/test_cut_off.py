"""A writer that freezes while it holds the append lock is cut off; woken, it is told, and has saved nothing."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
from sqlalchemy import text

from shared.eventstore import EventStore
from shared.testing import books
from shared.testing.books import add_mark
from shared.testing.clock import FixedClock
from shared.testing.listening import PATIENCE

pytestmark = pytest.mark.postgres

# Between the append and its commit: other work of the same transaction may lie there.
WRITER = """
import json, os, signal, sys
from shared.clock import SystemClock
from shared.database import Database
from shared.errors import CaseledgerError
from shared.testing import books

store = books.make_store(sys.argv[1], SystemClock())
store.database = Database(sys.argv[1], idle_seconds=1)

def body(work):
    work.append("book-2", [books.MarkMade(number=2)], work.fold("book-2", 0, books.total)[1])

try:
    with store.database.write() as connection:
        store.run_within(connection, books.meta("frozen"), body)
        os.kill(os.getpid(), signal.SIGSTOP)
except CaseledgerError as error:
    print(json.dumps({"told": error.code, "status": error.status}))
print(json.dumps({"position": store.run(books.meta("frozen"), body).position}))
"""


@pytest.fixture
def store(postgres_database: str) -> Iterator[EventStore]:
    books.create_tables(postgres_database)
    store = books.make_store(postgres_database, FixedClock())
    yield store
    store.database.dispose()


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def locks_held(store: EventStore) -> int:
    with store.database.read() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")))


def test_others_append_and_the_frozen_one_saves_once_when_it_tries_again(
    store: EventStore, postgres_database: str
) -> None:
    add_mark(store, "first", "book-1", 1)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, postgres_database], stdout=subprocess.PIPE, text=True)
    try:
        eventually(lambda: psutil.Process(writer.pid).status() == psutil.STATUS_STOPPED)
        assert locks_held(store) == 1
        assert add_mark(store, "second", "book-1", 3) == 2
        writer.send_signal(signal.SIGCONT)
        said = [json.loads(line) for line in writer.communicate(timeout=PATIENCE)[0].splitlines()]
    finally:
        writer.kill()
        writer.wait()
    assert said == [{"told": "busy", "status": 503}, {"position": 3}]
    with store.database.read() as connection:
        stored = [(event.position, event.stream_id) for event in store.read_all(connection, 0, 10)]
    assert stored == [(1, "book-1"), (2, "book-1"), (3, "book-2")]
