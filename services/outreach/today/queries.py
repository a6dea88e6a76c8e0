"""The visits of one worker: what is planned, and what was lately held."""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from services.outreach.tables import visit
from services.outreach.visits.queries import ADDRESS, titles
from shared.serviceunit.agenda import agenda, overdue, to_hand_over
from shared.serviceunit.agenda_queries import Teams, near_units, overdue_units, planned_units


def own_agenda(
    connection: Connection, agency_id: str, teams: Teams, worker_id: str, today: date
) -> dict[str, list[dict[str, Any]]]:
    """What this worker has planned, and has lately held; visits for a case by its number."""
    units = near_units(connection, visit, agency_id, teams, today)
    return agenda(units, worker_id, today, ADDRESS, titles(connection, units))


def overdue_visits(connection: Connection, agency_id: str, teams: Teams, today: date) -> list[dict[str, Any]]:
    """What these teams have planned for a day that has passed, and not recorded, the oldest first."""
    units = overdue_units(connection, visit, agency_id, teams, today)
    return overdue(units, ADDRESS, titles(connection, units))


def planned_by(
    connection: Connection, agency_id: str, teams: Teams, worker_id: str, today: date
) -> list[dict[str, Any]]:
    """What this worker has planned in these teams, to be handed over."""
    units = planned_units(connection, visit, agency_id, teams, today)
    return to_hand_over(units, worker_id, ADDRESS, titles(connection, units))
