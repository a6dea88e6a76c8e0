"""Meetings, read: lists, and what shares a day with one of them."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select

from services.groups.meetings.domain import OtherMeeting
from services.groups.tables import activity_group, meeting, meeting_participant
from shared.clock import HONG_KONG
from shared.database import from_micros
from shared.errors import Malformed
from shared.prepared import Prepared
from shared.serviceunit.unit import ServiceUnit

ADDRESS = "/groups/meetings"
"""Where the pages of meetings lie."""
_ROW = meeting.c
_OTHERS = Prepared(
    select(_ROW.unit_id, _ROW.group_id, _ROW.starts_at, _ROW.minutes, _ROW.unit).where(
        _ROW.agency_id == bindparam("agency"),
        _ROW.occurred_on == bindparam("day"),
        _ROW.phase != "voided",
        or_(_ROW.status == "held", _ROW.status == "planned"),
    )
)


def group_titles(connection: Connection, units: Iterable[ServiceUnit]) -> dict[str, str]:
    """The titles of the groups that meetings belong to, by their ids."""
    ids = {unit.group_id for unit in units if unit.group_id}
    wanted = select(activity_group.c.group_id, activity_group.c.title).where(activity_group.c.group_id.in_(ids))
    return {row.group_id: row.title for row in connection.execute(wanted)}


def others_on(connection: Connection, agency_id: str, day: date) -> list[OtherMeeting]:
    """All meetings of the agency on a day that took place or are to take place."""
    return [
        OtherMeeting(
            unit_id=row.unit_id,
            group_id=row.group_id,
            starts_at=None if row.starts_at is None else from_micros(row.starts_at).astimezone(HONG_KONG),
            minutes=row.minutes,
            served_by=frozenset(row.unit["served_by"]),
            contracts=frozenset(segment["contract_id"] for segment in row.unit["segments"]),
        )
        for row in _OTHERS.all(connection, agency=agency_id, day=day)
    ]


def meetings(
    connection: Connection,
    agency_id: str,
    team_ids: Collection[str] | None,
    *,
    group_id: str | None = None,
    kind: str | None = None,
    person_id: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """The meetings of these teams (None: of all), newest first; `after` is the cursor of the last one seen."""
    wanted = select(meeting).where(_ROW.agency_id == agency_id)
    wanted = wanted.order_by(_ROW.occurred_on.desc(), _ROW.unit_id.desc()).limit(limit)
    if team_ids is not None:
        wanted = wanted.where(_ROW.team_id.in_(team_ids))
    if group_id is not None:
        wanted = wanted.where(_ROW.group_id == group_id)
    if kind is not None:
        wanted = wanted.where(_ROW.kind == kind)
    if person_id is not None:
        theirs = select(meeting_participant.c.unit_id).where(meeting_participant.c.person_id == person_id)
        wanted = wanted.where(_ROW.unit_id.in_(theirs))
    if after is not None:
        day, unit_id = _place_of(after)
        earlier = and_(_ROW.occurred_on == day, _ROW.unit_id < unit_id)
        wanted = wanted.where(or_(_ROW.occurred_on < day, earlier))
    return [_public(row) for row in connection.execute(wanted)]


def cursor_of(listed: dict[str, Any]) -> str:
    """Where the list goes on after this meeting."""
    return f"{listed['occurred_on']}~{listed['meeting_id']}"


def _place_of(cursor: str) -> tuple[date, str]:
    day, _, unit_id = cursor.partition("~")
    try:
        return date.fromisoformat(day), unit_id
    except ValueError as error:
        raise Malformed("cursor_malformed", "Ask for the next page with what the last one answered as next.") from error


def _public(row: Any) -> dict[str, Any]:
    return {"meeting_id": row.unit_id, "version": row.version, "phase": row.phase, **row.unit}


def present_count(participants: Iterable[dict[str, Any]]) -> int:
    """How many of the participants were there, for a list; what counts is for a contract to say."""
    return sum(1 for person in participants if person["status"] in ("present", "late", "left_early"))
