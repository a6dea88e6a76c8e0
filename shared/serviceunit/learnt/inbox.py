"""What case says of people (that they exist, dated codes, merges, erasures, cases), and reporting of contracts."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, update

from shared.bus.envelope import Arrived
from shared.bus.versions import require_known
from shared.serviceunit.learnt.tables import known_code, known_contract, known_member, known_person


class _Registered(msgspec.Struct, frozen=True):
    person_id: str
    team_id: str


class _Role(msgspec.Struct, frozen=True):
    person_id: str
    role: str
    from_date: date | None = None
    to_date: date | None = None


class _TargetGroup(msgspec.Struct, frozen=True):
    person_id: str
    target_group: str
    from_date: date | None = None
    to_date: date | None = None


class _Merged(msgspec.Struct, frozen=True):
    person_id: str
    into: str


class _Member(msgspec.Struct, frozen=True):
    person_id: str


class _Case(msgspec.Struct, frozen=True):
    case_id: str
    members: tuple[_Member, ...] = ()


class _Joined(msgspec.Struct, frozen=True):
    case_id: str
    person_id: str


class _Person(msgspec.Struct, frozen=True):
    person_id: str


class _Period(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    first: date
    last: date


class _Contract(msgspec.Struct, frozen=True):
    contract_id: str
    period: _Period
    title: dict[str, Any] | str = ""


_OF_CODE = (
    known_code.c.person_id == bindparam("of"),
    known_code.c.kind == bindparam("of_kind"),
    known_code.c.code == bindparam("of_code"),
)
_FORGET_CODE = delete(known_code).where(*_OF_CODE, known_code.c.from_date == bindparam("since"))
_END_CODE = update(known_code).where(*_OF_CODE, known_code.c.to_date.is_(None))
_SET_PERSON = update(known_person).where(known_person.c.person_id == bindparam("of"))
_FORGET_MEMBER = delete(known_member).where(
    known_member.c.person_id == bindparam("of"), known_member.c.case_id == bindparam("of_case")
)


def learn_people(connection: Connection, events: Sequence[Arrived]) -> None:
    """Take in events of case; those that say nothing of people are passed over."""
    for arrived in events:
        known = _OF_PEOPLE.get(arrived.type) if arrived.service == "case" else None
        if known is not None:
            require_known(arrived)
            known(connection, arrived)


def learn_contracts(connection: Connection, events: Sequence[Arrived]) -> None:
    """Take in events of reporting; those that say nothing of contracts are passed over."""
    for arrived in events:
        if arrived.service == "reporting" and arrived.type in ("ContractRegistered", "ContractRevised"):
            require_known(arrived)
            _keep_contract(connection, arrived)


def _registered(connection: Connection, arrived: Arrived) -> None:
    person = msgspec.json.decode(arrived.data, type=_Registered)
    row = {"person_id": person.person_id, "agency_id": arrived.agency_id, "team_id": person.team_id}
    connection.execute(insert(known_person), {**row, "merged_into": None, "erased": False})


def _role_given(connection: Connection, arrived: Arrived) -> None:
    given = msgspec.json.decode(arrived.data, type=_Role)
    _begin(connection, given.person_id, "role", given.role, given.from_date)


def _role_ended(connection: Connection, arrived: Arrived) -> None:
    ended = msgspec.json.decode(arrived.data, type=_Role)
    _end(connection, ended.person_id, "role", ended.role, ended.to_date)


def _target_group_given(connection: Connection, arrived: Arrived) -> None:
    given = msgspec.json.decode(arrived.data, type=_TargetGroup)
    _begin(connection, given.person_id, "target_group", given.target_group, given.from_date)


def _target_group_ended(connection: Connection, arrived: Arrived) -> None:
    ended = msgspec.json.decode(arrived.data, type=_TargetGroup)
    _end(connection, ended.person_id, "target_group", ended.target_group, ended.to_date)


def _merged_into(connection: Connection, arrived: Arrived) -> None:
    merged = msgspec.json.decode(arrived.data, type=_Merged)
    _set(connection, merged.person_id, merged_into=merged.into)


def _unmerged(connection: Connection, arrived: Arrived) -> None:
    _set(connection, msgspec.json.decode(arrived.data, type=_Person).person_id, merged_into=None)


def _erased(connection: Connection, arrived: Arrived) -> None:
    person_id = msgspec.json.decode(arrived.data, type=_Person).person_id
    _set(connection, person_id, erased=True)
    connection.execute(delete(known_code).where(known_code.c.person_id == person_id))


def _case(connection: Connection, arrived: Arrived) -> None:
    case = msgspec.json.decode(arrived.data, type=_Case)
    for member in case.members:
        _join(connection, arrived, member.person_id, case.case_id)


def _joined(connection: Connection, arrived: Arrived) -> None:
    joined = msgspec.json.decode(arrived.data, type=_Joined)
    _join(connection, arrived, joined.person_id, joined.case_id)


def _join(connection: Connection, arrived: Arrived, person_id: str, case_id: str) -> None:
    """Who leaves is a relative still, so it is not forgotten; who comes back is there already."""
    connection.execute(_FORGET_MEMBER, {"of": person_id, "of_case": case_id})
    row = {"person_id": person_id, "case_id": case_id, "agency_id": arrived.agency_id}
    connection.execute(insert(known_member), row)


def _begin(connection: Connection, person_id: str, kind: str, code: str, day: date | None) -> None:
    connection.execute(_FORGET_CODE, {"of": person_id, "of_kind": kind, "of_code": code, "since": day})
    row = {"person_id": person_id, "kind": kind, "code": code, "from_date": day, "to_date": None}
    connection.execute(insert(known_code), row)


def _end(connection: Connection, person_id: str, kind: str, code: str, day: date | None) -> None:
    connection.execute(_END_CODE, {"of": person_id, "of_kind": kind, "of_code": code, "to_date": day})


def _set(connection: Connection, person_id: str, **values: object) -> None:
    connection.execute(_SET_PERSON, {"of": person_id, **values})


def _keep_contract(connection: Connection, arrived: Arrived) -> None:
    contract = msgspec.json.decode(arrived.data, type=_Contract)
    key = {"agency_id": arrived.agency_id, "contract_id": contract.contract_id}
    connection.execute(delete(known_contract).where(*(known_contract.c[name] == value for name, value in key.items())))
    period = {"first_day": contract.period.first, "last_day": contract.period.last}
    connection.execute(insert(known_contract), {**key, **period, "title": contract.title})


_OF_PEOPLE: dict[str, Callable[[Connection, Arrived], None]] = {
    "PersonRegistered": _registered,
    "PersonRoleGiven": _role_given,
    "PersonRoleEnded": _role_ended,
    "TargetGroupGiven": _target_group_given,
    "TargetGroupEnded": _target_group_ended,
    "PersonMergedInto": _merged_into,
    "PersonUnmerged": _unmerged,
    "PersonErased": _erased,
    "CaseRegistered": _case,
    "CaseMemberJoined": _joined,
}
