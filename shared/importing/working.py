"""One step of an import: rows are read, tried, or saved, each with its verdict; the failure of one is its own alone."""

import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.auth.identity import Identity
from shared.database import to_micros
from shared.errors import CaseledgerError, FieldError, Invalid, RuleBroken, Unavailable
from shared.eventstore import CommandMeta
from shared.importing import jobs
from shared.importing.cells import unpacked
from shared.importing.jobs import Job
from shared.importing.joined import joined
from shared.importing.kinds import Desk, Doubt, Kind, read_row
from shared.importing.sealing import Sealer
from shared.importing.tables import import_row, imported
from shared.service import Service

READ_AT_ONCE = 2_000
TRIED_AT_ONCE = 100
"""Rows in one transaction: few enough that others who write wait a moment only."""
_MOST_IN_AN_ENTRY = 500
A_MOMENT = 2.0
"""For how many seconds one request goes on."""
_OPEN = {"checking": ("read",), "accepting": ("chosen", "sure")}
"""The rows that a part of the work is still to deal with."""
_ROW = import_row.c
_SET = (
    update(import_row)
    .where(_ROW.import_id == bindparam("of"), _ROW.row_no == bindparam("number"))
    .values(state=bindparam("to_state"), told=bindparam("to_told"))
)
_SET_READ = _SET.values(row_key=bindparam("to_row"), entry_key=bindparam("to_entry"))


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


def step(service: Service, who: Identity, kind: Kind, import_id: str, correlation_id: str) -> None:
    """Do the next part of an import; when there is none, do nothing."""
    with service.database.read() as connection:
        job = jobs.find(connection, service, who, import_id, counted=False)
        lines = _next(connection, service, kind, job) if job.state in ("checking", "accepting") else []
    if job.state == "reading":
        _read(service, who, kind, job)
    elif job.state in ("checking", "accepting"):
        # What other services know is asked for before the transaction: nobody waits for them inside it.
        known = kind.prepare(service, who, [line.values for line in lines]) if lines else {}
        _work(service, who, kind, job, lines, known, correlation_id)


def work_on(service: Service, who: Identity, kind: Kind, import_id: str, correlation_id: str) -> None:
    """Take steps for a moment, or until something is for a person to decide."""
    until = time.monotonic() + A_MOMENT
    while True:
        step(service, who, kind, import_id, correlation_id)
        with service.database.read() as connection:
            running = jobs.find(connection, service, who, import_id, counted=False).running
        if not running or time.monotonic() > until:
            return


# Reading


def _read(service: Service, who: Identity, kind: Kind, job: Job) -> None:
    """Read the next rows; a row that stands in the file before is named, whatever else it says."""
    with service.database.write() as connection:
        job = jobs.find(connection, service, who, job.import_id, lock=True, counted=False)
        if job.state != "reading":
            return
        sealer = jobs.sealer_of(service, job)
        lines = _lines(connection, service, kind, job, ("waiting",), READ_AT_ONCE)
        _name_twins(connection, job.import_id, lines)
        rows = [
            {
                **_verdict(job.import_id, sealer, line),
                "to_row": line.row_key or None,
                "to_entry": line.entry_key or None,
            }
            for line in lines
        ]
        if rows:
            connection.execute(_SET_READ, rows)
        if len(lines) < READ_AT_ONCE:
            jobs.move_to(connection, job.import_id, "checking")


def _name_twins(connection: Connection, import_id: str, lines: Sequence[Line]) -> None:
    keys = [line.row_key for line in lines if line.row_key]
    first = {
        row.row_key: row.first
        for at in range(0, len(keys), 500)
        for row in connection.execute(
            select(_ROW.row_key, func.min(_ROW.row_no).label("first"))
            .where(_ROW.import_id == import_id, _ROW.row_key.in_(keys[at : at + 500]))
            .group_by(_ROW.row_key)
        )
    }
    for line in lines:
        if not line.row_key:
            continue
        before = first.setdefault(line.row_key, line.number)
        if before < line.number:
            error = FieldError(
                "",
                "row_twice",
                "Row %(row)s is about the same thing. If it is another one, give both a reference of their own.",
                {"row": before},
            )
            line.judge("bad", [error])
            line.row_key = line.entry_key = b""


def _parsed(service: Service, kind: Kind, job: Job, line: Line, cells: Sequence[Any]) -> None:
    """Read one row into its values and keys, or into a bad verdict."""
    try:
        line.values = read_row(kind, job.mapping, [unpacked(cell) for cell in cells], since_1904=job.since_1904)
        own = line.values.get("reference")
        key = ["reference", job.team_id, own] if own else kind.key(line.values)
        if key is None:
            raise Invalid("reference_missing", "Give a reference, so that this row can be known again.")
    except Invalid as error:
        line.judge("bad", error.fields or [FieldError("reference", error.code, error.message)])
        return
    secret = service.settings.hash_key
    line.entry_key = _digest(secret, [job.agency_id, kind.name, *key])
    part = kind.part(line.values) if kind.part else ()
    line.row_key = _digest(secret, [line.entry_key.hex(), *part]) if part else line.entry_key
    line.state = "read" if line.state == "waiting" else line.state


def _digest(secret: bytes, content: Any) -> bytes:
    return hmac.digest(secret, b"imported:" + msgspec.json.encode(content), "sha256")[:16]


# Trying and saving


def _next(connection: Connection, service: Service, kind: Kind, job: Job) -> list[Line]:
    """The next rows to be tried or saved, with all others of the same entries."""
    states = _OPEN[job.state]
    lines = _lines(connection, service, kind, job, states, TRIED_AT_ONCE)
    if kind.part is None or not lines:
        return lines
    entries = list({line.entry_key for line in lines})
    own = _ROW.entry_key.in_(entries)
    return _lines(connection, service, kind, job, states, TRIED_AT_ONCE + _MOST_IN_AN_ENTRY, own)


def _lines(
    connection: Connection, service: Service, kind: Kind, job: Job, states: Sequence[str], most: int, *more: Any
) -> list[Line]:
    wanted = select(_ROW.row_no, _ROW.state, _ROW.cells).where(
        _ROW.import_id == job.import_id, _ROW.state.in_(states), *more
    )
    sealer = jobs.sealer_of(service, job)
    lines = []
    for row in connection.execute(wanted.order_by(_ROW.row_no).limit(most)):
        line = Line(row.row_no, row.state)
        _parsed(service, kind, job, line, sealer.open(f"row {row.row_no}", row.cells))
        lines.append(line)
    return lines


def _work(
    service: Service,
    who: Identity,
    kind: Kind,
    job: Job,
    found: Sequence[Line],
    known: Mapping[str, Any],
    correlation_id: str,
) -> None:
    with service.database.write() as connection:
        now = jobs.find(connection, service, who, job.import_id, lock=True, counted=False)
        if (now.state, now.mapping) != (job.state, job.mapping):
            return
        open_still = select(_ROW.row_no).where(
            _ROW.import_id == job.import_id,
            _ROW.state.in_(_OPEN[job.state]),
            _ROW.row_no.in_([line.number for line in found]),
        )
        waiting = set(connection.scalars(open_still))
        lines = [line for line in found if line.number in waiting]
        if not lines:
            _end(connection, now)
            return
        desk = Desk(
            service=joined(service, connection),
            who=who,
            team_id=job.team_id,
            connection=connection,
            dry_run=job.state == "checking",
            known=known,
        )
        Bench(kind, desk, job, correlation_id).all(lines)
        sealer = jobs.sealer_of(service, job)
        connection.execute(_SET, [_verdict(job.import_id, sealer, line) for line in lines])
    service.store.on_commit()


def _end(connection: Connection, job: Job) -> None:
    left = connection.scalar(
        select(func.count()).where(
            _ROW.import_id == job.import_id,
            _ROW.state.in_(_OPEN[job.state]),
        )
    )
    if left:
        return
    if job.state == "checking":
        jobs.move_to(connection, job.import_id, "checked")
    else:
        jobs.finish(connection, job.import_id)


def _verdict(import_id: str, sealer: Sealer, line: Line) -> dict[str, Any]:
    told = sealer.seal(f"told {line.number}", line.told) if line.told else None
    return {"of": import_id, "number": line.number, "to_state": line.state, "to_told": told}


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
        digests = {line.number: _digest(self._secret, msgspec.to_builtins(line.values)) for line in lines}
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
            with self.desk.connection.begin_nested():
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
            command_hash=_digest(self._secret, [entry_id, key]),
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
