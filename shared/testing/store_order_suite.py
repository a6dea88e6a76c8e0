"""What many writers at once must find on every database: order without gaps, one winner, one event per command."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import pairwise
from multiprocessing.synchronize import Barrier as ProcessBarrier
from threading import Barrier, Event
from typing import TypeVar

import pytest

from shared.clock import SystemClock
from shared.errors import StaleVersion
from shared.eventstore import EventStore, Outcome, RawEvent, Work
from shared.testing import books
from shared.testing.books import MarkMade, add_mark, meta
from shared.testing.clock import FixedClock

T = TypeVar("T")
WRITERS = 6
MARKS_EACH = 12
# How long writers that must not get through are given every chance to.
CHANCE_SECONDS = 0.4


class Abandoned(Exception):
    """A transaction that a test rolls back."""


class StoreOrderSuite:
    """The behaviour of a store under many threads and processes."""

    @pytest.fixture
    def store(self, url: str) -> Iterator[EventStore]:
        books.create_tables(url)
        store = books.make_store(url, SystemClock())
        yield store
        store.database.dispose()

    @pytest.mark.parametrize("commits", [True, False])
    def test_nobody_gets_past_an_append_that_is_held_open(self, store: EventStore, commits: bool) -> None:
        with ThreadPoolExecutor(WRITERS) as pool:
            with held_open(store, commits=commits):
                writers = [pool.submit(add_mark, store, f"{n}", f"book-{n}", n) for n in range(WRITERS - 1)]
                finished, _ = wait(writers, CHANCE_SECONDS)
                assert not finished
                assert head_of(store) == 0
            positions = sorted(writer.result() for writer in writers)
        first = 2 if commits else 1
        assert positions == list(range(first, first + len(writers)))
        assert_in_order(everything(store))

    def test_a_follower_by_position_misses_nothing_while_some_roll_back(self, store: EventStore) -> None:
        done = Event()
        with ThreadPoolExecutor(WRITERS + 1) as pool:
            follower = pool.submit(follow, store, done)
            writers = [pool.submit(write_some, store.database.url, writer) for writer in range(WRITERS)]
            kept = sum(writer.result() for writer in writers)
            done.set()
            followed = follower.result()
        assert [event.position for event in followed] == list(range(1, kept + 1))
        assert_in_order(followed)
        assert followed == everything(store)

    def test_a_clock_that_runs_back_moves_no_recorded_time_back(self, url: str, store: EventStore) -> None:
        clock = FixedClock()
        behind = books.make_store(url, clock)
        add_mark(behind, "1", "book-1", 1)
        clock.move(-timedelta(days=400))
        behind.run(meta("2"), lambda work: work.append("book-2", [MarkMade(number=n) for n in range(3)], 0))
        behind.database.dispose()
        recorded = everything(store)
        assert_in_order(recorded)
        assert recorded[-1].recorded_at - recorded[0].recorded_at == timedelta(microseconds=3)

    @pytest.mark.parametrize("stated", [0, 1])
    def test_of_many_threads_on_one_version_exactly_one_wins(self, store: EventStore, stated: int) -> None:
        if stated:
            add_mark(store, "first", "book-1", 0)
        start = Barrier(WRITERS)
        results = at_once(WRITERS, lambda writer: contend(store, start, f"{writer}", stated))
        assert sorted(results) == ["stale"] * (WRITERS - 1) + ["won"]
        assert head_of(store) == stated + 1

    def test_of_several_processes_on_one_version_exactly_one_wins(self, store: EventStore) -> None:
        rounds = 10
        context = multiprocessing.get_context("spawn")
        start = context.Barrier(3)
        with ProcessPoolExecutor(3, context, _begin_process, (store.database.url, start)) as pool:
            results = list(pool.map(_contend_in_process, range(3), [rounds] * 3))
        for outcomes in zip(*results, strict=True):
            assert sorted(outcomes) == ["stale", "stale", "won"]
        recorded = everything(store)
        assert [event.version for event in recorded] == list(range(1, rounds + 1))
        assert_in_order(recorded)

    def test_twins_of_one_command_make_one_event_and_get_one_answer(self, store: EventStore) -> None:
        start = Barrier(WRITERS)
        marks = [MarkMade(number=1), MarkMade(number=2)]

        def twin(_: int) -> Outcome:
            start.wait()
            return store.run(
                meta("twin"), lambda work: work.append("book-1", marks, work.fold("book-1", 0, books.total)[1])
            )

        answers = at_once(WRITERS, twin)
        assert sorted(answer.replayed for answer in answers) == [False] + [True] * (WRITERS - 1)
        assert {(answer.stream_id, answer.version, answer.events, answer.position) for answer in answers} == {
            ("book-1", 2, answers[0].events, 2)
        }
        assert head_of(store) == 2


@contextmanager
def held_open(store: EventStore, *, commits: bool) -> Iterator[None]:
    """Append in another thread and end that transaction only with this block."""
    appended, release = Event(), Event()

    def hold() -> None:
        with store.database.write() as connection:
            store.run_within(connection, meta("held"), lambda work: work.append("held", [MarkMade(number=0)], 0))
            appended.set()
            release.wait()
            if not commits:
                raise Abandoned

    with ThreadPoolExecutor(1) as pool:
        holder: Future[None] = pool.submit(hold)
        appended.wait()
        try:
            yield
        finally:
            release.set()
    assert isinstance(holder.exception(), type(None) if commits else Abandoned)


def write_some(url: str, writer: int) -> int:
    """Append to a stream of one's own and roll every third transaction back; return how many events were kept."""
    store, kept = books.make_store(url, SystemClock()), 0
    for number in range(MARKS_EACH):
        marks = [MarkMade(number=number)] * (1 + number % 2)
        command = meta(f"{writer}-{number}")
        try:
            with store.database.write() as connection:
                store.run_within(connection, command, partial(append_to_own, writer=writer, marks=marks))
                if number % 3 == writer % 3:
                    raise Abandoned
        except Abandoned:
            continue
        kept += len(marks)
    store.database.dispose()
    return kept


def append_to_own(work: Work, writer: int, marks: list[MarkMade]) -> None:
    """Append to the writer's book at the version it has."""
    work.append(f"book-{writer}", marks, work.fold(f"book-{writer}", 0, books.total)[1])


def follow(store: EventStore, done: Event) -> list[RawEvent]:
    """Read on from the last position seen, as a relay does, until the writers are done and nothing more comes."""
    seen: list[RawEvent] = []
    while True:
        last_look = done.is_set()
        with store.database.read() as connection:
            batch = store.read_raw(connection, seen[-1].position if seen else 0, 5)
        seen += batch
        if last_look and not batch:
            return seen


def contend(store: EventStore, start: Barrier | ProcessBarrier, key: str, expected: int) -> str:
    """Try to write one version of one stream at the same moment as others."""
    start.wait()
    try:
        add_mark(store, key, "book-1", 1, expected)
    except StaleVersion:
        return "stale"
    return "won"


def at_once(count: int, call: Callable[[int], T]) -> list[T]:
    """Run the call in so many threads at once."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(call, range(count)))


def everything(store: EventStore) -> list[RawEvent]:
    """Return all events in order."""
    with store.database.read() as connection:
        return store.read_raw(connection, 0, 10_000)


def head_of(store: EventStore) -> int:
    """Return the last position."""
    with store.database.read() as connection:
        return store.head(connection)[0]


def assert_in_order(recorded: list[RawEvent]) -> None:
    """Assert that positions have no gap and that recorded times rise with them."""
    assert [event.position for event in recorded] == list(range(1, len(recorded) + 1))
    assert all(earlier.recorded_at < later.recorded_at for earlier, later in pairwise(recorded))


class _Process:
    """What a spawned process works with."""

    store: EventStore
    start: ProcessBarrier


def _begin_process(url: str, start: ProcessBarrier) -> None:
    _Process.store, _Process.start = books.make_store(url, SystemClock()), start


def _contend_in_process(process: int, rounds: int) -> list[str]:
    return [contend(_Process.store, _Process.start, f"{process}-{number}", number) for number in range(rounds)]
