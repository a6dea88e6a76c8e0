"""The notes that somebody has to look at, since one of the people in them was erased."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from services.outreach.tables import note_review, visit
from shared.database import from_micros


def waiting_reviews(connection: Connection, agency_id: str, team_ids: Collection[str] | None) -> list[dict[str, Any]]:
    """The visits of these teams (None: of all) whose notes wait, the longest waiting first."""
    wanted = (
        select(note_review.c.unit_id, note_review.c.queued_at, visit.c.occurred_on)
        .join(visit, visit.c.unit_id == note_review.c.unit_id)
        .where(note_review.c.agency_id == agency_id)
        .order_by(note_review.c.queued_at, note_review.c.unit_id)
    )
    if team_ids is not None:
        wanted = wanted.where(visit.c.team_id.in_(team_ids))
    return [
        {
            "visit_id": row.unit_id,
            "occurred_on": row.occurred_on.isoformat(),
            "queued_at": from_micros(row.queued_at).isoformat(),
        }
        for row in connection.execute(wanted)
    ]


def waiting_subject(connection: Connection, unit_id: str) -> str | None:
    """Whose key seals the note of this visit that waits to be looked at; None when none waits."""
    wanted = (
        select(visit.c.own_subject)
        .join(note_review, visit.c.unit_id == note_review.c.unit_id)
        .where(note_review.c.unit_id == unit_id)
    )
    return connection.scalars(wanted).one_or_none()
