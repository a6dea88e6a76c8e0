"""The occasions of teams as they are known now."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, select

from services.reporting.ledger.cuts import cut_now
from services.reporting.ledger.queries import alive, positions, words_of
from services.reporting.tables import ledger
from services.reporting.team.domain import Occasion
from shared.clock import local_date
from shared.database import from_micros

_table = ledger.occasion
_entry = ledger.entry
_any_version = ledger.occasion.alias("any_version")
_FIRST_RECORDED = (
    select(func.min(_any_version.c.recorded_at))
    .where(_any_version.c.agency_id == _table.c.agency_id, _any_version.c.unit_id == _table.c.unit_id)
    .correlate(_table)
    .scalar_subquery()
)


def occasions(
    connection: Connection,
    agency_id: str,
    team_ids: Collection[str],
    first: date,
    last: date,
    *,
    of_groups: bool = False,
    referring: bool = False,
) -> list[Occasion]:
    """What these teams gave from the first to the last day, both included; `of_groups` leaves out all else, and
    `referring` all at which nobody was referred."""
    its_entry = and_(_entry.c.entry_id == _table.c.unit_id, _entry.c.version == _table.c.version)
    wanted = (
        select(_table, _entry.c.contracts, _FIRST_RECORDED.label("first_recorded"))
        .join(_entry, its_entry)
        .where(
            _table.c.agency_id == agency_id,
            _table.c.team_id.in_(team_ids),
            _table.c.occurred_on.between(first.isoformat(), last.isoformat()),
            alive(_table),
        )
    )
    if of_groups:
        wanted = wanted.where(_table.c.group_id.is_not(None))
    if referring:
        wanted = wanted.where(_table.c.referred_on.is_not(None))
    return [_occasion(row) for row in connection.execute(wanted, positions(cut_now(connection)))]


def _occasion(row: Any) -> Occasion:
    return Occasion(
        unit_id=row.unit_id,
        kind=row.kind,
        status=row.status,
        occurred_on=date.fromisoformat(row.occurred_on),
        recorded_on=local_date(from_micros(row.first_recorded)),
        minutes=row.minutes,
        workers=words_of(row.workers),
        attended=row.attended,
        group_id=row.group_id,
        case_id=row.case_id,
        team_id=row.team_id,
        starts_at=from_micros(row.starts_at) if row.starts_at is not None else None,
        contracts=words_of(row.contracts),
        referred_on=tuple(map(date.fromisoformat, words_of(row.referred_on or ""))),
    )
