"""The check names each kind of difference, on both databases, and nothing else."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, text, update

from services.case.tables import session_unit
from services.reporting import tables
from services.suite import Suite
from shared.bus.embedded import partition_of
from shared.bus.envelope import encode
from shared.bus.port import Message, events_topic
from shared.eventstore import RawEvent
from shared.rebuild import verify
from tests.integration.rebuild.conftest import SESSIONS
from tests.integration.rebuild.world import record

EVENTS = SESSIONS + SESSIONS // 3
WITHOUT = "DELETE FROM message WHERE instr(value, CAST(? AS BLOB))"
ARRIVAL, SEGMENT = tables.bus.arrival, tables.ledger.segment


def told(suite: Suite) -> list[str]:
    return [str(one) for one in verify(list(suite.services.values()), suite.bus)]


def stored(suite: Suite, position: int) -> RawEvent:
    case = suite.services["case"]
    with case.database.read() as connection:
        return case.store.read_raw(connection, position - 1, 1)[0]


def publish(suite: Suite, event: RawEvent) -> None:
    suite.bus.publish(events_topic("case"), [Message(event.stream_id, encode("case", event))])


def in_log(directory: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(directory / "bus.db", timeout=30)) as log, log:
        log.execute(sql, values)


def in_reporting(suite: Suite, change: Callable[[Connection], object]) -> None:
    with suite.services["reporting"].database.write() as connection:
        change(connection)


def test_what_is_whole_is_clean_while_some_is_on_its_way(suite: Suite) -> None:
    assert told(suite) == []
    record(suite, SESSIONS, 20)
    assert told(suite) == []
    suite.background.drain()
    assert told(suite) == []


def test_an_event_missing_in_the_topic_is_named_and_keeps_tables_from_being_compared(
    suite: Suite, tmp_path: Path
) -> None:
    in_log(tmp_path, WITHOUT, stored(suite, 7).event_id.encode())
    found = told(suite)
    assert found[0] == "case, topic: position 7 is missing"
    lacking = "read tables: The log lacks 1 of the events of case that arrived here (case 7), so that nothing"
    assert [one[: one.index(lacking)] for one in found[1:]] == ["groups, ", "outreach, ", "reporting, "]


def test_the_end_of_the_topic_missing_is_named_too(suite: Suite, tmp_path: Path) -> None:
    last = stored(suite, EVENTS)
    in_log(tmp_path, WITHOUT, last.event_id.encode())
    in_log(
        tmp_path,
        "UPDATE partition SET next_offset = next_offset - 1 WHERE number = ?"
        " AND topic_id = (SELECT topic_id FROM topic WHERE name = ?)",
        partition_of(last.stream_id, 2),
        events_topic("case"),
    )
    assert f"case, topic: position {EVENTS} is missing" in told(suite)


def test_other_content_another_event_a_foreign_and_an_unknown_one_in_the_topic_are_named(suite: Suite) -> None:
    one, other = stored(suite, 8), stored(suite, 9)
    publish(suite, replace(one, data=one.data.replace(b"family_member", b"drug_user")))
    publish(suite, replace(other, event_id="event-x"))
    publish(suite, replace(one, position=100_000, event_id="event-y"))
    suite.bus.publish(events_topic("case"), [Message("z", b"no event"), Message("z", encode("groups", one))])
    found = [each.removeprefix("case, topic: ") for each in told(suite)]
    # What follows from it, in whatever has taken it in, is nothing: none of it was.
    assert len(found) == 5
    assert f"position 8 has other content, event {one.event_id}" in found
    assert f"position 9 has another event, event-x instead of {other.event_id}" in found
    assert "position 100000 is unknown to the service's own store, event event-y" in found
    assert sum(each.endswith("cannot be read") for each in found) == 1
    assert sum(each.endswith("holds an event of groups") for each in found) == 1


def test_arrivals_that_are_missing_extra_or_different_are_named(suite: Suite) -> None:
    of_case = ARRIVAL.c.service == "case"
    invented = {"service": "case", "position": EVENTS + 1, "event_id": "event-x", "digest": b"", "recorded_at": 0}

    def change(connection: Connection) -> None:
        connection.execute(delete(ARRIVAL).where(of_case, ARRIVAL.c.position == 10))
        connection.execute(update(ARRIVAL).where(of_case, ARRIVAL.c.position == 11).values(digest=b"other"))
        connection.execute(update(ARRIVAL).where(of_case, ARRIVAL.c.position == 12).values(event_id="event-z"))
        connection.execute(insert(ARRIVAL), [invented])

    in_reporting(suite, change)
    where = "case, arrivals in reporting: position"
    ids = {position: stored(suite, position).event_id for position in (10, 11, 12)}
    assert told(suite) == [
        f"{where} 10 is missing, event {ids[10]}",
        f"{where} 11 has other content, event {ids[11]}",
        f"{where} 12 has another event, event-z instead of {ids[12]}",
        f"{where} {EVENTS + 1} is unknown to the service's own store, event event-x",
    ]


def test_arrivals_of_every_reader_are_looked_at(suite: Suite) -> None:
    for name in ("groups", "outreach"):
        with suite.services[name].database.write() as connection:
            connection.execute(delete(ARRIVAL).where(ARRIVAL.c.service == "case", ARRIVAL.c.position == 5))
    event_id = stored(suite, 5).event_id
    assert told(suite) == [
        f"case, arrivals in {name}: position 5 is missing, event {event_id}" for name in ("groups", "outreach")
    ]


def test_an_event_missing_in_its_store_is_named_everywhere(suite: Suite) -> None:
    lost = stored(suite, 20)
    with suite.services["case"].database.write() as connection:
        connection.execute(text("DELETE FROM event WHERE position = 20"))
    found = told(suite)
    assert "case, store: position 20 is missing" in found
    unknown = f"position 20 is unknown to the service's own store, event {lost.event_id}"
    readers = [f"case, arrivals in {name}: {unknown}" for name in ("groups", "outreach", "reporting")]
    assert {*readers, f"case, topic: {unknown}"} <= set(found)


def test_rows_that_are_changed_extra_or_missing_are_named(suite: Suite) -> None:
    def change(connection: Connection) -> None:
        connection.execute(update(SEGMENT).where(SEGMENT.c.unit_id == "session-000007").values(minutes=1, tags="x"))
        of_entry = tables.ledger.entry.c.entry_id == "session-000008"
        row = connection.execute(select(tables.ledger.entry).where(of_entry)).mappings().one()
        connection.execute(delete(tables.ledger.entry).where(of_entry))
        connection.execute(insert(tables.ledger.entry), [{**row, "entry_id": "session-x"}])

    in_reporting(suite, change)
    with suite.services["case"].database.write() as connection:
        of_unit = session_unit.c.unit_id == "session-000009"
        connection.execute(update(session_unit).where(of_unit).values(status="no_show"))
    assert told(suite) == [
        "case, read tables: session_unit session-000009 differs in status",
        "reporting, read tables: entry session-x, 1 is not what any event says",
        "reporting, read tables: entry session-000008, 1 is missing",
        "reporting, read tables: segment agency-one, contract-1, session-000007, 1 differs in minutes, tags",
    ]


def test_a_fork_is_named(suite: Suite) -> None:
    row = {"service": "case", "position": 3, "event_id": "event-a", "other_event_id": "event-b"}
    in_reporting(suite, lambda connection: connection.execute(insert(tables.bus.fork), [row]))
    (found,) = told(suite)
    assert found.startswith("reporting, arrivals: case has two events at position 3: event-a")
