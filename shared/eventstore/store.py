"""The store: one command is one transaction, and what it appends gets the next positions in the order of commits."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import uuid_utils
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.clock import Clock
from shared.database import Database, is_lost_race, to_micros
from shared.errors import CaseledgerError, KeyReused, NotFound, StaleVersion, Unavailable
from shared.eventstore import statements as sql
from shared.eventstore.outbox import Outbox
from shared.eventstore.recorded import CommandMeta, Outcome, Pending, Recorded
from shared.eventstore.registry import EventRegistry
from shared.eventstore.work import Work
from shared.privacy.vault import Vault

Projector = Callable[[Connection, Sequence[Pending]], None]
Body = Callable[[Work], None]

_ATTEMPTS = 4


class EventStore(Outbox):
    """The event store of one service. `projector` writes the service's read tables in the transaction of the events."""

    def __init__(
        self,
        database: Database,
        registry: EventRegistry,
        vault: Vault,
        clock: Clock,
        projector: Projector,
    ) -> None:
        super().__init__(database, clock)
        self.registry = registry
        self._vault, self._projector = vault, projector
        # Called after each commit of a command; a relay in this process is woken by it.
        self.on_commit: Callable[[], None] = lambda: None
        # Refuse to write before topic and store were compared, where the database can tell (`comparison.py`).
        self.only_when_compared = False
        # Writers of SQLite are alone anyway; elsewhere other transactions may commit while a body runs.
        self._alone = database.dialect == "sqlite"
        digest = hashlib.sha256(f"caseledger append {registry.service}".encode()).digest()
        self._append_lock = int.from_bytes(digest[:8], "big", signed=True)

    def run(self, meta: CommandMeta, body: Body, *, dry_run: bool = False) -> Outcome:
        """Run one command in one transaction of its own.

        A known command key answers what it did before; with another hash it is `KeyReused`. Keys are looked up last:
        a command that is known cannot be stored again, so only one that fails or stores nothing need be asked for.
        A dry run does everything but the insert and saves nothing. When another command commits first and what the body
        read has moved, the body runs again on the new state, as if it had come second in the first place.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self.database.write() as connection:
                    if dry_run:
                        outcome = self._preview(connection, meta, body)
                        connection.rollback()
                        return outcome
                    outcome = self._run(connection, meta, body, careful=attempt > 1, last=True)
                self.on_commit()
                return outcome
            except (CaseledgerError, DBAPIError) as error:
                answer = None if dry_run else self._answer_anew(meta)
                if answer is not None:
                    return answer
                if attempt == _ATTEMPTS or not _may_rerun(error):
                    raise
        raise AssertionError("unreachable")

    def run_within(self, connection: Connection, meta: CommandMeta, body: Body) -> Outcome:
        """Run one command in the caller's transaction, last in it: the append lock is held until that ends.

        It is known by its key like any other. `StaleVersion` (somebody was quicker) leaves the transaction unusable:
        roll back and run it all again.
        """
        return self._answer(connection, meta) or self._run(connection, meta, body, careful=True, last=False)

    def load(self, connection: Connection, stream_id: str, agency_id: str | None = None) -> list[Recorded]:
        """Return the events of a stream, none when it is absent; `NotFound` when it is not this agency's."""
        events = self._recorded(connection, sql.STREAM.all(connection, of=stream_id))
        if events and agency_id is not None and events[0].agency_id != agency_id:
            raise _not_found()
        return events

    def version(self, connection: Connection, stream_id: str, agency_id: str | None = None) -> int:
        """Return the version of a stream, 0 when it is absent; `NotFound` when it is not this agency's."""
        row = sql.VERSION.first(connection, of=stream_id)
        if row is None:
            return 0
        version, owner = row
        if agency_id is not None and owner != agency_id:
            raise _not_found()
        return int(version)

    def read_all(self, connection: Connection, after: int, limit: int) -> list[Recorded]:
        """Return the next events of all streams in the order they were committed."""
        rows = sql.AFTER.all(connection, after=after, most=limit)
        return self._recorded(connection, rows)

    def reproject(self, connection: Connection, progress: Callable[[int], None] = lambda _: None) -> int:
        """Show every stored event to the projector again, in order; the caller has emptied the read tables."""
        position = 0
        while (reached := self.project_next(connection, position, 1000)) > position:
            position = reached
            progress(position)
        return position

    def project_next(self, connection: Connection, after: int, limit: int) -> int:
        """Show the projector the next stored events again; return the last one's position, `after` at the end."""
        batch = self.read_all(connection, after, limit)
        if not batch:
            return after
        self._projector(connection, [recorded.as_pending() for recorded in batch])
        return batch[-1].position

    def hold_appends(self, connection: Connection) -> None:
        """Let nobody append until this transaction ends; SQLite's writers are alone anyway."""
        if not self._alone:
            sql.lock_appends(connection, self._append_lock)

    def _run(self, connection: Connection, meta: CommandMeta, body: Body, *, careful: bool, last: bool) -> Outcome:
        work = self._work(connection, meta, body, careful)
        if not work.pending:
            # It may have done before what it finds done now.
            return self._answer(connection, meta) or _outcome_of(work, None)
        return _outcome_of(work, self._insert(connection, work, last=last))

    def _preview(self, connection: Connection, meta: CommandMeta, body: Body) -> Outcome:
        work = self._work(connection, meta, body, careful=True)
        self._rows(work)
        return _outcome_of(work, None)

    def _work(self, connection: Connection, meta: CommandMeta, body: Body, careful: bool) -> Work:
        work = Work(self, connection, meta, self._clock.now(), careful=careful)
        body(work)
        if work.pending:
            self._projector(connection, work.pending)
        return work

    def _insert(self, connection: Connection, work: Work, *, last: bool) -> int:
        """Store what was appended; nothing slow may stand between the lock and the commit."""
        rows = self._rows(work)
        try:
            if self._alone:
                return sql.append_alone(connection, rows, to_micros(self._clock.now()))
            return sql.append_in_turn(
                connection,
                rows,
                work.only_read,
                to_micros(self._clock.now()),
                self._append_lock,
                last=last,
                proven=self.only_when_compared,
            )
        except sql.AppendsClosed as error:
            raise self._refusal() from error
        except sql.Moved as error:
            raise StaleVersion(*next(iter(work.only_read.items()))) from error
        except IntegrityError as error:
            first = work.pending[0]
            raise StaleVersion(first.stream_id, first.version - 1) from error

    def _refusal(self) -> Unavailable:
        if self.closed() is None:
            return Unavailable(
                "not_compared",
                "Nothing new can be saved yet: it is being checked that nothing saved before is missing here. Try again"
                " in a moment.",
            )
        return Unavailable(
            "appends_closed",
            "Nothing new can be saved now: this service was restored from an older copy, and what was saved after"
            " that copy has to be brought back first.",
        )

    def _rows(self, work: Work) -> list[dict[str, Any]]:
        """Code and seal what was appended; only the first row carries the command's key and hash."""
        meta = work.meta
        rows: list[dict[str, Any]] = []
        for pending in work.pending:
            type_name, version, data, plain = self.registry.encode(pending.event)
            rows.append(
                {
                    "stream_id": pending.stream_id,
                    "version": pending.version,
                    "event_id": str(uuid_utils.uuid7()),
                    "type": type_name,
                    "schema_version": version,
                    "occurred_at": to_micros(pending.occurred_at),
                    "actor": meta.actor,
                    "agency_id": meta.agency_id,
                    "command_key": None if rows else meta.command_key,
                    "command_hash": None if rows else meta.command_hash,
                    "correlation_id": meta.correlation_id,
                    "causation_id": meta.causation_id,
                    "traceparent": meta.traceparent,
                    "data": data,
                    "sealed": None if plain is None else self._seal(work.connection, pending, type_name, plain),
                }
            )
        return rows

    def _seal(self, connection: Connection, pending: Pending, type_name: str, plain: bytes) -> bytes:
        subject = self.registry.subject_of(pending.event)
        aad = self._bound_to(pending.stream_id, pending.version, type_name)
        return self._vault.seal(connection, subject, aad, plain)

    def _bound_to(self, stream_id: str, version: int, type_name: str) -> bytes:
        """Name the one place a sealed value belongs to; the field names lie inside it, and so are bound with it."""
        return "\n".join((self.registry.service, stream_id, str(version), type_name)).encode()

    def _recorded(self, connection: Connection, rows: Sequence[Any]) -> list[Recorded]:
        """Turn rows into events, opening what is sealed."""
        sealed = [(self._bound_to(row[1], row[2], row[4]), row[15]) for row in rows if row[15] is not None]
        opened = iter(self._vault.open_many(connection, sealed) if sealed else ())
        recorded = []
        for row in rows:
            command_key, data, hidden = row[13:16]
            plain = next(opened) if hidden is not None else None
            event = self.registry.decode(row[4], row[5], data, plain)
            erased = hidden is not None and plain is None
            recorded.append(Recorded(*(*sql.envelope(row), command_key, event, erased)))
        return recorded

    def _answer_anew(self, meta: CommandMeta) -> Outcome | None:
        """Answer as the twin of this command that has committed meanwhile, if there is one."""
        with self.database.read() as connection:
            return self._answer(connection, meta)

    def _answer(self, connection: Connection, meta: CommandMeta) -> Outcome | None:
        """Return what this command did when it ran before, read from its events; None when it is new."""
        row = sql.COMMAND.first(connection, key=meta.command_key)
        if row is None:
            return None
        position, command_hash = row
        # What was brought back from the topic has no hash: there the key alone tells.
        if command_hash is not None and command_hash != meta.command_hash:
            raise KeyReused(
                "key_reused", "This key was used before for another request. Use a new key for a new request."
            )
        stored = self._recorded(connection, sql.OF_COMMAND.all(connection, start=position))
        events = tuple(recorded.as_pending() for recorded in stored)
        version = max(event.version for event in events if event.stream_id == events[0].stream_id)
        return Outcome(events[0].stream_id, version, events, replayed=True, position=stored[-1].position)


def _may_rerun(error: Exception) -> bool:
    """Say whether another command that committed first is to blame, so that this one may simply come second."""
    if isinstance(error, StaleVersion):
        return isinstance(error.__cause__, (IntegrityError, sql.Moved))
    return isinstance(error, IntegrityError) or (isinstance(error, DBAPIError) and is_lost_race(error))


def _outcome_of(work: Work, position: int | None) -> Outcome:
    stream_id = work.pending[0].stream_id if work.pending else next(iter(work.loaded), "")
    version = work.version(stream_id) if stream_id else 0
    return Outcome(stream_id, version, tuple(work.pending), replayed=False, position=position)


def _not_found() -> NotFound:
    return NotFound("not_found", "There is nothing here that you may see.")
