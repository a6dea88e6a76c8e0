"""A service inside one transaction: its own handlers run as ever, and many commands are saved together.

Each command keeps a savepoint, so that one that fails takes nothing else with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from shared.database import Database
from shared.driver import run_on_driver
from shared.eventstore import CommandMeta, EventStore, Outcome
from shared.eventstore.store import Body
from shared.service import Service


def joined(service: Service, connection: Connection) -> Service:
    """The service, whose every read and write is a part of the transaction of `connection`."""
    database = _JoinedDatabase(service.database, connection)
    return replace(service, database=database, store=_JoinedStore(service.store, database))


@contextmanager
def savepoint(connection: Connection, *, kept: bool = True) -> Iterator[None]:
    """Undo alone what the block did when it raises, or when it is not to be `kept`.

    Told to the driver itself: Core would put each of its words together anew, for every row.
    """

    def tell(words: str) -> None:
        run_on_driver(connection, words)

    def undo() -> None:
        tell("ROLLBACK TO SAVEPOINT one_alone")
        tell("RELEASE SAVEPOINT one_alone")

    tell("SAVEPOINT one_alone")
    try:
        yield
    except DBAPIError:
        # A database that is full or gone has undone everything itself; its own error says so.
        with suppress(DBAPIError):
            undo()
        raise
    except BaseException:
        undo()
        raise
    if kept:
        tell("RELEASE SAVEPOINT one_alone")
    else:
        undo()


class _JoinedDatabase(Database):
    """One connection for everybody; a block that writes is a savepoint."""

    def __init__(self, whole: Database, connection: Connection) -> None:
        self.__dict__.update(whole.__dict__)
        self._joined = connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        yield self._joined

    @contextmanager
    def ask(self) -> Iterator[Connection]:
        yield self._joined

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with savepoint(self._joined):
            yield self._joined


class _JoinedStore(EventStore):
    """Runs each command behind a savepoint; who has joined it to a transaction ends that and tells the relay."""

    def __init__(self, store: EventStore, database: _JoinedDatabase) -> None:
        self.__dict__.update(store.__dict__)
        self.database = database

    def run(self, meta: CommandMeta, body: Body, *, dry_run: bool = False) -> Outcome:
        with self.database.read() as connection, savepoint(connection, kept=not dry_run):
            return self._preview(connection, meta, body) if dry_run else self.run_within(connection, meta, body)
