"""What happens on PostgreSQL when another command commits while a body runs; on SQLite writers are alone."""

from collections.abc import Callable, Iterator

import pytest

from shared.errors import RuleBroken, StaleVersion
from shared.eventstore import CommandMeta, EventStore, Outcome, Work
from shared.testing import books
from shared.testing.books import BookClosed, MarkMade, add_mark, meta
from shared.testing.clock import FixedClock

pytestmark = pytest.mark.postgres

Body = Callable[[Work], None]


@pytest.fixture
def store(postgres_database: str) -> Iterator[EventStore]:
    books.create_tables(postgres_database)
    store = books.make_store(postgres_database, FixedClock())
    yield store
    store.database.dispose()


def with_another_first(body: Body, other: Callable[[], object]) -> Body:
    """The same body, but another command commits after it has decided, the first time it runs."""
    ran: list[bool] = []

    def interrupted(work: Work) -> None:
        body(work)
        if not ran:
            ran.append(True)
            other()

    return interrupted


def mark_open_book(work: Work) -> None:
    """Append to book-2 as long as book-1 is open: a rule about a stream that is only read."""
    if any(isinstance(recorded.event, BookClosed) for recorded in work.load("book-1")):
        raise RuleBroken("closed", "The book is closed.")
    work.append("book-2", [MarkMade(number=1)], work.fold("book-2", 0, books.total)[1])


def close(store: EventStore) -> Outcome:
    return store.run(meta("close"), lambda work: work.append("book-1", [BookClosed(reason="full")], 1))


def test_a_decision_is_made_again_when_a_stream_it_only_read_has_moved(store: EventStore) -> None:
    add_mark(store, "1", "book-1", 1)
    with pytest.raises(RuleBroken):
        store.run(meta("2"), with_another_first(mark_open_book, lambda: close(store)))


def test_a_body_that_took_the_version_it_found_comes_second_and_is_kept(store: EventStore) -> None:
    def append(work: Work) -> None:
        work.append("book-1", [MarkMade(number=10)], work.fold("book-1", 0, books.total)[1])

    outcome = store.run(meta("1"), with_another_first(append, lambda: add_mark(store, "2", "book-1", 1)))
    assert (outcome.version, outcome.position) == (2, 2)


def test_a_version_that_the_caller_stated_loses_the_race(store: EventStore) -> None:
    add_mark(store, "1", "book-1", 1)

    def append(work: Work) -> None:
        work.append("book-1", [MarkMade(number=10)], 1)

    with pytest.raises(StaleVersion):
        store.run(meta("2"), with_another_first(append, lambda: add_mark(store, "3", "book-1", 1)))


@pytest.mark.parametrize("refused", [False, True])
def test_a_twin_that_commits_meanwhile_gives_its_answer(store: EventStore, refused: bool) -> None:
    def append(work: Work) -> None:
        work.append("book-1", [MarkMade(number=10)], 0)

    def refuse_second(work: Work) -> None:
        append(work)
        twin = store.run(same, append)
        assert not twin.replayed
        raise RuleBroken("closed", "The book is closed.")

    same: CommandMeta = meta("same")
    body = refuse_second if refused else with_another_first(append, lambda: store.run(same, append))
    outcome = store.run(same, body)
    assert (outcome.replayed, outcome.version, outcome.position) == (True, 1, 1)


def test_a_reader_sees_one_state_from_its_first_statement_to_its_last(store: EventStore) -> None:
    add_mark(store, "1", "book-1", 1)
    with store.database.read() as connection:
        assert store.head(connection)[0] == 1
        add_mark(store, "2", "book-1", 2)
        assert store.head(connection)[0] == 1
        assert len(books.projected(connection)) == 1


def test_a_connection_that_the_server_closed_is_replaced_unnoticed(store: EventStore) -> None:
    add_mark(store, "1", "book-1", 1)
    with store.database.engine.connect() as one, store.database.engine.connect() as other:
        victim = one.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        one.rollback()
        one.close()
        other.exec_driver_sql(f"SELECT pg_terminate_backend({victim}, 5000)")
    assert add_mark(store, "2", "book-1", 2) == 2
