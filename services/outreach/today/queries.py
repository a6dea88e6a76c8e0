"""The visits of one worker: what is planned, and what was lately held."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, or_, select

from services.outreach.tables import visit
from services.outreach.visits.queries import ADDRESS, titles
from shared.serviceunit.agenda import AHEAD, BEHIND, LATELY, agenda, overdue
from shared.serviceunit.unit import ServiceUnit


def own_agenda(
    connection: Connection, agency_id: str, teams: Collection[str] | None, worker_id: str, today: date
) -> dict[str, list[dict[str, Any]]]:
    """What this worker has planned, and has lately held; visits for a case by its number."""
    wanted = select(visit.c.unit).where(
        visit.c.agency_id == agency_id,
        visit.c.occurred_on.between(today - BEHIND, today + AHEAD),
        or_(visit.c.phase == "planned", and_(visit.c.phase == "recorded", visit.c.occurred_on >= today - LATELY)),
    )
    if teams is not None:
        wanted = wanted.where(visit.c.team_id.in_(teams))
    units = [msgspec.convert(row.unit, ServiceUnit) for row in connection.execute(wanted)]
    return agenda(units, worker_id, today, ADDRESS, titles(connection, units))


def overdue_visits(
    connection: Connection, agency_id: str, teams: Collection[str] | None, today: date
) -> list[dict[str, Any]]:
    """What these teams have planned for a day that has passed, and not recorded, the oldest first."""
    wanted = (
        select(visit.c.unit)
        .where(
            visit.c.agency_id == agency_id,
            visit.c.phase == "planned",
            visit.c.occurred_on.between(today - BEHIND, today - timedelta(days=1)),
        )
        .order_by(visit.c.occurred_on, visit.c.unit_id)
        .limit(500)
    )
    if teams is not None:
        wanted = wanted.where(visit.c.team_id.in_(teams))
    units = [msgspec.convert(row.unit, ServiceUnit) for row in connection.execute(wanted)]
    return overdue(units, ADDRESS, titles(connection, units))
