"""Bringing a restored store up to its topic: what was saved after the copy is put back where it stood, and proved.

The store's appends are closed from the first look until store and topic are known to tell one history.
"""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from services.cluster import Opened
from services.operations.erasures import destroy_again
from services.operations.refusal import Refused
from shared.bus.envelope import Arrived, decode, digest
from shared.bus.parking import opened
from shared.bus.port import Received
from shared.eventstore import UnknownEvent
from shared.eventstore.tail import TailDoesNotFit, append_tail, may_have_held_sealed
from shared.rebuild.log import Log
from shared.relay.relay import last_published

_AT_ONCE = 500
_SHOWN = 5

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class TailRestored:
    """From where to where events were brought back, those of them that have lost what was sealed, keys destroyed."""

    first: int = 0
    last: int = 0
    lost: list[str] = field(default_factory=list)
    keys_destroyed: int = 0

    @property
    def events(self) -> int:
        return self.last - self.first + 1 if self.last else 0

    def lost_by_type(self) -> dict[str, int]:
        return dict(Counter(line.split(" ", 1)[0] for line in self.lost))


def restore_tail(process: Opened, progress: Progress = lambda _done, _total: None) -> TailRestored:
    """Bring back the events that the topic of a service holds and its store lacks; open appends when they agree.

    Raises `Refused` when they cannot agree: the store went its own way after the copy, or the topic has a hole.
    """
    service = process.service
    with tempfile.TemporaryDirectory(prefix="caseledger-tail-") as name, _spool(Path(name)) as tail:
        _close_if_ahead(process)
        with service.database.read() as connection:
            head, _ = service.store.head(connection)
        try:
            _read_topic(process, head, tail, progress)
            restored = _append(process, head, tail, progress)
        except Refused as refusal:
            if service.store.closed() is None:
                service.store.close_appends(str(refusal))
            raise
    _open(process)
    return restored


def _close_if_ahead(process: Opened) -> None:
    store, last = process.service.store, last_published(process.bus, process.service.name)
    with process.service.database.read() as connection:
        head, _ = store.head(connection)
    if last is not None and last.position > head and store.closed() is None:
        store.close_appends(f"The topic holds events up to {last.position}, the store up to {head} only.")


class _Tail:
    """The events beyond the store's end, kept in a file: a copy may be so old that they do not fit in memory."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        file.execute("CREATE TABLE tail (position INTEGER PRIMARY KEY, event_id TEXT NOT NULL, value BLOB NOT NULL)")

    def add(self, messages: Sequence[tuple[Arrived, bytes]]) -> None:
        """Keep these; raises `Refused` when two different events claim one position."""
        for event, value in messages:
            row = (event.position, event.event_id, value)
            if self._file.execute("INSERT INTO tail VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row).rowcount:
                continue
            known = self._file.execute("SELECT event_id FROM tail WHERE position = ?", (event.position,)).fetchone()
            if known[0] != event.event_id:
                raise Refused(
                    f"The topic of {event.service} itself holds two events at position {event.position}: {known[0]} and"
                    f" {event.event_id}. Nothing was brought back."
                )

    def __len__(self) -> int:
        return int(self._file.execute("SELECT count(*) FROM tail").fetchone()[0])

    def portions(self) -> Iterator[list[Arrived]]:
        """The events in the order of their positions."""
        rows = self._file.execute("SELECT value FROM tail ORDER BY position")
        while found := rows.fetchmany(_AT_ONCE):
            yield [decode(value) for (value,) in found]


@contextmanager
def _spool(directory: Path) -> Iterator[_Tail]:
    with closing(sqlite3.connect(directory / "tail.db", isolation_level=None)) as file:
        file.execute("PRAGMA synchronous=OFF")
        yield _Tail(file)


def _read_topic(process: Opened, head: int, tail: _Tail, progress: Progress) -> None:
    """Compare what the topic holds up to `head` with the store, and keep what lies beyond."""
    name, done = process.service.name, 0
    with Log(process.bus, (name,)) as log:
        ends = log.ends()
        total = sum(ends.values())
        for received in log.read({}, ends):
            events = [(event, message.value) for message in received if (event := _own(message, name)) is not None]
            _compare(process, [event for event, _ in events if event.position <= head])
            tail.add([each for each in events if each[0].position > head])
            done += len(received)
            progress(done, total)


def _own(message: Received, service: str) -> Arrived | None:
    """The event in a message; what is foreign or broken is for the consumers to complain about."""
    event = opened(message).event
    return event if event is not None and event.service == service else None


def _compare(process: Opened, events: Sequence[Arrived]) -> None:
    store = process.service.store
    with process.service.database.read() as connection:
        stored = {each.position: digest(each) for each in store.read_at(connection, [one.position for one in events])}
    other = sorted({one.position for one in events if stored.get(one.position) != digest(one)})
    if other:
        named = ", ".join(map(str, other[:_SHOWN])) + (" ..." if len(other) > _SHOWN else "")
        raise Refused(
            f"Store and topic of {process.service.name} hold different events at {len(other)} positions ({named}):"
            " something else was saved after the copy was put in place, or the copy is not of this installation."
            " Nothing was brought back. Put the copy in place again and repeat this before anything is saved."
        )


def _append(process: Opened, head: int, tail: _Tail, progress: Progress) -> TailRestored:
    service, total, restored = process.service, len(tail), TailRestored()
    for events in tail.portions():
        try:
            with service.database.write() as connection:
                append_tail(service.store, connection, events)
                restored.keys_destroyed += destroy_again(connection, service.vault, events[0].position - 1)
        except (TailDoesNotFit, UnknownEvent, msgspec.MsgspecError) as error:
            end = restored.last or head
            raise Refused(f"The store of {service.name} ends at {end} and cannot follow its topic: {error}") from error
        restored.first, restored.last = restored.first or events[0].position, events[-1].position
        lost = [event for event in events if may_have_held_sealed(service.store, event)]
        restored.lost += [f"{event.type} {event.stream_id} (position {event.position})" for event in lost]
        progress(restored.events, total)
    return restored


def _open(process: Opened) -> None:
    """Open appends: everything in the topic was just seen to be in the store."""
    store, last = process.service.store, last_published(process.bus, process.service.name)
    with process.service.database.read() as connection:
        head, _ = store.head(connection)
    if last is not None and last.position > head:
        raise Refused(f"More was published meanwhile, up to position {last.position}. Repeat this.")
    if store.closed() is not None:
        store.open_appends()
    store.keep_compared()
