"""One step of an import: rows are read, tried, or saved, each with its verdict; the failure of one is its own alone."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from shared.auth.identity import Identity
from shared.errors import FieldError, Invalid
from shared.importing import jobs
from shared.importing.cells import unpacked
from shared.importing.entries import Bench, Line, digest_of
from shared.importing.jobs import Job
from shared.importing.joined import joined
from shared.importing.kinds import Desk, Kind, read_row
from shared.importing.sealing import Sealer
from shared.importing.tables import import_row
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
    line.entry_key = digest_of(secret, [job.agency_id, kind.name, *key])
    part = kind.part(line.values) if kind.part else ()
    line.row_key = digest_of(secret, [line.entry_key.hex(), *part]) if part else line.entry_key
    line.state = "read" if line.state == "waiting" else line.state


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
    wanted = select(_ROW.row_no, _ROW.state, _ROW.cells).where(_ROW.import_id == job.import_id, *more)
    wanted = wanted.order_by(_ROW.row_no).limit(most)
    # One state after the other, each by its index: of all together the rows that are done would be gone through too.
    rows = [row for state in states for row in connection.execute(wanted.where(_ROW.state == state))]
    sealer = jobs.sealer_of(service, job)
    lines = []
    for row in sorted(rows)[:most]:
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
