"""What every database under the event store must do; a test class for each inherits these tests and gives `url`.

Ordering and concurrency are in `store_order_suite.py`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import KeyReused, NotFound, RuleBroken, StaleVersion, Unavailable
from shared.eventstore import CommandMeta, EventStore, Outcome, Work
from shared.privacy.vault import Vault
from shared.testing import books
from shared.testing.books import BookClosed, MarkMade, add_mark, meta
from shared.testing.clock import FixedClock


def close_book(work: Work) -> None:
    state, version = work.fold("book-1", 0, books.total)
    work.append("book-1", [BookClosed(reason=f"full at {state}")], version)


def two_books(work: Work) -> None:
    work.append("book-1", [MarkMade(number=1), MarkMade(number=2)], 0)
    work.append("book-2", [MarkMade(number=3)], 0)


class StoreSuite:
    """The behaviour of one store in one process."""

    @pytest.fixture
    def clock(self) -> FixedClock:
        return FixedClock()

    @pytest.fixture
    def store(self, url: str, clock: FixedClock) -> Iterator[EventStore]:
        books.create_tables(url)
        store = books.make_store(url, clock)
        yield store
        store.database.dispose()

    def test_what_was_appended_is_loaded_with_its_envelope(self, store: EventStore, clock: FixedClock) -> None:
        happened = datetime(2020, 5, 31, 15, 59, 59, 999999, tzinfo=UTC)
        asked = CommandMeta("agency-1", "account-9", "key-1", b"hash", "request-1", "cause-1", "trace-1")
        store.run(asked, lambda work: work.append("book-1", [MarkMade(number=7, remark="私隱")], 0, happened))
        with store.database.read() as connection:
            (found,) = store.load(connection, "book-1")
        assert found.event == MarkMade(number=7, remark="私隱")
        assert (found.position, found.stream_id, found.version) == (1, "book-1", 1)
        assert (found.type, found.schema_version, found.command_key) == ("MarkMade", 1, "key-1")
        assert (found.occurred_at, found.recorded_at) == (happened, clock.moment)
        assert (found.agency_id, found.actor) == ("agency-1", "account-9")
        assert (found.correlation_id, found.causation_id, found.traceparent) == ("request-1", "cause-1", "trace-1")
        assert not found.erased

    def test_an_absent_stream_loads_empty_and_folds_to_version_zero(self, store: EventStore) -> None:
        seen: list[tuple[int, int]] = []
        outcome = store.run(meta("1"), lambda work: seen.append(work.fold("book-1", 40, books.total)))
        assert seen == [(40, 0)]
        assert outcome == Outcome("book-1", 0, (), replayed=False, position=None)

    def test_fold_gives_the_state_and_the_version_with_this_commands_own_appends(self, store: EventStore) -> None:
        add_mark(store, "1", "book-1", 5)
        seen: list[tuple[int, int]] = []

        def body(work: Work) -> None:
            seen.append(work.fold("book-1", 0, books.total))
            work.append("book-1", [MarkMade(number=10)], 1)
            seen.append(work.fold("book-1", 0, books.total))
            work.append("book-1", [MarkMade(number=100)], 2)

        outcome = store.run(meta("2"), body)
        assert seen == [(5, 1), (15, 2)]
        assert (outcome.version, outcome.position) == (3, 3)

    def test_several_streams_are_appended_in_one_transaction(self, store: EventStore) -> None:
        outcome = store.run(meta("1"), two_books)
        assert (outcome.stream_id, outcome.version, outcome.position) == ("book-1", 2, 3)
        with store.database.read() as connection:
            places = [(item.position, item.stream_id, item.version) for item in store.read_all(connection, 0, 10)]
        assert places == [(1, "book-1", 1), (2, "book-1", 2), (3, "book-2", 1)]

    def test_one_stale_stream_of_several_saves_none_of_them(self, store: EventStore) -> None:
        add_mark(store, "1", "book-2", 3)
        with pytest.raises(StaleVersion):
            store.run(meta("2"), two_books)
        with store.database.read() as connection:
            assert store.head(connection)[0] == 1
            assert books.projected(connection) == [("book-2", 1, 3, None)]

    @pytest.mark.parametrize("expected", [0, 1, 3])
    def test_an_expected_version_that_is_not_the_streams_is_stale(self, store: EventStore, expected: int) -> None:
        add_mark(store, "1", "book-1", 1)
        add_mark(store, "2", "book-1", 2)
        with pytest.raises(StaleVersion):
            add_mark(store, "3", "book-1", 3, expected=expected)
        assert add_mark(store, "4", "book-1", 3, expected=2) == 3

    def test_a_version_of_a_stream_that_does_not_exist_is_stale(self, store: EventStore) -> None:
        with pytest.raises(StaleVersion):
            add_mark(store, "1", "book-1", 3, expected=1)

    def test_a_dry_run_says_what_would_happen_and_saves_nothing(self, store: EventStore) -> None:
        outcome = store.run(meta("1"), two_books, dry_run=True)
        assert [item.event for item in outcome.events] == [MarkMade(number=number) for number in (1, 2, 3)]
        assert (outcome.version, outcome.position, outcome.replayed) == (2, None, False)
        with store.database.read() as connection:
            assert store.head(connection) == (0, None)
            assert books.projected(connection) == []
        assert not store.run(meta("1"), two_books).replayed

    def test_a_body_that_raises_saves_nothing(self, store: EventStore) -> None:
        def body(work: Work) -> None:
            two_books(work)
            raise RuleBroken("full", "The book is full.")

        with pytest.raises(RuleBroken):
            store.run(meta("1"), body)
        with store.database.read() as connection:
            assert store.head(connection) == (0, None)

    @pytest.mark.parametrize("twin", ["stores again", "finds nothing to do", "is refused", "reads what has moved"])
    def test_the_same_command_again_answers_the_same_and_stores_nothing(self, store: EventStore, twin: str) -> None:
        first = store.run(meta("1"), two_books)
        add_mark(store, "2", "book-1", 9)

        def refuse(_work: Work) -> None:
            raise RuleBroken("full", "The book is full.")

        bodies = {
            "stores again": two_books,
            "finds nothing to do": lambda _work: None,
            "is refused": refuse,
            "reads what has moved": lambda work: work.append("book-1", [MarkMade(number=3)], len(work.load("book-1"))),
        }
        again = store.run(meta("1"), bodies[twin])
        assert again == Outcome(first.stream_id, first.version, first.events, replayed=True, position=first.position)
        with store.database.read() as connection:
            assert store.head(connection)[0] == 4

    def test_closed_appends_refuse_everything_until_they_are_opened(self, store: EventStore) -> None:
        store.run(meta("1"), two_books)
        store.close_appends("restored")
        for refused in ("book-1", "book-9"):
            with pytest.raises(Unavailable) as told:
                add_mark(store, refused, refused, 4)
            assert told.value.code == "appends_closed"
        with store.database.read() as connection:
            assert store.head(connection)[0] == 3
            assert len(books.projected(connection)) == 3
        assert store.run(meta("1"), two_books).replayed
        store.open_appends()
        add_mark(store, "2", "book-1", 9)

    def test_a_command_is_known_again_after_years(self, store: EventStore, clock: FixedClock) -> None:
        store.run(meta("1"), two_books)
        clock.move(timedelta(days=1500))
        assert store.run(meta("1"), two_books).replayed

    def test_the_same_key_with_another_request_is_refused(self, store: EventStore) -> None:
        store.run(meta("1"), two_books)
        with pytest.raises(KeyReused):
            store.run(meta("1", body=b"another"), two_books)

    def test_another_agencys_stream_is_not_found(self, store: EventStore) -> None:
        add_mark(store, "1", "book-1", 1)
        foreign = meta("2", agency="agency-2")
        with pytest.raises(NotFound):
            store.run(foreign, close_book)
        with pytest.raises(NotFound):
            store.run(foreign, lambda work: work.append("book-1", [MarkMade(number=2)], 1))
        with store.database.read() as connection, pytest.raises(NotFound):
            store.load(connection, "book-1", "agency-2")

    def test_a_sealed_field_is_stored_encrypted_and_never_among_the_public_data(self, store: EventStore) -> None:
        store.run(meta("1"), lambda work: work.append("book-1", [MarkMade(number=1, remark="secret words")], 0))
        with store.database.read() as connection:
            (raw,) = store.read_raw(connection, 0, 10)
            sealed: bytes = connection.exec_driver_sql("SELECT sealed FROM event").scalar_one()
        assert raw.data == b'{"number":1,"owner":"owner-1"}'
        assert b"secret" not in sealed

    def test_a_destroyed_subject_reads_as_erased_and_takes_nothing_more(self, store: EventStore) -> None:
        remark = MarkMade(number=1, remark="secret")
        store.run(meta("1"), lambda work: work.append("book-1", [remark, MarkMade(number=2)], 0))
        with store.database.write() as connection:
            Vault(books.MASTER_KEYS, FixedClock()).destroy(connection, "owner-1")
        with store.database.read() as connection:
            erased, plain = store.load(connection, "book-1")
        assert (erased.event, erased.erased) == (MarkMade(number=1), True)
        assert (plain.event, plain.erased) == (MarkMade(number=2), False)
        for dry_run in (False, True):
            with pytest.raises(RuleBroken) as refused:
                store.run(meta("2"), lambda work: work.append("book-1", [remark], 2), dry_run=dry_run)
            assert refused.value.code == "person_erased"
        assert add_mark(store, "3", "book-1", 3) == 3

    def test_a_repeated_command_answers_after_the_erasure_too(self, store: EventStore) -> None:
        mark = MarkMade(number=1, remark="secret")
        store.run(meta("1"), lambda work: work.append("book-1", [mark], 0))
        with store.database.write() as connection:
            Vault(books.MASTER_KEYS, FixedClock()).destroy(connection, "owner-1")
        again = store.run(meta("1"), lambda work: work.append("book-1", [mark], 0))
        assert (again.replayed, again.events[0].event) == (True, MarkMade(number=1))

    def test_the_projection_is_written_with_the_events_and_again_by_a_rebuild(self, store: EventStore) -> None:
        store.run(meta("1"), two_books)
        store.run(meta("2"), lambda work: work.append("book-2", [MarkMade(number=4, remark="kept")], 1))
        with store.database.read() as connection:
            before = books.projected(connection)
        with store.database.write() as connection:
            books.empty_projection(connection)
            assert store.reproject(connection) == 4
            assert books.projected(connection) == before
        assert before[-1] == ("book-2", 2, 4, "kept")

    def test_a_consumer_appends_in_its_own_transaction_once(self, store: EventStore) -> None:
        for _ in range(2):
            with store.database.write() as connection:
                outcome = store.run_within(connection, meta("arrival-1"), two_books)
                store.run_within(connection, meta("arrival-2"), close_book)
        assert (outcome.replayed, outcome.position) == (True, 3)
        with store.database.read() as connection:
            assert store.head(connection)[0] == 4
