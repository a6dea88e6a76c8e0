"""A tiny subject for testing the store: books of counted marks, with a sealed remark."""

from collections.abc import Sequence

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, delete, insert, select

from shared.clock import Clock
from shared.database import Database
from shared.events import Sealed, event
from shared.eventstore import CommandMeta, EventRegistry, EventStore, Pending, Work, event_tables
from shared.privacy.keys import MasterKeys
from shared.privacy.vault import Vault

SERVICE = "books"
MASTER_KEYS = MasterKeys({"test": bytes(range(32))})

metadata = MetaData()
event_tables(metadata)
MARK = Table(
    "mark",
    metadata,
    Column("stream_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("remark", Text),
)


@event("MarkMade", subject="owner")
class MarkMade:
    """A number was written into a book, perhaps with a remark that only its owner's key opens."""

    number: int
    owner: str = "owner-1"
    remark: Sealed[str | None] = None


@event("BookClosed")
class BookClosed:
    """A book takes no more marks."""

    reason: str


def make_store(url: str, clock: Clock) -> EventStore:
    """Return a store at `url`, whose tables exist."""
    registry = EventRegistry(SERVICE, [MarkMade, BookClosed])
    return EventStore(Database(url), registry, Vault(MASTER_KEYS, clock), clock, project)


def create_tables(url: str) -> None:
    """Make the tables of the store and of its one projection."""
    database = Database(url)
    metadata.create_all(database.engine)
    database.dispose()


def project(connection: Connection, pending: Sequence[Pending]) -> None:
    """Keep one row per mark."""
    rows = [
        {"stream_id": item.stream_id, "version": item.version, "number": item.event.number, "remark": item.event.remark}
        for item in pending
        if isinstance(item.event, MarkMade)
    ]
    if rows:
        connection.execute(insert(MARK), rows)


def projected(connection: Connection) -> list[tuple[str, int, int, str | None]]:
    """Return the projection's rows in order."""
    statement = select(MARK).order_by(MARK.c.stream_id, MARK.c.version)
    return [(row.stream_id, row.version, row.number, row.remark) for row in connection.execute(statement)]


def empty_projection(connection: Connection) -> None:
    """Take all rows away, as before a rebuild."""
    connection.execute(delete(MARK))


def total(state: int, fact: object) -> int:
    """Evolve the sum of a book's marks."""
    return state + fact.number if isinstance(fact, MarkMade) else state


def meta(key: str, agency: str = "agency-1", body: bytes = b"body") -> CommandMeta:
    """Return the meta data of a command known by `key`."""
    return CommandMeta(agency, "account-1", key, body, f"correlation-{key}")


def add_mark(store: EventStore, key: str, stream_id: str, number: int, expected: int | None = None) -> int:
    """Run one command that adds a mark, on the version it finds unless one is stated; return its position."""

    def body(work: Work) -> None:
        version = work.fold(stream_id, 0, total)[1] if expected is None else expected
        work.append(stream_id, [MarkMade(number=number)], version)

    position = store.run(meta(key), body).position
    assert position is not None
    return position
