"""Which entries of a service are booked under a contract."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from shared.serviceunit.unit import ServiceUnit

_decoder = msgspec.json.Decoder(ServiceUnit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries: under a contract, from a day to a day, of one worker, and `of` one group or case, where said."""

    contract: str
    first: date
    last: date
    worker: str | None = None
    of: str | None = None

    def fits(self, unit: ServiceUnit) -> bool:
        """Say whether an entry of these days is one of them."""
        return (
            any(one.contract_id == self.contract for one in unit.segments)
            and (self.worker is None or self.worker in unit.served_by)
            and self.of in (None, belongs_to(unit))
        )


def belongs_to(unit: ServiceUnit) -> str | None:
    """The group or the case of an entry."""
    return unit.group_id or unit.case_id


def booked(
    connection: Connection, table: Table, agency_id: str, teams: Collection[str] | None, wanted: Wanted, most: int
) -> list[tuple[ServiceUnit, int]]:
    """The entries wanted with their versions, the earliest first, at most so many; voided ones are none."""
    rows = table.c
    query = (
        select(rows.unit, rows.version)
        .where(rows.agency_id == agency_id, rows.phase != "voided")
        .where(rows.occurred_on.between(wanted.first, wanted.last))
        .order_by(rows.occurred_on, rows.unit_id)
    )
    if teams is not None:
        query = query.where(rows.team_id.in_(sorted(teams)))
    found: list[tuple[ServiceUnit, int]] = []
    for unit, version in _units(connection.execute(query)):
        if wanted.fits(unit):
            found.append((unit, version))
            if len(found) == most:
                break
    return found


def _units(rows: Any) -> Iterator[tuple[ServiceUnit, int]]:
    """Each row's entry, which one service keeps as JSON text and the others as JSON."""
    for row in rows:
        known = row.unit
        yield (_decoder.decode(known) if isinstance(known, bytes) else msgspec.convert(known, ServiceUnit)), row.version
