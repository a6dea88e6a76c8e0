"""What case says of cases: their number and team, when they were open, and who belongs to them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from services.outreach.tables import known_case
from shared.bus.envelope import Arrived


class _Member(msgspec.Struct, frozen=True):
    person_id: str
    relationship: str
    from_date: date
    to_date: date | None = None


class _Registered(msgspec.Struct, frozen=True):
    case_id: str
    case_number: str
    team_id: str
    members: tuple[_Member, ...] = ()


class _Stage(msgspec.Struct, frozen=True):
    case_id: str
    on: date


class _Transferred(msgspec.Struct, frozen=True):
    case_id: str
    team_id: str


class _Left(msgspec.Struct, frozen=True):
    case_id: str
    person_id: str
    to_date: date


_STAGES = {
    "CaseEnquired": "enquiry",
    "CaseIntakeStarted": "intake",
    "CaseOpened": "open",
    "CaseReopened": "open",
    "CaseClosed": "closed",
}


class _Joined(_Member, frozen=True, kw_only=True):
    case_id: str


def learn(connection: Connection, events: Sequence[Arrived]) -> None:
    """Take in events of case; those that say nothing of cases are passed over."""
    for arrived in events:
        if arrived.service == "case":
            _learn(connection, arrived)


def _learn(connection: Connection, arrived: Arrived) -> None:
    match arrived.type:
        case "CaseRegistered":
            _register(connection, arrived)
        case "CaseTransferred":
            moved = msgspec.json.decode(arrived.data, type=_Transferred)
            _set(connection, moved.case_id, team_id=moved.team_id)
        case "CaseMemberJoined":
            joined = msgspec.json.decode(arrived.data, type=_Joined)
            members = _column(connection, joined.case_id, "members")
            _set(connection, joined.case_id, members=[*members, _row(joined)])
        case "CaseMemberLeft":
            _leave(connection, msgspec.json.decode(arrived.data, type=_Left))
        case kind if kind in _STAGES:
            _move(connection, _STAGES[kind], msgspec.json.decode(arrived.data, type=_Stage))


def _register(connection: Connection, arrived: Arrived) -> None:
    registered = msgspec.json.decode(arrived.data, type=_Registered)
    row = {
        "case_id": registered.case_id,
        "agency_id": arrived.agency_id,
        "team_id": registered.team_id,
        "case_number": registered.case_number,
        "stage": "registered",
        "stage_on": None,
        "periods": [],
        "members": [_row(member) for member in registered.members],
    }
    connection.execute(insert(known_case), row)


def _move(connection: Connection, stage: str, moved: _Stage) -> None:
    periods = _column(connection, moved.case_id, "periods")
    if stage == "open":
        periods = [*periods, [moved.on.isoformat(), None]]
    elif stage == "closed" and periods:
        periods = [*periods[:-1], [periods[-1][0], moved.on.isoformat()]]
    _set(connection, moved.case_id, stage=stage, stage_on=moved.on, periods=periods)


def _leave(connection: Connection, left: _Left) -> None:
    members = [
        {**member, "to_date": left.to_date.isoformat()}
        if member["person_id"] == left.person_id and member["to_date"] is None
        else member
        for member in _column(connection, left.case_id, "members")
    ]
    _set(connection, left.case_id, members=members)


def _row(member: _Member) -> dict[str, Any]:
    return {
        "person_id": member.person_id,
        "relationship": member.relationship,
        "from_date": member.from_date.isoformat(),
        "to_date": member.to_date.isoformat() if member.to_date else None,
    }


def _column(connection: Connection, case_id: str, name: str) -> list[Any]:
    return connection.scalars(select(known_case.c[name]).where(known_case.c.case_id == case_id)).one_or_none() or []


def _set(connection: Connection, case_id: str, **values: object) -> None:
    connection.execute(update(known_case).where(known_case.c.case_id == case_id).values(**values))
