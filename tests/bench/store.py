"""Appends per second: our store against bare INSERTs of the same rows, and against the library `eventsourcing`."""

import multiprocessing
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.domain import event as mutator
from sqlalchemy import MetaData, select
from sqlalchemy.engine import make_url

from shared.clock import SystemClock
from shared.database import Database
from shared.eventstore import CommandMeta, EventRegistry, EventStore, Work, event_tables
from shared.eventstore.tables import EVENT
from shared.privacy.keys import MasterKeys
from shared.privacy.vault import Vault
from shared.serviceunit.events import EVENTS, ServiceUnitRecorded
from shared.serviceunit.unit import Participant, Segment, ServiceUnit
from shared.testing.postgres import fresh_database
from tests.bench.measure import Ratio, in_turns, seconds

ROUNDS = 5


SESSION = ServiceUnit(
    unit_id="session-0",
    kind="case_session",
    occurred_on=date(2020, 3, 4),
    starts_at=datetime(2020, 3, 4, 2, 30, tzinfo=UTC),
    minutes=60,
    team_id="team-1",
    entered_by="account-1",
    served_by=("account-1",),
    segments=(Segment(contract_id="kachi-2", minutes=60),),
    activity="follow_up",
    case_id=f"case-{uuid.uuid4()}",
    participants=tuple(Participant(person_id=f"person-{uuid.uuid4()}", role="family_member") for _ in range(2)),
)
"""An ordinary follow-up session of two people, as the demo has them."""


EVENT_TO_STORE = ServiceUnitRecorded(unit=SESSION, note_subject=SESSION.unit_id)
"""Each of the three stores the same content again and again, under an identity of its own every time."""


def make_store(url: str) -> EventStore:
    """A store with empty tables at `url`; nothing is projected, so that only the store is measured."""
    database = Database(url)
    metadata = MetaData()
    event_tables(metadata)
    metadata.create_all(database.engine)
    vault = Vault(MasterKeys({"bench": bytes(32)}), SystemClock())
    return EventStore(
        database, EventRegistry("bench", EVENTS), vault, SystemClock(), lambda _connection, _pending: None
    )


def append(store: EventStore, commands: int, events: int = 1) -> None:
    """`commands` commands of `events` events each, every one with its idempotency record."""
    for _ in range(commands):
        key = str(uuid.uuid4())
        meta = CommandMeta("agency-1", "account-1", f"account-1:{key}", key.encode(), f"request-{key}")
        ids = [f"session-{uuid.uuid4()}" for _ in range(events)]

        def body(work: Work, ids: list[str] = ids) -> None:
            for unit_id in ids:
                work.append(unit_id, [EVENT_TO_STORE], 0)

        store.run(meta, body)


def stored_rows(store: EventStore, count: int) -> list[tuple[Any, ...]]:
    with store.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(EVENT).limit(count))]


class BareSqlite:
    """What the database alone can do: the same columns, one INSERT and one commit per row, the same durability."""

    def __init__(self, path: Path, rows: list[tuple[Any, ...]]) -> None:
        self._rows, self._next = rows, 1
        self._connection = sqlite3.connect(path, isolation_level=None)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
            self._connection.execute(statement)
        Database(f"sqlite:///{path}").dispose()
        self._statement = _insert("?")

    def insert(self) -> None:
        for row in self._rows:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute(self._statement, _anew(row, self._next))
            self._connection.execute("COMMIT")
            self._next += 1


class BarePostgres:
    """The same on PostgreSQL, through the driver alone."""

    def __init__(self, url: str, rows: list[tuple[Any, ...]]) -> None:
        self._rows, self._next = rows, 1
        self._connection = psycopg.connect(plain_url(url))
        self._statement = _insert("%s")

    def insert(self) -> None:
        for row in self._rows:
            self._connection.execute(self._statement, _anew(row, self._next))
            self._connection.commit()
            self._next += 1


def _insert(mark: str) -> str:
    names = ", ".join(column.name for column in EVENT.columns)
    return f"INSERT INTO event ({names}) VALUES ({', '.join([mark] * len(EVENT.columns))})"


def _anew(row: tuple[Any, ...], position: int) -> tuple[Any, ...]:
    """The same row under another identity, so that the unique constraints hold."""
    fresh = str(uuid.uuid4())
    names = {"position": position, "stream_id": f"session-{fresh}", "event_id": fresh, "command_key": fresh}
    return tuple(names.get(column.name, value) for column, value in zip(EVENT.columns, row, strict=True))


def plain_url(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class Session(Aggregate):
    """The comparison's aggregate: one event with the same content."""

    @mutator("Recorded")
    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content


class LibraryStore:
    """The library `eventsourcing`, as its documentation sets it up, with one new aggregate for each event."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._application: Application = Application(env=environment)
        self._content = msgspec.to_builtins(EVENT_TO_STORE)

    def append(self, commands: int, events: int = 1) -> None:
        for _ in range(commands):
            self._application.save(*(Session(dict(self._content)) for _ in range(events)))

    def close(self) -> None:
        self._application.close()


def run(scale: float, postgres: str | None) -> Iterator[Ratio]:
    """The ratios of issue A on SQLite, and on PostgreSQL where there is one."""
    commands, batches = max(20, int(1500 * scale)), max(2, int(30 * scale))
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        store = make_store(f"sqlite:///{folder / 'ours.db'}")
        append(store, commands)
        make_store(f"sqlite:///{folder / 'bare.db'}").database.dispose()
        bare = BareSqlite(folder / "bare.db", stored_rows(store, commands))
        library = LibraryStore(
            {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "library.db")}
        )
        yield from _compare("SQLite", store, bare.insert, library, commands, batches)
    if postgres is not None:
        with fresh_database(postgres) as url:
            yield from _on_postgres(url, commands, batches, max(2, int(8 * scale)))


def _compare(
    name: str, store: EventStore, bare: Callable[[], None], library: LibraryStore, commands: int, batches: int
) -> Iterator[Ratio]:
    ours, plain, theirs = in_turns(
        ROUNDS,
        lambda: commands / seconds(lambda: append(store, commands)),
        lambda: commands / seconds(bare),
        lambda: commands / seconds(lambda: library.append(commands)),
    )
    yield Ratio(name=f"{name}: append against bare INSERTs", ours=ours, other=plain, unit="events/s", aim=0.6)
    yield Ratio(name=f"{name}: append against eventsourcing", ours=ours, other=theirs, unit="events/s", aim=1.1)
    ours, theirs = in_turns(
        ROUNDS,
        lambda: 100 * batches / seconds(lambda: append(store, batches, 100)),
        lambda: 100 * batches / seconds(lambda: library.append(batches, 100)),
    )
    yield Ratio(
        name=f"{name}: 100 events a commit against eventsourcing", ours=ours, other=theirs, unit="events/s", aim=1.8
    )
    library.close()


def _on_postgres(url: str, commands: int, batches: int, writers: int) -> Iterator[Ratio]:
    address = make_url(url)
    store = make_store(url)
    append(store, commands)
    rows = stored_rows(store, commands)
    with psycopg.connect(plain_url(url), autocommit=True) as connection:
        connection.execute("CREATE DATABASE bare")
        connection.execute("CREATE DATABASE library")
    bare_url = address.set(database="bare").render_as_string(hide_password=False)
    make_store(bare_url).database.dispose()
    library = LibraryStore(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": "library",
            "POSTGRES_HOST": str(address.host or address.query.get("host", "")),
            "POSTGRES_PORT": str(address.port or address.query.get("port", "5432")),
            "POSTGRES_USER": str(address.username or ""),
            "POSTGRES_PASSWORD": str(address.password or "none"),
        }
    )
    yield from _compare("PostgreSQL", store, BarePostgres(bare_url, rows).insert, library, commands, batches)
    yield _many_writers(url, store, commands, writers)


def _many_writers(url: str, store: EventStore, commands: int, writers: int) -> Ratio:
    """Several processes append at once; together they must be no slower than one alone."""
    each = max(5, commands // 4)
    with multiprocessing.get_context("spawn").Pool(writers, initializer=_open, initargs=(url,)) as pool:
        pool.map(_append_some, [1] * writers, chunksize=1)
        one, many = in_turns(
            3,
            lambda: each / seconds(lambda: append(store, each)),
            lambda: writers * each / seconds(lambda: pool.map(_append_some, [each] * writers, chunksize=1)),
        )
    return Ratio(name=f"PostgreSQL: {writers} writers against one", ours=many, other=one, unit="events/s", aim=1.0)


_opened: list[EventStore] = []


def _open(url: str) -> None:
    _opened.append(make_store(url))


def _append_some(count: int) -> None:
    append(_opened[0], count)
