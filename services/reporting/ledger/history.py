"""All that ever happened to what a contract counts, up to a cut, event by event."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, or_, select

from services.reporting.indicators.changes import Happened, Thing
from services.reporting.ledger.cut import SOURCES, Cut
from services.reporting.ledger.queries import (
    SCORE,
    SEGMENT,
    STAGE,
    TALLY,
    positions,
    score_of,
    stage_of,
    tally_of,
    unit_of,
)
from services.reporting.tables import FOREVER, ledger
from shared.database import from_micros

_WHAT = {"Recorded": "recorded", "Tallied": "recorded", "Corrected": "corrected", "Voided": "voided"}


def history_since(connection: Connection, agency_id: str, contract_id: str, then: Cut, cut: Cut) -> list[Happened]:
    """Of sessions, questionnaires, cases and merges, every event after one cut up to another."""
    which = {"agency_id": agency_id, "contract_id": contract_id, **positions(cut)}
    after = {f"after_{service}": then[service] for service in SOURCES}
    # What was parked then is told by its position too; a whole walk is short where anything was.
    told = [
        happened
        for kept in (_UNITS, _SCORES, _TALLIES)
        for happened in _of_entries(connection, which | after, kept, cut, since=not then.parked)
    ]
    told += [*_of_cases(connection, which, cut), *_of_identities(connection, which, cut)]
    return [one for one in told if not then.knows(one.service, one.position)]


def history(
    connection: Connection, agency_id: str, contract_id: str, cut: Cut, *, questionnaires: bool = False
) -> list[Happened]:
    """Every event up to the cut that began or ended what this contract counts, and every merge of the agency.

    Sessions and cases always; `questionnaires` too where the figure is an outcome's.
    """
    which = {"agency_id": agency_id, "contract_id": contract_id, **positions(cut)}
    told = [*_of_entries(connection, which, _UNITS, cut), *_of_identities(connection, which, cut)]
    if questionnaires:
        told += [*_of_entries(connection, which, _SCORES, cut), *_of_entries(connection, which, _TALLIES, cut)]
        return told
    return [*told, *_of_cases(connection, which, cut)]


@dataclass(frozen=True, slots=True)
class _Kept:
    """Every version of one kind of entry: who wrote it when and why, and what a contract counts of it, if anything.

    `since`: of those entries alone of which anything the contract counts began or ended after a cut (`after_...`).
    """

    versions: Any
    since: Any
    of: Callable[[Sequence[Any]], Thing]


def _of_entries(
    connection: Connection, which: Mapping[str, Any], kept: _Kept, cut: Cut, *, since: bool = False
) -> Iterator[Happened]:
    rows = connection.execute(kept.since if since else kept.versions, which).all()
    known = [row for row in rows if cut.knows(row.service, row.born)] if cut.parked else rows
    for _, versions in groupby(known, key=itemgetter(0)):
        before: Thing | None = None
        for row in versions:
            thing = kept.of(row[len(_SOURCE) :]) if row[len(_SOURCE)] is not None else None
            if before is not None or thing is not None:
                yield _happened(row, before, thing)
            before = thing


def _happened(row: Sequence[Any], ended: Thing | None, begun: Thing | None) -> Happened:
    about, kind, service, position, event_id, recorded_at, actor, reason = row[: len(_SOURCE)]
    return Happened(
        recorded_at=from_micros(recorded_at),
        service=service,
        position=position,
        event_id=event_id,
        actor=actor,
        reason=reason,
        what=next(what for ending, what in _WHAT.items() if kind.endswith(ending)),
        about=about,
        ended=ended,
        begun=begun,
    )


def _of_cases(connection: Connection, which: Mapping[str, Any], cut: Cut) -> Iterator[Happened]:
    for row in connection.execute(_STAGES, which):
        if not cut.knows(row.service, row.born):
            continue
        yield Happened(
            recorded_at=from_micros(row.recorded_at),
            service=row.service,
            position=row.born,
            event_id=row.event_id,
            actor=row.actor,
            reason=row.reason,
            what=f"case_{row.stage}",
            about=row.case_id,
            begun=stage_of(row),
        )


def _of_identities(connection: Connection, which: Mapping[str, Any], cut: Cut) -> Iterator[Happened]:
    for edge in connection.execute(_EDGES, which):
        if not cut.knows(edge.service, edge.born):
            continue
        pair, is_merge = (edge.person_id, edge.into_id), edge.service == "case"
        about = {"service": edge.service, "about": edge.person_id}
        yield Happened(
            recorded_at=from_micros(edge.recorded_at),
            position=edge.born,
            event_id=edge.event_id,
            actor=edge.actor,
            reason=edge.reason,
            what="merged" if is_merge else "identified",
            joined=pair,
            **about,
        )
        if cut.knows(edge.service, edge.dead):
            yield Happened(
                recorded_at=from_micros(edge.ended_at),
                position=edge.dead,
                event_id=edge.ended_event_id,
                actor=edge.ended_by,
                reason=edge.ended_reason,
                what="unmerged" if is_merge else "unidentified",
                parted=pair,
                **about,
            )


def _known(table: Table) -> ColumnElement[bool]:
    """Born at or before the cut, dead or not."""
    return or_(*(and_(table.c.service == service, table.c.born <= bindparam(f"at_{service}")) for service in SOURCES))


def _own(table: Table) -> tuple[ColumnElement[bool], ...]:
    return (table.c.agency_id == bindparam("agency_id"), table.c.contract_id == bindparam("contract_id"))


def _moved(table: Table) -> ColumnElement[bool]:
    """Born or dead after a cut (`after_...`)."""
    own = table.c
    return or_(*(and_(own.service == name, _after(own.born, name) | _after(own.dead, name)) for name in SOURCES))


def _after(position: ColumnElement[int], service: str) -> ColumnElement[bool]:
    return and_(position > bindparam(f"after_{service}"), position < FOREVER)


def _kept(table: Table, columns: Sequence[str], of: Callable[[Sequence[Any]], Thing]) -> _Kept:
    entry, own_id = ledger.entry, table.c[columns[0]]
    counted = and_(own_id == entry.c.entry_id, table.c.version == entry.c.version, *_own(table))
    known = (
        select(*(entry.c[name] for name in _SOURCE), *(table.c[name] for name in columns))
        .select_from(entry.outerjoin(table, counted))
        .where(_known(entry))
        .order_by(entry.c.entry_id, entry.c.version)
    )
    ids = select(own_id).where(*_own(table)).correlate(None)
    versions, since = (known.where(entry.c.entry_id.in_(own)) for own in (ids, ids.where(_moved(table))))
    return _Kept(versions, since, of)


_SOURCE = ("entry_id", "type", "service", "born", "event_id", "recorded_at", "actor", "reason")
_UNITS = _kept(ledger.segment, SEGMENT, unit_of)
_SCORES = _kept(ledger.score, SCORE, score_of)
_TALLIES = _kept(ledger.tally, TALLY, tally_of)
_stage = ledger.case_stage
_STAGES = select(*(_stage.c[name] for name in (*STAGE, "service", "born", "recorded_at", "actor", "reason"))).where(
    *_own(_stage), _known(_stage)
)
_EDGES = select(ledger.identity).where(ledger.identity.c.agency_id == bindparam("agency_id"), _known(ledger.identity))
