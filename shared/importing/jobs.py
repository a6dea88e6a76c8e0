"""An import from its file to its end: taken in, read, tried, accepted, forgotten; in steps that each end quickly.

A step is one transaction over a bounded number of rows. Whoever drives an import (a page, a program, the command line)
asks for the next one until the state says that something is for a person to decide, or that all is done.
"""

import hashlib
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.auth.identity import Identity
from shared.auth.teams import chosen_team
from shared.database import from_micros, to_micros
from shared.errors import Invalid, NotFound, RuleBroken
from shared.ids import is_id, new_id
from shared.importing.cells import packed
from shared.importing.kinds import Kind
from shared.importing.mapping import Mapped, guessed, missing, to_remember
from shared.importing.sealing import Sealer, new_salt
from shared.importing.sheets import Table, read_table
from shared.importing.tables import import_job, import_mapping, import_row
from shared.service import Service

PREFIX = "import"
KEPT = timedelta(hours=1)
"""How long a file that nobody accepts is kept, sealed."""
TOLERATED = 10
"""One row in so many may be bad; with more, accepting the others takes a word of its own."""
READY = ("new", "change")
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An import as it stands; `counts` says how many rows are in each state."""

    import_id: str
    agency_id: str
    account_id: str
    team_id: str
    kind: str
    state: str
    created_at: int
    file_digest: str
    total: int
    since_1904: bool
    mapping: Mapped
    headings: tuple[str, ...]
    counts: dict[str, int]
    salt: bytes | None

    @property
    def bad(self) -> int:
        return self.counts.get("bad", 0)

    @property
    def too_many_bad(self) -> bool:
        """Whether so much is wrong that the file itself may be the wrong one."""
        return self.bad * TOLERATED > self.total

    @property
    def done(self) -> int:
        """How many rows the present part of the work is over with."""
        waiting = {"reading": ("waiting",), "checking": ("read",), "accepting": ("chosen", "sure")}
        return self.total - sum(self.counts.get(one, 0) for one in waiting.get(self.state, ()))

    @property
    def running(self) -> bool:
        return self.state in ("reading", "checking", "accepting")


def sealer_of(service: Service, job: Job) -> Sealer:
    """What opens the rows of an import; raises when they are gone."""
    if job.salt is None:
        raise _gone()
    return Sealer(service.settings.hash_key, job.import_id, job.salt)


def _gone() -> RuleBroken:
    return RuleBroken("import_over", "This import is over, and what was sent is kept no more. Send the file again.")


def take_in(
    service: Service, who: Identity, kind: Kind, data: bytes, team_id: str | None, mapping: Mapped | None = None
) -> str:
    """Take a file in for one of the asker's teams; its rows are sealed at once. Returns the id of the import.

    Raises `Invalid` for a file that cannot be read. `mapping` may say which column is which.
    """
    forget_old(service)
    team = chosen_team(who, service.accounts, team_id)
    known = [heading for column in kind.columns for heading in column.headings]
    table = read_table(data, known)
    import_id, salt, now = new_id(PREFIX), new_salt(), service.clock.now()
    sealer = Sealer(service.settings.hash_key, import_id, salt)
    with service.database.write() as connection:
        found = mapping or guessed(kind, table.headings, _before(connection, who.agency_id, kind.name))
        _check_mapping(kind, found, len(table.headings))
        total = _keep_rows(connection, import_id, sealer, table)
        if not total:
            raise Invalid("file_empty", "There is nothing in this file.", field="file")
        job = {
            "import_id": import_id,
            "agency_id": who.agency_id,
            "account_id": who.account_id,
            "team_id": team,
            "kind": kind.name,
            "state": "columns" if missing(kind, found) else "reading",
            "created_at": to_micros(now),
            "expires_at": to_micros(now + KEPT),
            "file_digest": hashlib.sha256(data).hexdigest()[:32],
            "total": total,
            "since_1904": table.since_1904,
            "mapping": found,
            "counts": {},
            "salt": salt,
            "headings": sealer.seal("headings", table.headings),
        }
        connection.execute(insert(import_job), job)
    _forget_in_time(service)
    return import_id


def _forget_in_time(service: Service) -> None:
    """Forget the file when its hour is over, even if nobody asks for anything any more; a restart does so as well."""
    timer = threading.Timer(KEPT.total_seconds() + 1, forget_old, [service])
    timer.daemon = True
    timer.start()


def _keep_rows(connection: Connection, import_id: str, sealer: Sealer, table: Table) -> int:
    total = 0
    for rows in _batches(
        {
            "import_id": import_id,
            "row_no": row.number,
            "state": "waiting",
            "cells": sealer.seal(f"row {row.number}", [packed(cell) for cell in row.cells]),
        }
        for row in table.rows
    ):
        connection.execute(insert(import_row), rows)
        total += len(rows)
    return total


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, _AT_ONCE)):
        yield batch


def _check_mapping(kind: Kind, mapping: Mapped, columns: int) -> None:
    names = {one.name for one in kind.columns}
    places = list(mapping.values())
    if set(mapping) - names or any(not 0 <= place < columns for place in places):
        raise Invalid("mapping_unknown", "There is no such column.", field="mapping")
    if len(set(places)) < len(places):
        raise Invalid("mapping_twice", "One column of the file was chosen twice.", field="mapping")


def choose_columns(service: Service, who: Identity, kind: Kind, import_id: str, mapping: Mapped) -> None:
    """Say which column is which, and remember it for this agency; the rows are read anew."""
    with service.database.write() as connection:
        job = find(connection, service, who, import_id, lock=True)
        if job.state not in ("columns", "reading", "checking", "checked"):
            raise _gone()
        _check_mapping(kind, mapping, len(job.headings))
        lacking = missing(kind, mapping)
        if lacking:
            raise Invalid("column_missing", "Say which column of the file this is.", field=lacking[0])
        connection.execute(
            update(import_row)
            .where(import_row.c.import_id == import_id)
            .values(state="waiting", row_key=None, entry_key=None, told=None)
        )
        _move(connection, import_id, state="reading", mapping=mapping)
        marks = _before(connection, who.agency_id, kind.name) | to_remember(job.headings, mapping)
        _remember(connection, who.agency_id, kind.name, marks)


def _before(connection: Connection, agency_id: str, kind: str) -> dict[str, str]:
    wanted = select(import_mapping.c.headings).where(
        import_mapping.c.agency_id == agency_id, import_mapping.c.kind == kind
    )
    return dict(connection.scalar(wanted) or {})


def _remember(connection: Connection, agency_id: str, kind: str, marks: dict[str, str]) -> None:
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = make(import_mapping).values(agency_id=agency_id, kind=kind, headings=marks)
    connection.execute(row.on_conflict_do_update(index_elements=["agency_id", "kind"], set_={"headings": marks}))


def accept(
    service: Service,
    who: Identity,
    import_id: str,
    *,
    rows: Collection[int] | None = None,
    doubtful: bool = False,
    override: bool = False,
) -> None:
    """Choose what is saved: all that is new or changes something, or these rows; doubtful ones when they are meant.

    With more than a tenth of the rows bad it is refused, unless `override` says that the file is the right one.
    """
    with service.database.write() as connection:
        job = find(connection, service, who, import_id, lock=True)
        if job.state == "accepting":
            return
        if job.state != "checked":
            raise RuleBroken("import_not_checked", "This file has not been checked to its end yet.")
        if job.too_many_bad and not override:
            raise RuleBroken(
                "too_many_bad",
                "More than a tenth of the rows cannot be taken. Correct the file, or say that the rest is to be saved.",
                field="override",
            )
        chosen = and_(import_row.c.import_id == import_id, import_row.c.state.in_(READY))
        sure = and_(import_row.c.import_id == import_id, import_row.c.state == "doubt")
        named = list(rows) if rows is not None else None
        for part in [named[at : at + 1000] for at in range(0, len(named), 1000)] if named is not None else [None]:
            own = import_row.c.row_no.in_(part) if part is not None else import_row.c.row_no > 0
            connection.execute(update(import_row).where(chosen, own).values(state="chosen"))
            if doubtful or part is not None:
                connection.execute(update(import_row).where(sure, own).values(state="sure"))
        _move(connection, import_id, state="accepting")


def find(
    connection: Connection,
    service: Service,
    who: Identity,
    import_id: str,
    *,
    lock: bool = False,
    counted: bool = True,
) -> Job:
    """One's own import; a token sees those that were sent with it or by its owner. Its rows may go uncounted."""
    wanted = select(import_job).where(
        import_job.c.import_id == import_id,
        import_job.c.agency_id == who.agency_id,
        import_job.c.account_id == who.account_id,
    )
    row = connection.execute(wanted.with_for_update() if lock else wanted).first() if is_id(import_id, PREFIX) else None
    if row is None or not who.sees_team(row.team_id) or not who.may_send(row.kind):
        raise NotFound("import_not_found", "There is no such import.")
    return _job(service, row, counts_of(connection, row) if counted else {})


def counts_of(connection: Connection, row: Any) -> dict[str, int]:
    """How many rows are in each state; once all is over, as was noted then."""
    if row.state == "gone" and row.counts:
        return dict(row.counts)
    grouped = (
        select(import_row.c.state, func.count())
        .where(import_row.c.import_id == row.import_id)
        .group_by(import_row.c.state)
    )
    return {row[0]: row[1] for row in connection.execute(grouped)}


def _job(service: Service, row: Any, counts: dict[str, int]) -> Job:
    headings: Sequence[str] = ()
    if row.salt is not None and row.headings is not None:
        headings = Sealer(service.settings.hash_key, row.import_id, row.salt).open("headings", row.headings)
    names = ("import_id", "agency_id", "account_id", "team_id", "kind", "state", "created_at", "file_digest", "total")
    return Job(
        **{name: getattr(row, name) for name in names},
        since_1904=row.since_1904,
        mapping=dict(row.mapping),
        headings=tuple(headings),
        counts=counts,
        salt=row.salt,
    )


def latest(service: Service, who: Identity, kinds: Collection[str]) -> list[Job]:
    """One's latest imports, the newest first."""
    wanted = select(import_job).where(
        import_job.c.account_id == who.account_id,
        import_job.c.agency_id == who.agency_id,
        import_job.c.kind.in_(kinds),
    )
    with service.database.read() as connection:
        rows = connection.execute(wanted.order_by(import_job.c.created_at.desc()).limit(10)).all()
        return [_job(service, row, counts_of(connection, row)) for row in rows if who.sees_team(row.team_id)]


def finish(connection: Connection, import_id: str) -> None:
    """All that was chosen is saved: the rows are kept no more, what was said of them until the hour is over."""
    connection.execute(update(import_row).where(import_row.c.import_id == import_id).values(cells=None))
    _move(connection, import_id, state="done")


def drop(service: Service, who: Identity, import_id: str) -> None:
    """Forget a file at once."""
    with service.database.write() as connection:
        find(connection, service, who, import_id, lock=True)
        _forget(connection, [import_id])


def forget_old(service: Service) -> None:
    """Forget every file whose hour is over; what an import did stays noted in numbers."""
    over = import_job.c.expires_at <= to_micros(service.clock.now())
    wanted = select(import_job.c.import_id).where(over, import_job.c.state != "gone")
    with service.database.ask() as connection:
        ids = list(connection.scalars(wanted))
    if ids:
        with service.database.write() as connection:
            _forget(connection, ids)


def _forget(connection: Connection, ids: Sequence[str]) -> None:
    for row in connection.execute(select(import_job).where(import_job.c.import_id.in_(ids))).all():
        counts = counts_of(connection, row)
        connection.execute(delete(import_row).where(import_row.c.import_id == row.import_id))
        _move(connection, row.import_id, state="gone", counts=counts, salt=None, headings=None)


def _move(connection: Connection, import_id: str, **values: Any) -> None:
    connection.execute(update(import_job).where(import_job.c.import_id == import_id).values(**values))


def move_to(connection: Connection, import_id: str, state: str) -> None:
    """Note that the next part of the work begins."""
    _move(connection, import_id, state=state)


def taken_in_at(job: Job) -> Any:
    """When the file came."""
    return from_micros(job.created_at)
