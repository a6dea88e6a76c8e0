"""Any history of commands, kept, refused, repeated or rolled back, leaves an unbroken record."""

import tempfile
from collections import Counter
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import StaleVersion
from shared.eventstore import EventStore, RawEvent, Work
from shared.testing import books
from shared.testing.books import MarkMade, meta
from shared.testing.clock import FixedClock

STEP = st.fixed_dictionaries(
    {
        "key": st.integers(0, 12),
        "streams": st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True),
        "marks": st.integers(1, 3),
        "stale_by": st.sampled_from([0, 0, 0, 1, -1]),
        "fate": st.sampled_from(["kept", "kept", "kept", "abandoned", "dry run"]),
        "clock": st.integers(-90_000_000, 90_000_000),
    }
)


class Abandoned(Exception):
    """The caller's transaction ends badly after the append."""


def run(store: EventStore, step: dict[str, object]) -> int:
    """Run one step; return how many events it adds to the record."""
    command = meta(f"key-{step['key']}")

    def body(work: Work) -> None:
        for number in step["streams"]:  # type: ignore[attr-defined]
            version = work.fold(f"book-{number}", 0, books.total)[1]
            marks = [MarkMade(number=1)] * int(str(step["marks"]))
            work.append(f"book-{number}", marks, version + int(str(step["stale_by"])))

    try:
        if step["fate"] == "dry run":
            assert store.run(command, body, dry_run=True).position is None
            return 0
        with store.database.write() as connection:
            outcome = store.run_within(connection, command, body)
            if step["fate"] == "abandoned":
                raise Abandoned
    except (StaleVersion, Abandoned):
        return 0
    return 0 if outcome.replayed else len(outcome.events)


def record_of(store: EventStore) -> list[RawEvent]:
    with store.database.read() as connection:
        return store.read_raw(connection, 0, 10_000)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEP, max_size=20))
def test_positions_and_versions_have_no_gap_and_recorded_times_rise(steps: list[dict[str, object]]) -> None:
    clock = FixedClock()
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/books.db"
        books.create_tables(url)
        store = books.make_store(url, clock)
        kept = 0
        for step in steps:
            clock.move(timedelta(microseconds=int(str(step["clock"]))))
            kept += run(store, step)
        record = record_of(store)
        with store.database.read() as connection:
            projected = books.projected(connection)
        store.database.dispose()
    assert [event.position for event in record] == list(range(1, kept + 1))
    assert all(earlier.recorded_at < later.recorded_at for earlier, later in pairwise(record))
    for stream_id, count in Counter(event.stream_id for event in record).items():
        versions = [event.version for event in record if event.stream_id == stream_id]
        assert versions == list(range(1, count + 1))
    assert sorted((row[0], row[1]) for row in projected) == sorted((event.stream_id, event.version) for event in record)
