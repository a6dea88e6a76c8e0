"""What is planned and was lately held, read from a service's table of its entries, for `agenda` and `overdue`."""

from collections.abc import Collection
from datetime import date, timedelta

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select

from shared.serviceunit.agenda import AHEAD, BEHIND, LATELY
from shared.serviceunit.unit import ServiceUnit

_MOST = 500

Teams = Collection[str] | None
"""The teams whose entries are read; None for all."""


def near_units(connection: Connection, table: Table, agency_id: str, teams: Teams, today: date) -> list[ServiceUnit]:
    """What is planned around today, and what was lately held."""
    unit = table.c
    recent = and_(unit.phase == "recorded", unit.occurred_on >= today - LATELY)
    near = unit.occurred_on.between(today - BEHIND, today + AHEAD)
    return _units(connection, table, agency_id, teams, near, or_(unit.phase == "planned", recent))


def overdue_units(connection: Connection, table: Table, agency_id: str, teams: Teams, today: date) -> list[ServiceUnit]:
    """What was planned for a day that has passed, and not recorded, the oldest first; at most 500."""
    passed = table.c.occurred_on.between(today - BEHIND, today - timedelta(days=1))
    return _units(connection, table, agency_id, teams, passed, table.c.phase == "planned", limit=_MOST)


def planned_units(connection: Connection, table: Table, agency_id: str, teams: Teams, today: date) -> list[ServiceUnit]:
    """All that is planned, the next first, and what was lately planned and never recorded."""
    return _units(
        connection, table, agency_id, teams, table.c.phase == "planned", table.c.occurred_on >= today - BEHIND
    )


def _units(
    connection: Connection,
    table: Table,
    agency_id: str,
    teams: Teams,
    *conditions: ColumnElement[bool],
    limit: int | None = None,
) -> list[ServiceUnit]:
    wanted = select(table.c.unit).where(table.c.agency_id == agency_id, *conditions)
    if teams is not None:
        wanted = wanted.where(table.c.team_id.in_(teams))
    ordered = wanted.order_by(table.c.occurred_on, table.c.unit_id).limit(limit)
    return [msgspec.convert(row.unit, ServiceUnit) for row in connection.execute(ordered)]
