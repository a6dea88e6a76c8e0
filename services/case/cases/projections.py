"""The read tables of cases, written in the transaction of the events and again at every rebuild."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from services.case.cases.events import (
    EVENTS,
    CaseAssigned,
    CaseClosed,
    CaseEnquired,
    CaseIntakeStarted,
    CaseMemberJoined,
    CaseMemberLeft,
    CaseOpened,
    CaseRegistered,
    CaseReopened,
    CaseTransferred,
    Member,
)
from services.case.tables import case_file, case_member, case_period
from shared.eventstore import Pending

_SET = update(case_file).where(case_file.c.case_id == bindparam("of"))
_PERIODS = select(func.count()).where(case_period.c.case_id == bindparam("of"))


def project(connection: Connection, pending: Sequence[Pending]) -> None:
    for one in pending:
        _project(connection, one)
    versions = {one.stream_id: one.version for one in pending if isinstance(one.event, EVENTS)}
    for case_id, version in versions.items():
        _set(connection, case_id, version=version)


def _project(connection: Connection, pending: Pending) -> None:
    match pending.event:
        case CaseRegistered() as event:
            row = {
                "case_id": event.case_id,
                "agency_id": pending.agency_id,
                "team_id": event.team_id,
                "case_number": event.case_number,
                "kind": event.kind,
                "contract_id": event.contract_id,
                "stage": "enquiry",
                "stage_on": event.members[0].from_date,
                "version": pending.version,
            }
            connection.execute(insert(case_file), row)
            _join(connection, event.case_id, event.members)
        case CaseEnquired(case_id=case_id, on=on):
            _set(connection, case_id, stage="enquiry", stage_on=on)
        case CaseIntakeStarted(case_id=case_id, on=on):
            _set(connection, case_id, stage="intake", stage_on=on)
        case CaseOpened(case_id=case_id, on=on) | CaseReopened(case_id=case_id, on=on):
            _set(connection, case_id, stage="open", stage_on=on)
            number = connection.scalar(_PERIODS, {"of": case_id})
            period = {"case_id": case_id, "number": number, "opened_on": on, "closed_on": None}
            connection.execute(insert(case_period), period)
        case CaseClosed(case_id=case_id, on=on):
            _set(connection, case_id, stage="closed", stage_on=on)
            still_open = and_(case_period.c.case_id == case_id, case_period.c.closed_on.is_(None))
            connection.execute(update(case_period).where(still_open).values(closed_on=on))
        case CaseAssigned(case_id=case_id, worker_id=worker_id):
            _set(connection, case_id, worker_id=worker_id)
        case CaseTransferred(case_id=case_id, team_id=team_id, worker_id=worker_id):
            _set(connection, case_id, team_id=team_id, worker_id=worker_id)
        case CaseMemberJoined() as event:
            joined = Member(person_id=event.person_id, relationship=event.relationship, from_date=event.from_date)
            _join(connection, event.case_id, [joined])
        case CaseMemberLeft(case_id=case_id, person_id=person_id, to_date=to_date):
            current = and_(
                case_member.c.case_id == case_id,
                case_member.c.person_id == person_id,
                case_member.c.to_date.is_(None),
            )
            connection.execute(update(case_member).where(current).values(to_date=to_date))
        case _:
            pass


def _set(connection: Connection, case_id: str, **values: Any) -> None:
    connection.execute(_SET, {"of": case_id, **values})


def _join(connection: Connection, case_id: str, members: Iterable[Member]) -> None:
    rows = [
        {
            "case_id": case_id,
            "person_id": member.person_id,
            "from_date": member.from_date,
            "to_date": member.to_date,
            "relationship": member.relationship,
        }
        for member in members
    ]
    connection.execute(insert(case_member), rows)
