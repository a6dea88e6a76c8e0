"""A rebuild while everything goes on, on both databases: nobody waits for it, and nobody sees half of it."""

import json
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import OperationalError

from services.case.tables import session_unit
from services.reporting import tables
from services.suite import Suite
from shared.bus.tables import bus_tables
from shared.errors import Unavailable
from shared.eventstore import event_tables
from shared.rebuild import rebuild
from shared.rebuild.made_again import made_again
from shared.service import Service
from tests.integration.rebuild.conftest import SESSIONS
from tests.integration.rebuild.world import record, world

ENTRY, SEGMENT = tables.ledger.entry, tables.ledger.segment
EVENTS = SESSIONS + SESSIONS // 3
PORTION = 300


def counted(service: Service) -> tuple[int, int]:
    """How many events have arrived and how many versions of entries the ledger has, as one picture shows them."""
    with service.database.read() as connection:
        return _size(connection, tables.bus.arrival), _size(connection, ENTRY)


def _size(connection: Connection, table: object) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def damage(service: Service) -> None:
    """Change some rows, lose some, invent one."""
    with service.database.write() as connection:
        connection.execute(update(SEGMENT).where(SEGMENT.c.contract_id == "contract-1").values(minutes=1))
        connection.execute(delete(ENTRY).where(ENTRY.c.version == 2))
        row = {"agency_id": "agency-one", "person_id": "person-x", "contract_id": "contract-1"}
        connection.execute(insert(tables.ledger.participation), row)


def until(condition: Callable[[], bool]) -> None:
    """Wait for what a thread will do."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


@contextmanager
def going_on(suite: Suite) -> Iterator[Callable[[], None]]:
    """Relays and intakes run, sessions are stored one after the other; call what is yielded to wait for more."""
    suite.background.start()
    stop, stored = threading.Event(), [SESSIONS]
    case, intake = suite.services["case"], suite.services["reporting"].intake

    def store() -> None:
        while not stop.is_set():
            record(suite, stored[0], 5)
            stored[0] += 5
            with case.database.read() as connection:
                head, _ = case.store.head(connection)
            # As fast as they are taken in: more would only keep the processor from the rebuild.
            intake.wait_for({case.name: head}, 1.0)

    thread = threading.Thread(target=store)
    thread.start()

    def wait_for_more() -> None:
        before, _ = counted(suite.services["reporting"])
        until(lambda: counted(suite.services["reporting"])[0] > before)

    try:
        yield wait_for_more
    finally:
        stop.set()
        thread.join()
        suite.background.wait_until_settled()


@pytest.mark.parametrize("name", ["reporting", "case"])
def test_the_intake_and_commands_go_on_while_tables_are_made_again(suite: Suite, name: str) -> None:
    arrived = []
    with going_on(suite) as wait_for_more:

        def progress(done: int, total: int) -> None:
            # Each portion waits until something has been stored, published and taken in since it began.
            if len(arrived) < 3:
                wait_for_more()
                arrived.append(counted(suite.services["reporting"]))

        rebuilt = rebuild(suite.services[name], suite.bus, progress=progress)
        assert rebuilt.differences == ()
    assert len({events for events, _ in arrived}) == len(arrived) > 1
    assert all(events == entries for events, entries in arrived)
    assert rebuild(suite.services[name], suite.bus).differences == ()


def test_new_tables_are_put_in_place_while_the_intake_and_commands_go_on(suite: Suite) -> None:
    reporting, case = suite.services["reporting"], suite.services["case"]
    with going_on(suite) as wait_for_more:
        for _ in range(2):
            damage(reporting)
            wait_for_more()
            rebuilt = rebuild(reporting, suite.bus, accept_difference=True)
            assert rebuilt.switched
            events, entries = counted(reporting)
            assert events == entries
            with case.database.write() as connection:
                wrong = update(session_unit).where(session_unit.c.unit_id < "session-000040").values(status="no_show")
                connection.execute(wrong)
            assert rebuild(case, suite.bus, accept_difference=True).switched
    for service in (reporting, case):
        assert rebuild(service, suite.bus).differences == ()


def test_who_has_begun_to_read_sees_the_old_tables_to_the_end(suite: Suite) -> None:
    reporting = suite.services["reporting"]
    damage(reporting)
    with reporting.database.read() as reader:
        before = _size(reader, ENTRY)
        assert rebuild(reporting, suite.bus, accept_difference=True).switched
        assert _size(reader, ENTRY) == before == SESSIONS
        minutes = select(func.min(SEGMENT.c.minutes))
        assert reader.execute(minutes).scalar_one() == 1
    assert counted(reporting) == (EVENTS, EVENTS)


def test_an_unexplained_difference_is_refused_and_named(suite: Suite) -> None:
    reporting = suite.services["reporting"]
    damage(reporting)
    refused = rebuild(reporting, suite.bus)
    assert not refused.switched
    assert counted(reporting) == (EVENTS, SESSIONS)
    told = {one.table: str(one) for one in refused.differences}
    assert told.keys() == {"entry", "segment", "participation"}
    assert "  entry session-000000, 2 is missing" in told["entry"].splitlines()
    assert "40 rows missing" in told["entry"]
    assert "and 20 more" in told["entry"]
    assert "  segment agency-one, contract-1, session-000001, 1 differs in minutes" in told["segment"].splitlines()
    assert "participation agency-one, person-x, contract-1 is not what any event says" in told["participation"]


def test_every_table_is_either_made_again_or_cannot_be(tmp_path: Path) -> None:
    metadata = MetaData()
    event_tables(metadata)
    bus_tables(metadata)
    facts = {*metadata.tables, "look", "number_sequence", "touched", "kept_report"}
    facts |= {"contract_draft", "import_job", "import_row", "import_mapping", "imported"}
    with world(tmp_path, {}) as suite:
        for service in suite.services.values():
            with service.database.read() as connection:
                there = set(inspect(connection).get_table_names()) - {"alembic_version"}
            assert there - facts == {table.name for table in service.read_tables.all()}, service.name


def test_code_that_writes_other_tables_than_it_says_fails(tmp_path: Path) -> None:
    with world(tmp_path, {}) as suite:
        record(suite, 0, 3)
        suite.background.drain()
        reporting = suite.services["reporting"]
        said = replace(reporting.read_tables, learnt=reporting.read_tables.learnt[:1])
        with pytest.raises(OperationalError, match="readonly"):
            rebuild(replace(reporting, read_tables=said), suite.bus)


def test_nothing_is_left_behind(suite: Suite, tmp_path: Path) -> None:
    rebuild(suite.services["reporting"], suite.bus)
    assert _left_over(suite.services["reporting"], tmp_path) is False


def test_two_rebuilds_of_one_service_at_a_time_are_refused(suite: Suite) -> None:
    with (
        made_again(suite.services["reporting"], suite.bus),
        pytest.raises(Unavailable, match="being made again already"),
    ):
        rebuild(suite.services["reporting"], suite.bus)


KILLED = """
import json, sys, time
from pathlib import Path
from shared.eventstore import event_tables
from shared.rebuild import rebuild
from tests.integration.rebuild.world import world
directory, urls = sys.argv[1:]
with world(Path(directory), json.loads(urls)) as suite:
    def progress(done, total):
        if done > 100:
            print("in the middle", flush=True)
            time.sleep(600)
    rebuild(suite.services["reporting"], suite.bus, progress=progress)
"""


def test_a_rebuild_killed_in_the_middle_leaves_the_old_tables_and_the_next_one_removes_its_own(
    tmp_path: Path, urls: dict[str, str]
) -> None:
    with world(tmp_path, urls) as suite:
        record(suite, 0, SESSIONS)
        suite.background.drain()
        reporting = suite.services["reporting"]
        command = [sys.executable, "-c", KILLED, str(tmp_path), json.dumps(urls)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
        assert process.stdout is not None
        assert process.stdout.readline() == b"in the middle\n"
        process.kill()
        process.communicate()
        assert _left_over(reporting, tmp_path)
        assert counted(reporting) == (EVENTS, EVENTS)
        record(suite, SESSIONS, 30)
        suite.background.drain()
        until(lambda: _is_free(suite))
        assert rebuild(reporting, suite.bus).differences == ()
        assert not _left_over(reporting, tmp_path)
        assert counted(reporting) == (EVENTS + 40, EVENTS + 40)


def _is_free(suite: Suite) -> bool:
    """PostgreSQL takes a moment to notice that a client was killed."""
    try:
        rebuild(suite.services["reporting"], suite.bus)
    except Unavailable:
        return False
    return True


def _left_over(service: Service, directory: Path) -> bool:
    if service.database.dialect == "sqlite":
        return (directory / "reporting.db.rebuild").exists()
    with service.database.read() as connection:
        schemas = connection.execute(text("SELECT count(*) FROM pg_namespace WHERE nspname = 'rebuild'"))
        return bool(schemas.scalar_one())


def test_memory_stays_flat_as_events_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("log.AT_ONCE", "made_again.AT_ONCE", "replay.OWN_AT_ONCE", "compare._AT_ONCE"):
        monkeypatch.setattr(f"shared.rebuild.{name}", PORTION)
    with world(tmp_path, {}) as suite:
        # Two portions already: while one is written the next one is read, and no more than those may be held.
        record(suite, 0, 2 * PORTION)
        suite.background.drain()
        few = _peak(suite)
        record(suite, 2 * PORTION, 3 * PORTION)
        suite.background.drain()
        assert _peak(suite) < few * 1.3


def _peak(suite: Suite) -> int:
    tracemalloc.start()
    try:
        assert rebuild(suite.services["reporting"], suite.bus).differences == ()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
