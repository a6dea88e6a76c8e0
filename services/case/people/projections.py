"""The read tables of people, written in the transaction of the events and again at every rebuild."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from services.case.people.events import (
    Attributes,
    Particulars,
    PersonDetailsChanged,
    PersonErased,
    PersonErasureCompleted,
    PersonMergedInto,
    PersonRegistered,
    PersonRoleEnded,
    PersonRoleGiven,
    PersonUnmerged,
    TargetGroupEnded,
    TargetGroupGiven,
)
from services.case.tables import assessment, erasure, person, person_code, person_search, person_term
from shared.database import to_micros
from shared.eventstore import Pending
from shared.prepared import Prepared
from shared.spelling import keys_of

_REGISTER, _CODE = Prepared(insert(person)), Prepared(insert(person_code))
_NAME, _TERM = Prepared(insert(person_search)), Prepared(insert(person_term))
_SET = update(person).where(person.c.person_id == bindparam("of"))
NAMES = ("name_zh", "name_en", "alias", "phone")


def project(connection: Connection, pending: Sequence[Pending]) -> None:
    for one in pending:
        _project(connection, one)


def _project(connection: Connection, pending: Pending) -> None:
    match pending.event:
        case PersonRegistered() as event:
            row = {
                "person_id": event.person_id,
                "agency_id": pending.agency_id,
                "team_id": event.team_id,
                "client_number": event.client_number,
                "alias_only": event.alias_only,
                "merged_into": None,
                "root_id": event.person_id,
                "erased": False,
            }
            _REGISTER.run(connection, [row | _coded(event.attributes)])
            _write_names(connection, event.person_id, pending.agency_id, event.particulars)
        case PersonDetailsChanged() as event:
            _set(
                connection,
                event.person_id,
                client_number=event.client_number,
                alias_only=event.alias_only,
                **_coded(event.attributes),
            )
            _forget_names(connection, event.person_id)
            _write_names(connection, event.person_id, pending.agency_id, event.particulars)
        case PersonRoleGiven(person_id=who, role=code, from_date=day):
            _give(connection, who, "role", code, day)
        case TargetGroupGiven(person_id=who, target_group=code, from_date=day):
            _give(connection, who, "target_group", code, day)
        case PersonRoleEnded(person_id=who, role=code, to_date=day):
            _end(connection, who, "role", code, day)
        case TargetGroupEnded(person_id=who, target_group=code, to_date=day):
            _end(connection, who, "target_group", code, day)
        case PersonMergedInto(person_id=who, into=into):
            _set(connection, who, merged_into=into)
            connection.execute(update(person).where(person.c.root_id == who).values(root_id=into))
        case PersonUnmerged(person_id=who):
            _set(connection, who, merged_into=None)
            _restore_root(connection, who)
        case PersonErased() as event:
            _erase(connection, event, pending)
        case PersonErasureCompleted(person_id=who):
            completed_at = to_micros(pending.occurred_at)
            connection.execute(update(erasure).where(erasure.c.person_id == who).values(completed_at=completed_at))
        case _:
            pass


def write_names_again(connection: Connection, pending: Sequence[Pending]) -> None:
    """Write of these events only what belongs into the tables that hold names in clear, which no backup has."""
    for one in pending:
        match one.event:
            case PersonRegistered() | PersonDetailsChanged() as event:
                _forget_names(connection, event.person_id)
                _write_names(connection, event.person_id, one.agency_id, event.particulars)
            case PersonErased(person_id=who):
                _forget_names(connection, who)
            case _:
                pass


def _coded(attributes: Attributes) -> dict[str, str | None]:
    return {
        "gender": attributes.gender,
        "birth_year_band": attributes.birth_year_band,
        "district": attributes.district,
    }


def _set(connection: Connection, person_id: str, **values: Any) -> None:
    connection.execute(_SET, {"of": person_id, **values})


def _write_names(connection: Connection, person_id: str, agency_id: str, known: Particulars | None) -> None:
    """Nothing is written at a rebuild for a person whose key was destroyed."""
    if known is None:
        return
    names = {name: getattr(known, name) for name in NAMES}
    _NAME.run(connection, [{"person_id": person_id, "agency_id": agency_id} | names])
    terms = sorted({key for name in names.values() if name for key in keys_of(name)})
    _TERM.run(connection, [{"agency_id": agency_id, "term": term, "person_id": person_id} for term in terms])


def _forget_names(connection: Connection, person_id: str) -> None:
    connection.execute(delete(person_search).where(person_search.c.person_id == person_id))
    connection.execute(delete(person_term).where(person_term.c.person_id == person_id))


def _give(connection: Connection, person_id: str, kind: str, code: str, day: Any) -> None:
    row = {"person_id": person_id, "kind": kind, "code": code, "from_date": day, "to_date": None}
    _CODE.run(connection, [row])


def _end(connection: Connection, person_id: str, kind: str, code: str, day: Any) -> None:
    current = and_(
        person_code.c.person_id == person_id,
        person_code.c.kind == kind,
        person_code.c.code == code,
        person_code.c.to_date.is_(None),
    )
    connection.execute(update(person_code).where(current).values(to_date=day))


def _restore_root(connection: Connection, person_id: str) -> None:
    """Whoever was merged into this person before goes with them."""
    family, newest = {person_id}, {person_id}
    while newest:
        below = select(person.c.person_id).where(person.c.merged_into.in_(newest))
        newest = set(connection.scalars(below)) - family
        family |= newest
    connection.execute(update(person).where(person.c.person_id.in_(family)).values(root_id=person_id))


def _erase(connection: Connection, event: PersonErased, pending: Pending) -> None:
    _set(connection, event.person_id, erased=True)
    _forget_names(connection, event.person_id)
    connection.execute(update(assessment).where(assessment.c.person_id == event.person_id).values(risk=None))
    row = {
        "person_id": event.person_id,
        "agency_id": pending.agency_id,
        "reason": event.reason,
        "erased_at": to_micros(pending.occurred_at),
    }
    connection.execute(insert(erasure), row)
