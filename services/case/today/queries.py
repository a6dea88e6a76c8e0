"""What is planned, what is due, and the caseload of one worker."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, exists, func, or_, select, tuple_

from services.case.cases.queries import members_of
from services.case.sessions.queries import ADDRESS, case_numbers
from services.case.tables import assessment, case_file, case_member, known_contract, session_case, session_unit
from services.case.tables import session_worker as served
from services.case.tasks.queries import task_list
from shared.serviceunit.agenda import AHEAD, BEHIND, LATELY, agenda, overdue
from shared.serviceunit.unit import ServiceUnit

POST_TEST_AFTER = timedelta(days=180)
"""How long after the first questionnaire the second is asked for, while the contract runs."""
FORGOTTEN_AFTER = timedelta(days=180)
"""How long a follow-up that nobody settled is shown."""

_decoder = msgspec.json.Decoder(ServiceUnit)
Entries = list[dict[str, Any]]


def own_agenda(
    connection: Connection, agency_id: str, teams: Collection[str] | None, worker_id: str, today: date
) -> dict[str, Entries]:
    """What this worker has planned, and has lately held."""
    wanted = (
        select(session_unit.c.unit)
        .join(served, served.c.unit_id == session_unit.c.unit_id)
        .where(
            session_unit.c.agency_id == agency_id,
            served.c.worker_id == worker_id,
            served.c.occurred_on.between(today - BEHIND, today + AHEAD),
            or_(
                session_unit.c.phase == "planned",
                and_(session_unit.c.phase == "recorded", served.c.occurred_on >= today - LATELY),
            ),
        )
    )
    if teams is not None:
        wanted = wanted.where(session_unit.c.team_id.in_(teams))
    units = [_decoder.decode(row.unit) for row in connection.execute(wanted)]
    return agenda(units, worker_id, today, ADDRESS, case_numbers(connection, units))


def overdue_sessions(connection: Connection, agency_id: str, teams: Collection[str] | None, today: date) -> Entries:
    """What these teams have planned for a day that has passed, and not recorded, the oldest first."""
    wanted = (
        select(session_unit.c.unit)
        .where(
            session_unit.c.agency_id == agency_id,
            session_unit.c.phase == "planned",
            session_unit.c.occurred_on.between(today - BEHIND, today - timedelta(days=1)),
        )
        .order_by(session_unit.c.occurred_on, session_unit.c.unit_id)
        .limit(500)
    )
    if teams is not None:
        wanted = wanted.where(session_unit.c.team_id.in_(teams))
    units = [_decoder.decode(row.unit) for row in connection.execute(wanted)]
    return overdue(units, ADDRESS, case_numbers(connection, units))


def open_cases(connection: Connection, agency_id: str, teams: Collection[str] | None) -> Entries:
    """How many cases that are not closed each worker has in each team; those of nobody have no worker."""
    wanted = (
        select(case_file.c.team_id, case_file.c.worker_id, func.count().label("cases"))
        .where(case_file.c.agency_id == agency_id, case_file.c.stage != "closed")
        .group_by(case_file.c.team_id, case_file.c.worker_id)
    )
    if teams is not None:
        wanted = wanted.where(case_file.c.team_id.in_(teams))
    return [dict(row) for row in connection.execute(wanted).mappings()]


def caseload(connection: Connection, agency_id: str, worker_id: str, today: date) -> Entries:
    """The cases of this worker that are not closed, those seen last first, with who belongs to them."""
    last = (
        select(session_case.c.occurred_on)
        .join(session_unit, session_unit.c.unit_id == session_case.c.unit_id)
        .where(
            session_case.c.case_id == case_file.c.case_id,
            session_unit.c.phase == "recorded",
            session_unit.c.status == "held",
        )
        .order_by(session_case.c.occurred_on.desc())
        .limit(1)
        .correlate(case_file)
        .scalar_subquery()
    )
    wanted = (
        select(case_file.c.case_id, case_file.c.case_number, case_file.c.stage, last.label("last_on"))
        .where(case_file.c.agency_id == agency_id, case_file.c.worker_id == worker_id, case_file.c.stage != "closed")
        .limit(500)
    )
    # Who was seen last is most likely seen next; a case not seen yet comes before them.
    rows = sorted(connection.execute(wanted), key=lambda row: (row.last_on or date.max, row.case_number), reverse=True)
    members = members_of(connection, [row.case_id for row in rows])
    return [
        {
            "case_id": row.case_id,
            "case_number": row.case_number,
            "stage": row.stage,
            "last_on": row.last_on.isoformat() if row.last_on else None,
            "person_ids": _now(members.get(row.case_id, []), today),
        }
        for row in rows
    ]


def follow_ups(
    connection: Connection, agency_id: str, teams: Collection[str] | None, worker_id: str, today: date
) -> Entries:
    """The follow-ups due in this worker's cases, or after their own sessions: nobody has met the family since."""
    later_case, later = session_case.alias("later_case"), session_unit.alias("later")
    # Of one day, the entry made later is the later one: ids are in the order in which they were made.
    after = tuple_(later_case.c.occurred_on, later_case.c.unit_id) > tuple_(
        session_case.c.occurred_on, session_case.c.unit_id
    )
    settled = exists().where(
        later_case.c.case_id == session_case.c.case_id,
        later_case.c.occurred_on >= session_unit.c.follow_up_on,
        after,
        later.c.unit_id == later_case.c.unit_id,
        later.c.phase == "recorded",
        later.c.status == "held",
    )
    own_sessions = select(served.c.unit_id).where(served.c.worker_id == worker_id)
    wanted = (
        select(session_unit.c.unit, case_file.c.case_id, case_file.c.case_number)
        .join(session_case, session_case.c.unit_id == session_unit.c.unit_id)
        .join(case_file, case_file.c.case_id == session_case.c.case_id)
        .where(
            session_unit.c.agency_id == agency_id,
            session_unit.c.follow_up_on.between(today - FORGOTTEN_AFTER, today),
            session_unit.c.phase == "recorded",
            case_file.c.stage != "closed",
            or_(case_file.c.worker_id == worker_id, session_unit.c.unit_id.in_(own_sessions)),
            ~settled,
        )
        .order_by(session_unit.c.follow_up_on, session_unit.c.unit_id)
        .limit(50)
    )
    if teams is not None:
        wanted = wanted.where(session_unit.c.team_id.in_(teams))
    return [_follow_up(_decoder.decode(row.unit), row) for row in connection.execute(wanted)]


def _follow_up(unit: ServiceUnit, row: Any) -> dict[str, Any]:
    assert unit.follow_up is not None
    return {
        "why": "follow_up",
        "reason": unit.follow_up.reason,
        "on": unit.follow_up.on.isoformat(),
        "address": f"/case/sessions/{unit.unit_id}",
        "next": f"/case/sessions/new?case_id={row.case_id}",
        "title": row.case_number,
        "person_ids": [one.person_id for one in unit.participants],
    }


def missing_post_tests(connection: Connection, agency_id: str, worker_id: str, today: date) -> Entries:
    """Who of this worker's cases answered a first questionnaire long ago and no second one, while its contract runs."""
    again = assessment.alias("again")
    answered = exists().where(
        again.c.person_id == assessment.c.person_id,
        again.c.instrument == assessment.c.instrument,
        again.c.contract_id == assessment.c.contract_id,
        again.c.phase == "post",
        ~again.c.voided,
    )
    wanted = (
        select(assessment.c.person_id, assessment.c.instrument, assessment.c.assessed_on, case_file.c.case_number)
        .distinct()
        .join(case_member, case_member.c.person_id == assessment.c.person_id)
        .join(case_file, case_file.c.case_id == case_member.c.case_id)
        .join(
            known_contract,
            and_(
                known_contract.c.contract_id == assessment.c.contract_id,
                known_contract.c.agency_id == assessment.c.agency_id,
            ),
        )
        .where(
            case_file.c.agency_id == agency_id,
            case_file.c.worker_id == worker_id,
            case_file.c.stage != "closed",
            case_member.c.to_date.is_(None),
            assessment.c.phase == "pre",
            ~assessment.c.voided,
            assessment.c.assessed_on <= today - POST_TEST_AFTER,
            known_contract.c.last_day >= today,
            ~answered,
        )
        .order_by(assessment.c.assessed_on, assessment.c.person_id)
        .limit(50)
    )
    return [
        {
            "why": "post_test",
            "reason": row.instrument,
            "on": row.assessed_on.isoformat(),
            "address": f"/case/people/{row.person_id}",
            "next": f"/case/assessments/new?person_id={row.person_id}&instrument={row.instrument}",
            "title": row.case_number,
            "person_ids": [row.person_id],
        }
        for row in connection.execute(wanted)
    ]


def tasks(
    connection: Connection, agency_id: str, teams: Collection[str] | None, account_id: str, *, leads: bool
) -> Entries:
    """The open tasks of this person; a leader has all of the teams."""
    return [
        {
            "why": "task",
            "kind": one["kind"],
            "reason": one["awaits"],
            "on": one["due_on"],
            "address": f"/case/tasks/{one['task_id']}",
            "title": one["case_number"],
            "person_ids": [one["person_id"]] if one["person_id"] else [],
        }
        for one in task_list(connection, agency_id, teams, of=account_id, leads=leads)
    ]


def _now(members: Entries, today: date) -> list[str]:
    """Who belongs to a case today."""
    return [one["person_id"] for one in members if one["to_date"] is None or one["to_date"] >= today.isoformat()]
