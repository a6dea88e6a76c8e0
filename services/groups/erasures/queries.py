"""The notes that wait for somebody to look at them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, func, select

from services.groups.tables import meeting, note_review


def waiting(connection: Connection, agency_id: str, team_ids: Collection[str] | None) -> list[dict[str, Any]]:
    """Meetings of these teams (None: of all) whose notes may name somebody erased, oldest meeting first."""
    wanted = (
        select(meeting.c.unit_id, meeting.c.group_id, meeting.c.occurred_on, func.count().label("people"))
        .join(note_review, note_review.c.unit_id == meeting.c.unit_id)
        .where(note_review.c.agency_id == agency_id)
        .group_by(meeting.c.unit_id, meeting.c.group_id, meeting.c.occurred_on)
        .order_by(meeting.c.occurred_on, meeting.c.unit_id)
    )
    if team_ids is not None:
        wanted = wanted.where(meeting.c.team_id.in_(team_ids))
    return [
        {
            "meeting_id": row.unit_id,
            "group_id": row.group_id,
            "occurred_on": row.occurred_on.isoformat(),
            "people": row.people,
        }
        for row in connection.execute(wanted)
    ]


def is_waiting(connection: Connection, unit_id: str) -> bool:
    """Say whether the notes of this meeting still wait."""
    wanted = select(func.count()).where(note_review.c.unit_id == unit_id)
    return bool(connection.scalar(wanted))
