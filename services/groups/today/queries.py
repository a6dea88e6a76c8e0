"""The meetings and events of one worker: what is planned, and what was lately held."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, or_, select

from services.groups.meetings.queries import ADDRESS, group_titles
from services.groups.tables import meeting
from shared.serviceunit.agenda import AHEAD, BEHIND, LATELY, agenda, overdue
from shared.serviceunit.unit import ServiceUnit


def own_agenda(
    connection: Connection, agency_id: str, teams: Collection[str] | None, worker_id: str, today: date
) -> dict[str, list[dict[str, Any]]]:
    """What this worker has planned, and has lately held; meetings by the title of their group."""
    wanted = select(meeting.c.unit).where(
        meeting.c.agency_id == agency_id,
        meeting.c.occurred_on.between(today - BEHIND, today + AHEAD),
        or_(
            meeting.c.phase == "planned",
            and_(meeting.c.phase == "recorded", meeting.c.occurred_on >= today - LATELY),
        ),
    )
    if teams is not None:
        wanted = wanted.where(meeting.c.team_id.in_(teams))
    units = [msgspec.convert(row.unit, ServiceUnit) for row in connection.execute(wanted)]
    return agenda(units, worker_id, today, ADDRESS, group_titles(connection, units))


def overdue_meetings(
    connection: Connection, agency_id: str, teams: Collection[str] | None, today: date
) -> list[dict[str, Any]]:
    """What these teams have planned for a day that has passed, and not recorded, the oldest first."""
    wanted = (
        select(meeting.c.unit)
        .where(
            meeting.c.agency_id == agency_id,
            meeting.c.phase == "planned",
            meeting.c.occurred_on.between(today - BEHIND, today - timedelta(days=1)),
        )
        .order_by(meeting.c.occurred_on, meeting.c.unit_id)
        .limit(500)
    )
    if teams is not None:
        wanted = wanted.where(meeting.c.team_id.in_(teams))
    units = [msgspec.convert(row.unit, ServiceUnit) for row in connection.execute(wanted)]
    return overdue(units, ADDRESS, group_titles(connection, units))
