"""One entry after the other, tried or saved inside one transaction; the failure of one row is its own alone."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from shared.database import to_micros
from shared.errors import CaseledgerError, FieldError, RuleBroken, Unavailable
from shared.eventstore import CommandMeta
from shared.importing.jobs import Job
from shared.importing.joined import savepoint
from shared.importing.kinds import Desk, Doubt, Kind
from shared.importing.tables import imported


@dataclass(slots=True)
class Line:
    """One row while it is worked on: what it says, by which keys it is known, and its verdict."""

    number: int
    state: str
    values: dict[str, Any] = field(default_factory=dict)
    row_key: bytes = b""
    entry_key: bytes = b""
    entry_id: str = ""
    told: list[dict[str, Any]] = field(default_factory=list)

    def judge(self, state: str, errors: Sequence[FieldError] = ()) -> None:
        """Give the verdict; an error's path is the column."""
        self.state = state
        self.told = [
            {"column": one.path, "code": one.code, "message": one.message, "params": dict(one.params)} for one in errors
        ]


def digest_of(secret: bytes, content: Any) -> bytes:
    """A keyed hash by which content is known again, and from which nothing can be read."""
    return hmac.digest(secret, b"imported:" + msgspec.json.encode(content), "sha256")[:16]


class InDoubt(RuleBroken):
    """A row is doubtful, and nobody has said that it is meant."""

    def __init__(self, doubts: Sequence[Doubt]) -> None:
        super().__init__("in_doubt", "Please look at this before it is saved.")
        self.doubts = doubts


@dataclass(slots=True)
class Bench:
    """Works on one entry after the other inside one transaction, and knows what was imported before."""

    kind: Kind
    desk: Desk
    job: Job
    correlation_id: str
    before: dict[bytes, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def all(self, lines: Sequence[Line]) -> None:
        """Give every row its verdict, and note what was imported."""
        keys = list({line.row_key for line in lines})
        known = select(imported).where(self._own(), imported.c.row_key.in_(keys))
        self.before = {row.row_key: row for row in self.desk.connection.execute(known)}
        by_entry: dict[bytes, list[Line]] = {}
        for line in lines:
            by_entry.setdefault(line.entry_key, []).append(line)
        for entry in by_entry.values():
            self.work_on(entry)
        self._note()

    def work_on(self, lines: list[Line]) -> None:
        """Give every row of an entry its verdict; those that are wrong are left out, and the others go on."""
        digests = {line.number: digest_of(self._secret, msgspec.to_builtins(line.values)) for line in lines}
        good = []
        for line in self._agreeing(lines):
            known = self.before.get(line.row_key)
            # What was imported as it stands here changes nothing, whatever somebody has made of it since.
            if known is not None and known.digest == digests[line.number]:
                line.judge("same")
            else:
                good.append(line)
        tried = good
        while good:
            good = self._tried(good)
        if not self.desk.dry_run:
            self.rows += [
                self._row(line, digests[line.number]) for line in tried if line.state in ("added", "corrected", "same")
            ]

    def _agreeing(self, lines: list[Line]) -> list[Line]:
        """Leave out the rows that say something else of their entry than its first one does."""
        kept = []
        for line in lines:
            wrong = [
                FieldError(name, "rows_differ", "An earlier row about the same entry says something else here.")
                for name in self.kind.agreeing
                if line.values[name] != lines[0].values[name]
            ]
            if wrong:
                line.judge("bad", wrong)
            else:
                kept.append(line)
        return kept

    def _tried(self, lines: list[Line]) -> list[Line]:
        """Run the command of these rows; return those worth another try without the ones it names as wrong."""
        sure = any(line.state == "sure" for line in lines)
        entry_id, version = self._entry(lines[0])
        for line in lines:
            line.entry_id = entry_id
        try:
            with savepoint(self.desk.connection):
                meta = self._meta(lines[0], entry_id, version)
                doubts = self.kind.save(self.desk, meta, entry_id, version, [line.values for line in lines])
                if doubts and not sure:
                    raise InDoubt(doubts)
        except InDoubt as error:
            told = [FieldError("", one.code, one.message, dict(one.params)) for one in error.doubts]
            _all(lines, "doubt", told)
        except Unavailable:
            raise
        except CaseledgerError as error:
            return self._refused(lines, error)
        else:
            done = ("new", "change") if self.desk.dry_run else ("added", "corrected")
            _all(lines, done[version > 0])
        return []

    def _refused(self, lines: list[Line], error: CaseledgerError) -> list[Line]:
        if error.code == "nothing_changed":
            _all(lines, "same")
            return []
        fields = error.fields or [FieldError("", error.code, error.message, error.params)]
        blamed: dict[int, list[FieldError]] = {}
        for one in fields:
            row, path = _place(one.path) if self.kind.part else (None, one.path)
            column = self.kind.column_of(path)
            if row is not None and row < len(lines):
                blamed.setdefault(row, []).append(FieldError(column, one.code, one.message, one.params))
        if blamed and len(blamed) < len(lines):
            for row, errors in blamed.items():
                lines[row].judge("bad", errors)
            return [line for index, line in enumerate(lines) if index not in blamed]
        _all(lines, "bad", [FieldError(self._column(one.path), one.code, one.message, one.params) for one in fields])
        return []

    def _column(self, path: str) -> str:
        return self.kind.column_of(_place(path)[1] if self.kind.part else path)

    def _entry(self, line: Line) -> tuple[str, int]:
        """The stream that a row is about, and its version: the one that was there before, or that of its key."""
        desk = self.desk
        found = self.kind.find(desk, line.values)
        before = self.before.get(line.row_key)
        entry_id = found or (before and before.entry_id) or f"{self.kind.prefix}-{line.entry_key.hex()}"
        return entry_id, desk.service.store.version(desk.connection, entry_id, desk.who.agency_id)

    def _meta(self, line: Line, entry_id: str, version: int) -> CommandMeta:
        """Who commands: the importer; the cause is a row of a file, by its digest, and says nothing more."""
        key = f"{self.job.import_id}:{line.number}:{version}"
        return CommandMeta(
            agency_id=self.desk.who.agency_id,
            actor=self.desk.who.account_id,
            command_key=f"{self.desk.who.account_id}:{key}",
            command_hash=digest_of(self._secret, [entry_id, key]),
            correlation_id=self.correlation_id,
            causation_id=f"file:{self.job.file_digest}:{line.number}",
        )

    @property
    def _secret(self) -> bytes:
        return self.desk.service.settings.hash_key

    def _own(self) -> Any:
        return (imported.c.agency_id == self.desk.who.agency_id) & (imported.c.kind == self.kind.name)

    def _row(self, line: Line, digest: bytes) -> dict[str, Any]:
        return {
            "agency_id": self.desk.who.agency_id,
            "kind": self.kind.name,
            "row_key": line.row_key,
            "digest": digest,
            "entry_id": line.entry_id,
            "file_digest": self.job.file_digest,
            "row_no": line.number,
            "recorded_at": to_micros(self.desk.service.clock.now()),
        }

    def _note(self) -> None:
        make = postgresql.insert if self.desk.connection.dialect.name == "postgresql" else sqlite.insert
        statement = make(imported)
        changed = ("digest", "entry_id", "file_digest", "row_no", "recorded_at")
        statement = statement.on_conflict_do_update(
            index_elements=["agency_id", "kind", "row_key"],
            set_={name: getattr(statement.excluded, name) for name in changed},
        )
        if self.rows:
            self.desk.connection.execute(statement, self.rows)


def _all(lines: Sequence[Line], state: str, errors: Sequence[FieldError] = ()) -> None:
    for line in lines:
        line.judge(state, errors)


def _place(path: str) -> tuple[int | None, str]:
    """The row that `participants.3.person_id` is about, and the rest of the path."""
    head, _, rest = path.partition(".")
    number, _, field_path = rest.partition(".")
    if head == "participants" and number.isdigit():
        return int(number), f"participants.{field_path}".rstrip(".")
    return None, path
