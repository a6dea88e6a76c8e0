"""All that ever happened to what a contract counts, up to a cut, event by event."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from services.reporting.tables import ledger
from shared.database import from_micros

_WHAT = {"Recorded": "recorded", "Tallied": "recorded", "Corrected": "corrected", "Voided": "voided"}


def history_since(connection: Connection, agency_id: str, contract_id: str, then: Cut, cut: Cut) -> list[Happened]:
    """Of sessions, questionnaires, cases and merges, every event after one cut up to another."""
    which = {"agency_id": agency_id, "contract_id": contract_id, **positions(cut)}
    after = {f"after_{service}": then[service] for service in SOURCES}
    # What was parked then is told by its position too; a whole walk is short where anything was.
    kept = [one if then.parked else one.since for one in (_UNITS, _SCORES, _TALLIES)]
    told = [happened for one in kept for happened in _of_entries(connection, which | after, one, cut)]
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
    """Where the versions of one kind of entry stand: what they say, and who wrote them when and why."""

    versions: Any
    entries: Any
    of: Callable[[Sequence[Any]], Thing]
    own_id: Any

    @property
    def since(self) -> "_Kept":
        """The same of those entries alone that an event after a cut (`after_...`) has written."""
        entry = ledger.entry.alias("later")
        later = or_(*(and_(entry.c.service == name, entry.c.born > bindparam(f"after_{name}")) for name in SOURCES))
        ids = select(entry.c.entry_id).where(entry.c.agency_id == bindparam("agency_id"), later)
        return replace(
            self,
            versions=self.versions.where(self.own_id.in_(ids)),
            entries=self.entries.where(ledger.entry.c.entry_id.in_(ids)),
        )


def _of_entries(connection: Connection, which: Mapping[str, Any], kept: _Kept, cut: Cut) -> Iterator[Happened]:
    versions = {(row[0], row[1]): kept.of(row[2:]) for row in connection.execute(kept.versions, which)}
    stories: dict[str, list[Any]] = defaultdict(list)
    for entry in connection.execute(kept.entries, which):
        if cut.knows(entry.service, entry.born):
            stories[entry.entry_id].append(entry)
    for entry_id, entries in stories.items():
        before: Thing | None = None
        for entry in entries:
            thing = versions.get((entry_id, entry.version))
            if before is not None or thing is not None:
                yield _happened(entry, before, thing)
            before = thing


def _happened(entry: Any, ended: Thing | None, begun: Thing | None) -> Happened:
    return Happened(
        recorded_at=from_micros(entry.recorded_at),
        service=entry.service,
        position=entry.born,
        event_id=entry.event_id,
        actor=entry.actor,
        reason=entry.reason,
        what=next(what for ending, what in _WHAT.items() if entry.type.endswith(ending)),
        about=entry.entry_id,
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


def _kept(table: Table, own_id: str, columns: Sequence[str], of: Callable[[Sequence[Any]], Thing]) -> _Kept:
    own, entry = _own(table), ledger.entry
    versions = select(table.c[own_id], table.c.version, *(table.c[name] for name in columns))
    theirs = entry.c.entry_id.in_(select(table.c[own_id]).where(*own))
    entries = select(entry).where(theirs, _known(entry)).order_by(entry.c.entry_id, entry.c.version)
    return _Kept(versions.where(*own, _known(table)), entries, of, table.c[own_id])


_UNITS = _kept(ledger.segment, "unit_id", SEGMENT, unit_of)
_SCORES = _kept(ledger.score, "assessment_id", SCORE, score_of)
_TALLIES = _kept(ledger.tally, "tally_id", TALLY, tally_of)
_stage = ledger.case_stage
_STAGES = (
    select(*(_stage.c[name] for name in (*STAGE, "service", "born", "recorded_at", "actor", "reason")))
    .where(*_own(_stage), _known(_stage))
    .order_by(_stage.c.case_id, _stage.c.version)
)
_EDGES = select(ledger.identity).where(ledger.identity.c.agency_id == bindparam("agency_id"), _known(ledger.identity))
