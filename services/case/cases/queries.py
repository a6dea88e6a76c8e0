"""What is known of cases and contracts, for the rules, for lists and for the page of one case."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select

from services.case.cases.domain import Case
from services.case.people.queries import same_person
from services.case.tables import case_file, case_member, person
from shared.prepared import Prepared, also, one_of

MEMBERS = Prepared(
    select(person.c.root_id, case_member.c.from_date, case_member.c.to_date)
    .join(case_member, case_member.c.person_id == person.c.person_id)
    .where(one_of(case_member.c.case_id, "cases"))
)
"""Who has ever belonged to the cases, by the id of those who remained after merges; see `belonging`."""
_TAKEN = Prepared(
    select(case_file.c.case_id).where(
        case_file.c.agency_id == bindparam("agency"), case_file.c.case_number == bindparam("number")
    )
)
_CASES_OF = Prepared(
    select(person.c.root_id, case_member.c.case_id)
    .join(case_member, case_member.c.person_id == person.c.person_id)
    .where(one_of(person.c.root_id, "people"), also(person.c.agency_id, "agency"))
)


def case_number_taken(connection: Connection, agency_id: str, case_number: str) -> bool:
    return bool(_TAKEN.all(connection, agency=agency_id, number=case_number))


def numbered(connection: Connection, agency_id: str, numbers: Collection[str]) -> dict[str, str]:
    """The ids of the cases of the agency that have these numbers."""
    wanted = select(case_file.c.case_number, case_file.c.case_id).where(
        case_file.c.agency_id == agency_id, case_file.c.case_number.in_(numbers)
    )
    return {row.case_number: row.case_id for row in connection.execute(wanted)} if numbers else {}


def members_on(connection: Connection, case_ids: Collection[str], day: date, *, ever: bool) -> set[str]:
    """Who belonged to any of the cases on that day, or ever, by the id of those who remained after merges."""
    return belonging(MEMBERS.all(connection, cases=case_ids), day, ever=ever)


def belonging(members: Iterable[Any], day: date, *, ever: bool) -> set[str]:
    """Those of the rows of `MEMBERS` who belonged to a case on that day, or ever."""
    return {
        row.root_id for row in members if ever or (row.from_date <= day and (row.to_date is None or day <= row.to_date))
    }


def cases_of(connection: Connection, agency_id: str, people: Collection[str]) -> dict[str, set[str]]:
    """The cases these people have ever been members of, by the id of those who remained after merges."""
    found: dict[str, set[str]] = {}
    if people:
        for root_id, case_id in _CASES_OF.all(connection, agency=agency_id, people=people):
            found.setdefault(root_id, set()).add(case_id)
    return found


def case_list(
    connection: Connection,
    agency_id: str,
    teams: Collection[str] | None,
    *,
    worker_id: str | None = None,
    stage: str | None = None,
    person_id: str | None = None,
    q: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> list[dict[str, Any]]:
    """Cases of the teams, by case number from the last; `after` is the last number of the page before."""
    wanted = select(case_file).where(case_file.c.agency_id == agency_id)
    if teams is not None:
        wanted = wanted.where(case_file.c.team_id.in_(teams))
    if worker_id is not None:
        wanted = wanted.where(case_file.c.worker_id == worker_id)
    if stage is not None:
        wanted = wanted.where(case_file.c.stage == stage)
    if person_id is not None:
        of_person = select(case_member.c.case_id).where(case_member.c.person_id.in_(same_person(person_id)))
        wanted = wanted.where(case_file.c.case_id.in_(of_person))
    if q:
        wanted = wanted.where(case_file.c.case_number.icontains(q, autoescape=True))
    if after is not None:
        wanted = wanted.where(case_file.c.case_number < after)
    rows = connection.execute(wanted.order_by(case_file.c.case_number.desc()).limit(limit)).all()
    members = members_of(connection, [row.case_id for row in rows])
    return [_listed(row) | {"members": members.get(row.case_id, [])} for row in rows]


def members_of(connection: Connection, case_ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """The members of each case, those who left included."""
    found: dict[str, list[dict[str, Any]]] = {}
    wanted = select(case_member).where(case_member.c.case_id.in_(case_ids)).order_by(case_member.c.from_date)
    for row in connection.execute(wanted):
        entry = {
            "person_id": row.person_id,
            "relationship": row.relationship,
            "from_date": row.from_date.isoformat(),
            "to_date": row.to_date.isoformat() if row.to_date else None,
        }
        found.setdefault(row.case_id, []).append(entry)
    return found


def _listed(row: Any) -> dict[str, Any]:
    return {
        "case_id": row.case_id,
        "case_number": row.case_number,
        "kind": row.kind,
        "contract_id": row.contract_id,
        "team_id": row.team_id,
        "worker_id": row.worker_id,
        "stage": row.stage,
        "stage_on": row.stage_on.isoformat(),
    }


def case_view(case: Case) -> dict[str, Any]:
    """A case as the API shows it; names are added by pages only."""
    return {
        "case_id": case.case_id,
        "case_number": case.case_number,
        "kind": case.kind,
        "contract_id": case.contract_id,
        "team_id": case.team_id,
        "worker_id": case.worker_id,
        "stage": case.stage,
        "stage_on": case.stage_on.isoformat(),
        "periods": [
            {"opened_on": one.opened_on.isoformat(), "closed_on": one.closed_on.isoformat() if one.closed_on else None}
            for one in case.periods
        ],
        "members": [
            {
                "person_id": one.person_id,
                "relationship": one.relationship,
                "from_date": one.from_date.isoformat(),
                "to_date": one.to_date.isoformat() if one.to_date else None,
            }
            for one in case.members
        ],
    }
