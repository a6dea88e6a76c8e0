"""Groups and their members, read."""

from collections.abc import Collection, Mapping
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from services.groups.groups.domain import GroupOnDay
from services.groups.tables import activity_group, group_member, meeting
from shared.chinese import holds
from shared.serviceunit.learnt.queries import resolved

_ROW = activity_group.c
# Statements of the way of a meeting are made once: making them anew would take longer than running them.
_GROUP = select(activity_group).where(_ROW.group_id == bindparam("of"), _ROW.agency_id == bindparam("agency"))
_MEMBERS = (
    select(group_member.c.person_id, group_member.c.role, group_member.c.from_date)
    .where(
        group_member.c.group_id == bindparam("of"),
        group_member.c.from_date <= bindparam("day"),
        or_(group_member.c.to_date.is_(None), group_member.c.to_date >= bindparam("day")),
    )
    .order_by(group_member.c.from_date, group_member.c.person_id)
)


def group_on(
    connection: Connection, agency_id: str, group_id: str, day: date, edges: Mapping[str, str]
) -> tuple[GroupOnDay, int] | None:
    """A group as a meeting on `day` needs it, and the version this was read at; None when the agency has none such."""
    row = connection.execute(_GROUP, {"of": group_id, "agency": agency_id}).first()
    if row is None:
        return None
    group = GroupOnDay(
        group_id=group_id,
        activity=row.activity,
        team_id=row.team_id,
        phase=row.phase,
        from_date=row.from_date,
        contract_id=row.contract_id,
        ended_on=row.ended_on,
        intake_ends=(row.intake_until or row.opened_on) if row.closed else None,
        members=frozenset(resolved(one["person_id"], edges) for one in members_on(connection, group_id, day)),
    )
    return group, row.version


def members_on(connection: Connection, group_id: str, day: date) -> list[dict[str, Any]]:
    """Who belongs to the group on `day`, in the order of joining."""
    found = connection.execute(_MEMBERS, {"of": group_id, "day": day})
    return [dict(row) for row in found.mappings()]


def group(connection: Connection, agency_id: str, group_id: str) -> dict[str, Any] | None:
    """One group with all its memberships, or None."""
    row = connection.execute(_GROUP, {"of": group_id, "agency": agency_id}).first()
    if row is None:
        return None
    memberships = (
        select(group_member)
        .where(group_member.c.group_id == group_id)
        .order_by(group_member.c.from_date, group_member.c.person_id)
    )
    return {
        **_public(row._mapping),
        "members": [
            {name: value for name, value in one.items() if name != "group_id"}
            for one in connection.execute(memberships).mappings()
        ],
    }


def groups(
    connection: Connection,
    agency_id: str,
    team_ids: Collection[str] | None,
    *,
    phase: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """The groups of these teams (None: of all), the latest to begin first."""
    wanted = select(activity_group).where(_ROW.agency_id == agency_id)
    wanted = wanted.order_by(_ROW.from_date.desc(), _ROW.group_id.desc()).limit(limit)
    if team_ids is not None:
        wanted = wanted.where(_ROW.team_id.in_(team_ids))
    if phase is not None:
        wanted = wanted.where(_ROW.phase == phase)
    if after is not None:
        begun = select(_ROW.from_date).where(_ROW.group_id == after, _ROW.agency_id == agency_id).scalar_subquery()
        wanted = wanted.where(or_(_ROW.from_date < begun, and_(_ROW.from_date == begun, _ROW.group_id < after)))
    return [_public(row) for row in connection.execute(wanted).mappings()]


def titled(
    connection: Connection,
    agency_id: str,
    team_ids: Collection[str] | None,
    *,
    q: str,
    group_ids: Collection[str] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Title, activity and phase of the teams' groups whose title holds `q`; if ids are given, of those alone."""
    wanted = select(_ROW.group_id, _ROW.title, _ROW.activity, _ROW.phase).where(_ROW.agency_id == agency_id)
    if team_ids is not None:
        wanted = wanted.where(_ROW.team_id.in_(team_ids))
    if group_ids is not None:
        wanted = wanted.where(_ROW.group_id.in_(group_ids))
    rows = connection.execute(wanted.order_by(_ROW.from_date.desc(), _ROW.group_id.desc())).mappings()
    return [dict(row) for row in islice((row for row in rows if holds(row["title"], q)), limit)]


def meeting_counts(connection: Connection, group_ids: Collection[str]) -> dict[str, int]:
    """How many meetings of each group were held."""
    wanted = (
        select(meeting.c.group_id, func.count())
        .where(meeting.c.group_id.in_(group_ids), meeting.c.phase == "recorded", meeting.c.status == "held")
        .group_by(meeting.c.group_id)
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


def _public(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items() if name != "agency_id"}
