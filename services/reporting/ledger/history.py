"""All that ever happened to a contract's sessions up to a cut, event by event."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, or_, select

from services.reporting.indicators.changes import Happened
from services.reporting.indicators.facts import Unit
from services.reporting.ledger.cut import SOURCES, Cut
from services.reporting.ledger.queries import SEGMENT, positions, unit_of
from services.reporting.tables import ledger
from shared.database import from_micros

_WHAT = {"Recorded": "recorded", "Corrected": "corrected", "Voided": "voided"}


def history(connection: Connection, agency_id: str, contract_id: str, cut: Cut) -> list[Happened]:
    """Every event up to the cut that began or ended what this contract counts, and every merge of the agency."""
    which = {"agency_id": agency_id, "contract_id": contract_id, **positions(cut)}
    return [*_of_units(connection, which), *_of_identities(connection, which, cut)]


def _of_units(connection: Connection, which: Mapping[str, Any]) -> Iterator[Happened]:
    versions: dict[tuple[str, int], Unit] = {}
    for row in connection.execute(_SEGMENTS, which):
        version = unit_of(row)
        versions[version.unit_id, version.version] = version
    stories: dict[str, list[Any]] = defaultdict(list)
    for entry in connection.execute(_ENTRIES, which):
        stories[entry.entry_id].append(entry)
    for unit_id, entries in stories.items():
        before: Unit | None = None
        for entry in entries:
            unit = versions.get((unit_id, entry.version))
            if before is not None or unit is not None:
                yield _happened(entry, before, unit)
            before = unit


def _happened(entry: Any, ended: Unit | None, begun: Unit | None) -> Happened:
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


def _of_identities(connection: Connection, which: Mapping[str, Any], cut: Cut) -> Iterator[Happened]:
    for edge in connection.execute(_EDGES, which):
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
        if edge.dead <= cut[edge.service]:
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


_OWN = (
    ledger.segment.c.agency_id == bindparam("agency_id"),
    ledger.segment.c.contract_id == bindparam("contract_id"),
)
_SEGMENTS = select(*(ledger.segment.c[name] for name in SEGMENT)).where(*_OWN, _known(ledger.segment))
_ENTRIES = (
    select(ledger.entry)
    .where(ledger.entry.c.entry_id.in_(select(ledger.segment.c.unit_id).where(*_OWN)), _known(ledger.entry))
    .order_by(ledger.entry.c.entry_id, ledger.entry.c.version)
)
_EDGES = select(ledger.identity).where(ledger.identity.c.agency_id == bindparam("agency_id"), _known(ledger.identity))
