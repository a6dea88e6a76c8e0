"""The notes that wait for somebody to look at them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, func, select

from services.case.tables import note_review, session_unit


def waiting(connection: Connection, agency_id: str, teams: Collection[str] | None) -> list[dict[str, Any]]:
    """Sessions of these teams whose notes may name somebody erased, the oldest first."""
    wanted = (
        select(session_unit.c.unit_id, session_unit.c.occurred_on, func.count().label("people"))
        .join(note_review, note_review.c.unit_id == session_unit.c.unit_id)
        .where(note_review.c.agency_id == agency_id)
        .group_by(session_unit.c.unit_id, session_unit.c.occurred_on)
        .order_by(session_unit.c.occurred_on, session_unit.c.unit_id)
    )
    if teams is not None:
        wanted = wanted.where(session_unit.c.team_id.in_(teams))
    return [
        {"session_id": row.unit_id, "occurred_on": row.occurred_on.isoformat(), "people": row.people}
        for row in connection.execute(wanted)
    ]


def is_waiting(connection: Connection, unit_id: str) -> bool:
    """Say whether the notes of this session still wait."""
    return connection.execute(select(note_review).where(note_review.c.unit_id == unit_id)).first() is not None
