"""What the body of one command is given: it loads, decides elsewhere, and appends; nothing is stored until it ends."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection

from shared.errors import StaleVersion
from shared.eventstore.recorded import CommandMeta, Pending, Recorded

if TYPE_CHECKING:
    from shared.eventstore.store import EventStore

S = TypeVar("S")


class Work:
    """One command under way. `now` is the time it began; `connection` is its transaction, for reading own tables.

    A body may be run again when another command got in first, so it keeps what it changes to this object.
    """

    def __init__(
        self, store: "EventStore", connection: Connection, meta: CommandMeta, now: datetime, *, careful: bool
    ) -> None:
        self.connection, self.meta, self.now = connection, meta, now
        self.pending: list[Pending] = []
        self.loaded: dict[str, int] = {}
        self._store, self._careful = store, careful
        self._streams: dict[str, list[Recorded]] = {}
        self._versions: dict[str, int] = {}

    def load(self, stream_id: str) -> list[Recorded]:
        """Return the stored events of a stream, none when it is absent; another agency's stream is `NotFound`."""
        if stream_id not in self._streams:
            events = self._store.load(self.connection, stream_id, self.meta.agency_id)
            self._streams[stream_id] = events
            self.loaded[stream_id] = len(events)
            self._versions.setdefault(stream_id, len(events))
        return self._streams[stream_id]

    def fold(self, stream_id: str, initial: S, evolve: Callable[[S, Any], S]) -> tuple[S, int]:
        """Return the state of a stream and its version (0 when absent), what this command appended included."""
        state = initial
        for recorded in self.load(stream_id):
            state = evolve(state, recorded.event)
        for pending in self.pending:
            if pending.stream_id == stream_id:
                state = evolve(state, pending.event)
        return state, self._versions[stream_id]

    def append(
        self,
        stream_id: str,
        events: Sequence[Any],
        expected_version: int,
        occurred_at: datetime | None = None,
    ) -> None:
        """Add events to a stream whose version is `expected_version` (0 for a new one), else `StaleVersion`."""
        if not events:
            return
        if self._version_before(stream_id, expected_version) != expected_version:
            raise StaleVersion(stream_id, expected_version)
        happened = occurred_at or self.now
        if happened.tzinfo is None:
            raise ValueError("occurred_at must be an aware datetime.")
        for version, event in enumerate(events, start=expected_version + 1):
            self.pending.append(Pending(stream_id, version, event, self.meta.agency_id, self.meta.actor, happened))
        self._versions[stream_id] = expected_version + len(events)

    @property
    def only_read(self) -> dict[str, int]:
        """The versions of the streams that the decision was based on; those appended to need no check, their versions
        are unique."""
        written = {pending.stream_id for pending in self.pending}
        return {stream_id: version for stream_id, version in self.loaded.items() if stream_id not in written}

    def version(self, stream_id: str) -> int:
        """Return the version of a stream this command has loaded or appended to."""
        return self._versions[stream_id]

    def require_version(self, stream_id: str, expected: int) -> None:
        """Raise `StaleVersion` before any rule is asked: who has not read the newest version cannot judge by it."""
        if self.version(stream_id) != expected:
            raise StaleVersion(stream_id, expected)

    def _version_before(self, stream_id: str, expected: int) -> int:
        """Return the stream's version. That a new stream is new is believed at first: when the database disagrees,
        the command runs again and looks with care."""
        if stream_id in self._versions:
            return self._versions[stream_id]
        if expected == 0 and not self._careful:
            return 0
        return self._store.version(self.connection, stream_id, self.meta.agency_id)
