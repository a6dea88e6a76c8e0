"""Statements that go to the driver as they are, and how PostgreSQL's transactions begin.

The transactions of its driver are off, as SQLite's are. The words that begin one go out before its first statement, or
with it, and then cost no message of their own; so whatever reaches the driver goes through here, or calls `begin_now`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

_BEGIN = "caseledger: how the transaction begins"


def beginning(engine: Engine, words: str) -> Engine:
    """The same connections, whose transactions begin with these words."""
    begun = engine.execution_options()
    event.listen(begun, "begin", lambda connection: connection.info.update({_BEGIN: words}))
    event.listen(begun, "before_cursor_execute", lambda connection, *_: begin_now(connection))
    for end in ("commit", "rollback"):
        event.listen(begun, end, take_begin)
    return begun


def take_begin(connection: Connection) -> str | None:
    """Return the words that begin this transaction, where they are still to be said: whoever takes them says them."""
    return None if connection.invalidated else connection.info.pop(_BEGIN, None)


def begin_now(connection: Connection) -> None:
    """Begin the transaction, unless it has begun."""
    words = take_begin(connection)
    if words is not None:
        with errors_of(connection, words):
            connection.connection.cursor().execute(words)


def run_on_driver(connection: Connection, text: str, *parameters: Any, many: bool = False) -> Any:
    """Run a statement, with parameters, or with each of `many`; return the cursor."""
    own: Any = connection.connection
    cursor = own.cursor()
    run = cursor.executemany if many else cursor.execute
    words = own.info.pop(_BEGIN, None)
    # Not with `errors_of`, for which every statement would pay.
    try:
        if words is not None:
            own.driver_connection.execute(words)
        run(text, *parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_core(connection, text, error) from error
    return cursor


def array(items: Iterable[str | int]) -> str:
    """A list as PostgreSQL spells it: the driver would look at every item, in Python, to find out what they are."""
    quoted = (str(item).replace("\\", "\\\\").replace('"', '\\"') for item in items)
    return "{" + ",".join(f'"{item}"' for item in quoted) + "}"


@contextmanager
def errors_of(connection: Connection, text: str) -> Iterator[None]:
    """Let the driver's errors look as if SQLAlchemy had run the statement; they do not quote its parameters."""
    try:
        yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_core(connection, text, error) from error


def _as_core(connection: Connection, text: str, error: Exception) -> BaseException:
    kind = connection.dialect.loaded_dbapi.Error
    return DBAPIError.instance(text, None, error, kind, hide_parameters=True)
