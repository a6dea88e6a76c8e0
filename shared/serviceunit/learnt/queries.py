"""What is known of people on one day, and of the contracts of an agency."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from shared.prepared import Prepared, also, one_of
from shared.serviceunit.learnt.tables import known_code, known_contract, known_member, known_person

_REGISTERED = Prepared(
    select(known_person.c.person_id, known_person.c.erased).where(
        one_of(known_person.c.person_id, "people"), also(known_person.c.agency_id, "agency")
    )
)
_CODES = Prepared(
    select(known_code.c.person_id, known_code.c.kind, known_code.c.code)
    .where(
        one_of(known_code.c.person_id, "people"),
        known_code.c.from_date <= bindparam("day"),
        or_(known_code.c.to_date.is_(None), known_code.c.to_date >= bindparam("day")),
    )
    .distinct()
    .order_by(known_code.c.person_id, known_code.c.kind, known_code.c.code)
)
_MERGES = Prepared(
    select(known_person.c.person_id, known_person.c.merged_into).where(
        known_person.c.agency_id == bindparam("agency"), known_person.c.merged_into.is_not(None)
    )
)
_CASES = Prepared(
    select(known_member.c.person_id, known_member.c.case_id).where(
        known_member.c.agency_id == bindparam("agency"), one_of(known_member.c.person_id, "people")
    )
)
_PERIODS = Prepared(
    select(known_contract.c.contract_id, known_contract.c.first_day, known_contract.c.last_day).where(
        known_contract.c.agency_id == bindparam("agency"), one_of(known_contract.c.contract_id, "contracts")
    )
)


def registered(connection: Connection, agency_id: str, person_ids: Collection[str]) -> dict[str, bool]:
    """Those of `person_ids` whom this agency has registered, and whether they were erased since."""
    found = _REGISTERED.all(connection, people=person_ids, agency=agency_id)
    return {row.person_id: row.erased for row in found}


def is_known(connection: Connection, agency_id: str, person_id: str) -> bool:
    """Say whether this agency has registered the person and has not erased them."""
    return registered(connection, agency_id, [person_id]).get(person_id) is False


def codes_on(connection: Connection, person_ids: Collection[str], day: date) -> dict[tuple[str, str], tuple[str, ...]]:
    """The roles and target groups people have on a day, by their id and `role` or `target_group`."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for person_id, kind, code in _CODES.all(connection, people=person_ids, day=day):
        found[person_id, kind] = (*found.get((person_id, kind), ()), code)
    return found


def merges(connection: Connection, agency_id: str) -> dict[str, str]:
    """Who was merged into whom; there are never many, and an index holds just them."""
    return {row.person_id: row.merged_into for row in _MERGES.all(connection, agency=agency_id)}


def resolved(person_id: str, edges: Mapping[str, str]) -> str:
    """The id that stands for a person after all merges."""
    for _ in range(len(edges)):  # Each merge is followed once at most, so that a ring of them ends as well.
        if person_id not in edges:
            break
        person_id = edges[person_id]
    return person_id


def cases_of(
    connection: Connection, agency_id: str, people: Collection[str], edges: Mapping[str, str]
) -> dict[str, set[str]]:
    """The cases these people have ever been members of; `people` are those who remained after the merges `edges`."""
    if not people:
        return {}
    ids = {*people, *(one for one in edges if resolved(one, edges) in people)}
    found: dict[str, set[str]] = {}
    for person_id, case_id in _CASES.all(connection, agency=agency_id, people=ids):
        found.setdefault(resolved(person_id, edges), set()).add(case_id)
    return found


def contract_periods(
    connection: Connection, agency_id: str, contract_ids: Collection[str]
) -> dict[str, tuple[date, date]]:
    """The first and last day of those of `contract_ids` that are known."""
    if not contract_ids:
        return {}
    found = _PERIODS.all(connection, agency=agency_id, contracts=contract_ids)
    return {contract_id: (first, last) for contract_id, first, last in found}


def contracts(connection: Connection, agency_id: str) -> list[dict[str, Any]]:
    """The contracts to choose from, those that end last first."""
    wanted = (
        select(known_contract)
        .where(known_contract.c.agency_id == agency_id)
        .order_by(known_contract.c.last_day.desc(), known_contract.c.contract_id)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]
