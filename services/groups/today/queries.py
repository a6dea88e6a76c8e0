"""The meetings and events of one worker: what is planned, and what was lately held."""

from datetime import date
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection, exists, or_, select

from services.groups.groups.domain import Membership
from services.groups.meetings.queries import ADDRESS, group_titles
from services.groups.tables import group_member, meeting, meeting_participant
from services.groups.today.domain import beyond_membership
from shared.serviceunit.agenda import agenda, overdue, to_hand_over
from shared.serviceunit.agenda_queries import Teams, near_units, overdue_units, planned_units
from shared.serviceunit.learnt.queries import merges, resolved
from shared.serviceunit.unit import ServiceUnit


def own_agenda(
    connection: Connection, agency_id: str, teams: Teams, worker_id: str, today: date
) -> dict[str, list[dict[str, Any]]]:
    """What this worker has planned, and has lately held; meetings by the title of their group."""
    units = near_units(connection, meeting, agency_id, teams, today)
    return agenda(units, worker_id, today, ADDRESS, group_titles(connection, units))


def overdue_meetings(connection: Connection, agency_id: str, teams: Teams, today: date) -> list[dict[str, Any]]:
    """What these teams have planned for a day that has passed, and not recorded, the oldest first."""
    units = overdue_units(connection, meeting, agency_id, teams, today)
    return overdue(units, ADDRESS, group_titles(connection, units))


def planned_by(
    connection: Connection, agency_id: str, teams: Teams, worker_id: str, today: date
) -> list[dict[str, Any]]:
    """What this worker has planned in these teams, to be handed over."""
    units = planned_units(connection, meeting, agency_id, teams, today)
    return to_hand_over(units, worker_id, ADDRESS, group_titles(connection, units))


def attended_beyond_membership(connection: Connection, agency_id: str, teams: Teams) -> list[dict[str, Any]]:
    """The meetings of these teams with somebody who was no member on that day, each person by id."""
    member = group_member.c
    belonged = exists().where(
        member.group_id == meeting.c.group_id,
        member.person_id == meeting_participant.c.person_id,
        member.from_date <= meeting.c.occurred_on,
        or_(member.to_date.is_(None), member.to_date >= meeting.c.occurred_on),
    )
    without = (
        select(meeting_participant.c.unit_id)
        .join(meeting, meeting.c.unit_id == meeting_participant.c.unit_id)
        .where(meeting.c.agency_id == agency_id, meeting.c.group_id.is_not(None), ~belonged)
    )
    wanted = select(meeting.c.unit).where(
        meeting.c.unit_id.in_(without), meeting.c.phase == "recorded", meeting.c.status == "held"
    )
    if teams is not None:
        wanted = wanted.where(meeting.c.team_id.in_(teams))
    units = [msgspec.convert(row.unit, ServiceUnit) for row in connection.execute(wanted)]
    memberships = _memberships(connection, {unit.group_id for unit in units if unit.group_id})
    same_as = partial(resolved, edges=merges(connection, agency_id))
    return [
        {
            "about": unit.unit_id,
            "other": person_id,
            "on": unit.occurred_on.isoformat(),
            "team_id": unit.team_id,
            "workers": list(unit.served_by),
            "contracts": [segment.contract_id for segment in unit.segments],
            "address": f"{ADDRESS}/{unit.unit_id}",
        }
        for unit, person_id in beyond_membership(units, memberships, same_as)
    ]


def _memberships(connection: Connection, group_ids: set[str]) -> dict[str, list[Membership]]:
    member = group_member.c
    wanted = select(group_member).where(member.group_id.in_(group_ids))
    found: dict[str, list[Membership]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.group_id, []).append(
            Membership(person_id=row.person_id, role=row.role, from_date=row.from_date, to_date=row.to_date)
        )
    return found
