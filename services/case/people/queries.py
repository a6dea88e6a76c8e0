"""What is known of people: the registry by code and name, who remained after merges, and who looked at whom."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, insert, or_, select, update

from services.case.people.domain import Person, Spell
from services.case.people.events import Particulars
from services.case.tables import (
    erasure,
    erasure_answer,
    look,
    note_review,
    number_sequence,
    person,
    person_code,
    person_search,
    person_term,
)
from shared.database import from_micros, to_micros
from shared.eventstore import Work
from shared.prepared import Prepared, also, one_of
from shared.serviceunit import codes
from shared.spelling import MARKS, asked_for


@dataclass(frozen=True, slots=True)
class Known:
    """A person of the registry; `root_id` is who remained after all merges."""

    person_id: str
    team_id: str
    root_id: str
    erased: bool


_KNOWN = Prepared(
    select(person.c.person_id, person.c.team_id, person.c.root_id, person.c.erased).where(
        one_of(person.c.person_id, "people"), also(person.c.agency_id, "agency")
    )
)
_same = person.alias("same")
WITH_GROUPS = Prepared(
    select(person.c.person_id, person.c.team_id, person.c.root_id, person.c.erased, person_code.c.code)
    .join(_same, _same.c.root_id == person.c.root_id)
    .outerjoin(
        person_code,
        and_(
            person_code.c.person_id == _same.c.person_id,
            person_code.c.kind == "target_group",
            person_code.c.from_date <= bindparam("day"),
            or_(person_code.c.to_date.is_(None), person_code.c.to_date >= bindparam("day")),
        ),
    )
    .where(one_of(person.c.person_id, "people"), also(person.c.agency_id, "agency"))
)
"""People with the target groups that they, or anybody merged with them, have on a day; see `with_groups`."""

_ROLES = Prepared(
    select(person_code.c.person_id, person_code.c.code).where(
        one_of(person_code.c.person_id, "people"),
        person_code.c.kind == "role",
        person_code.c.from_date <= bindparam("day"),
        or_(person_code.c.to_date.is_(None), person_code.c.to_date >= bindparam("day")),
    )
)


def known_people(connection: Connection, agency_id: str, person_ids: Collection[str]) -> dict[str, Known]:
    """Those of `person_ids` who are registered in this agency."""
    if not person_ids:
        return {}
    return {row[0]: Known(*row) for row in _KNOWN.all(connection, people=person_ids, agency=agency_id)}


def with_groups(rows: Iterable[Any]) -> dict[str, tuple[Known, tuple[str, ...]]]:
    """The people of the rows of `WITH_GROUPS` with their target groups on its day."""
    found: dict[str, tuple[Known, set[str]]] = {}
    for *known, code in rows:
        found.setdefault(known[0], (Known(*known), set()))[1].add(code)
    return {
        person_id: (known, tuple(code for code in codes.TARGET_GROUPS if code in held))
        for person_id, (known, held) in found.items()
    }


def numbered(connection: Connection, agency_id: str, numbers: Collection[str]) -> dict[str, str]:
    """The ids of the people of the agency who have these client numbers."""
    wanted = select(person.c.client_number, person.c.person_id).where(
        person.c.agency_id == agency_id, person.c.client_number.in_(numbers)
    )
    return {row.client_number: row.person_id for row in connection.execute(wanted)} if numbers else {}


def roles_on(connection: Connection, person_ids: Collection[str], day: date) -> dict[str, set[str]]:
    """The roles each of these people has on that day."""
    found: dict[str, set[str]] = {}
    for person_id, code in _ROLES.all(connection, people=person_ids, day=day) if person_ids else ():
        found.setdefault(person_id, set()).add(code)
    return found


def spells_of(connection: Connection, person_ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """The roles and target groups of each of these people with their days, those of everybody merged with them
    included: roles first, what still holds before what has ended."""
    held = (
        select(
            person.c.person_id, person_code.c.kind, person_code.c.code, person_code.c.from_date, person_code.c.to_date
        )
        .join(_same, _same.c.root_id == person.c.root_id)
        .join(person_code, person_code.c.person_id == _same.c.person_id)
        .where(person.c.person_id.in_(person_ids))
        .distinct()
        .order_by(person_code.c.kind, person_code.c.to_date.is_not(None), person_code.c.from_date, person_code.c.code)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(held):
        spell = {"kind": row.kind, "code": row.code, "from_date": row.from_date, "to_date": row.to_date}
        found.setdefault(row.person_id, []).append(spell)
    return found


def label_of(row: Mapping[str, Any]) -> str:
    """How a person is called on pages: by the name in use, else the alias, else the client number."""
    return str(row["name_zh"] or row["name_en"] or row["alias"] or row["client_number"])


_REGISTRY = select(
    person.c.person_id,
    person.c.client_number,
    person.c.team_id,
    person.c.alias_only,
    person.c.merged_into,
    person.c.erased,
    person_search.c.name_zh,
    person_search.c.name_en,
    person_search.c.alias,
).outerjoin(person_search, person_search.c.person_id == person.c.person_id)

_SAME_TERMS = Prepared(
    select(person_term.c.person_id).where(
        person_term.c.agency_id == bindparam("agency"),
        one_of(person_term.c.term, "terms"),
        person_term.c.person_id != bindparam("besides"),
    )
)
_UNMERGED = _REGISTRY.where(
    person.c.person_id.in_(bindparam("people", expanding=True)), person.c.merged_into.is_(None)
).limit(10)
_TAKEN = Prepared(
    select(person.c.person_id).where(
        person.c.agency_id == bindparam("agency"),
        person.c.client_number == bindparam("number"),
        person.c.person_id != bindparam("besides"),
    )
)
_COUNT = (
    update(number_sequence)
    .where(number_sequence.c.agency_id == bindparam("agency"), number_sequence.c.kind == bindparam("of"))
    .values(last=number_sequence.c.last + 1)
    .returning(number_sequence.c.last)
)


def _entry(row: Any) -> dict[str, Any]:
    entry = dict(row._mapping)
    return {
        "person_id": entry["person_id"],
        "label": label_of(entry),
        "alias": entry["alias"],
        "client_number": entry["client_number"],
        "team_id": entry["team_id"],
        "alias_only": entry["alias_only"],
        "merged_into": entry["merged_into"],
        "erased": entry["erased"],
    }


def registry(connection: Connection, agency_id: str, person_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The minimal registry entries of `person_ids`: code, name and team; those unknown in the agency are left out."""
    if not person_ids:
        return {}
    wanted = _REGISTRY.where(person.c.agency_id == agency_id, person.c.person_id.in_(person_ids))
    return {row.person_id: _entry(row) for row in connection.execute(wanted)}


def search(
    connection: Connection,
    agency_id: str,
    asked: str,
    *,
    teams: Collection[str] | None,
    limit: int,
    after: str | None,
) -> list[dict[str, Any]]:
    """Registry entries found by name, alias, phone or client number in the whole agency; all of `teams` when nothing
    is asked for. Ordered by id, that is by the time of registration."""
    wanted = _REGISTRY.where(person.c.agency_id == agency_id, person.c.erased.is_(False))
    if asked.strip():
        wanted = wanted.where(_matches(agency_id, asked))
    elif teams is not None:
        wanted = wanted.where(person.c.team_id.in_(teams))
    if after is not None:
        wanted = wanted.where(person.c.person_id > after)
    return [_entry(row) for row in connection.execute(wanted.order_by(person.c.person_id).limit(limit))]


def _matches(agency_id: str, asked: str) -> ColumnElement[bool]:
    by_number = func.lower(person.c.client_number) == asked.strip().lower()
    by_key = [person_term.c.term.like(_anywhere(key)) for key in sorted(asked_for(asked))]
    if not by_key:
        return by_number
    named = select(person_term.c.person_id).where(person_term.c.agency_id == agency_id, or_(*by_key))
    return or_(by_number, person.c.person_id.in_(named))


def _anywhere(key: str) -> str:
    """The pattern of keys that hold this one; a key is letters and digits behind its mark, nothing that LIKE reads."""
    return f"{key[0]}%{key[1:]}%" if key[0] in MARKS else f"%{key}%"


def duplicates(
    connection: Connection, agency_id: str, particulars: Particulars, excluding: str
) -> list[dict[str, Any]]:
    """Registry entries with the same name, alias or phone, however it is written."""
    given = (particulars.name_zh, particulars.name_en, particulars.alias, particulars.phone)
    terms = {key for one in given if one for key in asked_for(one)}
    if not terms:
        return []
    found = [row.person_id for row in _SAME_TERMS.all(connection, agency=agency_id, terms=terms, besides=excluding)]
    # Mostly nobody: then the registry need not be asked.
    return [_entry(row) for row in connection.execute(_UNMERGED, {"people": found})] if found else []


def person_view(known: Person, *, with_note: bool) -> dict[str, Any]:
    """A person as the API and the pages show them; the note only to those who may read it."""
    names = known.particulars or Particulars()
    plain = {
        "person_id": known.person_id,
        "client_number": known.client_number,
        "team_id": known.team_id,
        "name_zh": names.name_zh,
        "name_en": names.name_en,
        "alias": names.alias,
        "phone": names.phone,
        "birth_year": names.birth_year,
        "gender": known.attributes.gender,
        "birth_year_band": known.attributes.birth_year_band,
        "district": known.attributes.district,
        "roles": [_spell("role", one) for one in known.roles],
        "target_groups": [_spell("target_group", one) for one in known.target_groups],
        "consents": [_spell("consent", one) for one in known.consents],
        "merged_into": known.merged_into,
        "absorbed": list(known.absorbed),
        "erased": known.erased,
    }
    return plain | {"label": label_of(plain)} | ({"note": names.note} if with_note else {})


def _spell(kind: str, spell: Spell) -> dict[str, Any]:
    to_date = spell.to_date.isoformat() if spell.to_date else None
    return {kind: spell.code, "from_date": spell.from_date.isoformat(), "to_date": to_date}


def client_number_taken(connection: Connection, agency_id: str, client_number: str, by_other_than: str) -> bool:
    return bool(_TAKEN.all(connection, agency=agency_id, number=client_number, besides=by_other_than))


def next_number(work: Work, kind: str) -> int:
    """The next running number of this kind in the agency; given back when the command is not saved."""
    last: int | None = work.connection.scalar(_COUNT, {"agency": work.meta.agency_id, "of": kind})
    if last is None:
        last = 1
        work.connection.execute(insert(number_sequence), {"agency_id": work.meta.agency_id, "kind": kind, "last": last})
    return last


def same_person(person_id: str) -> Select[tuple[str]]:
    """Every id of one person, for a list that shows what was recorded under any of them."""
    own = person.alias("own")
    return select(person.c.person_id).join(own, own.c.root_id == person.c.root_id).where(own.c.person_id == person_id)


def merged_with(connection: Connection, person_id: str) -> list[str]:
    """Everybody who was merged into this person, directly or over others."""
    others = select(person.c.person_id).where(person.c.root_id == person_id, person.c.person_id != person_id)
    return list(connection.scalars(others.order_by(person.c.person_id)))


def record_looks(
    connection: Connection, agency_id: str, actor: str, person_ids: Collection[str], place: str, now: Any
) -> None:
    """Write down who has just seen whom, and where."""
    common = {"agency_id": agency_id, "actor": actor, "looked_at": to_micros(now), "place": place}
    if person_ids:
        connection.execute(insert(look), [{"person_id": one} | common for one in person_ids])


def looks(connection: Connection, person_id: str, limit: int, before: int | None) -> list[dict[str, Any]]:
    """Who has looked at this person, the latest first."""
    wanted = select(look).where(look.c.person_id == person_id).order_by(look.c.look_id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(look.c.look_id < before)
    return [
        {
            "look_id": row.look_id,
            "actor": row.actor,
            "looked_at": from_micros(row.looked_at).isoformat(),
            "place": row.place,
        }
        for row in connection.execute(wanted)
    ]


def erasure_of(connection: Connection, agency_id: str, person_id: str) -> dict[str, Any] | None:
    """How far the erasure of a person has come, and the entries whose shared notes may still speak of them."""
    row = connection.execute(
        select(erasure).where(erasure.c.person_id == person_id, erasure.c.agency_id == agency_id)
    ).first()
    if row is None:
        return None
    answered = connection.scalars(select(erasure_answer.c.service).where(erasure_answer.c.person_id == person_id))
    shared_notes = select(note_review.c.unit_id).where(note_review.c.person_id == person_id)
    return {
        "person_id": person_id,
        "reason": row.reason,
        "erased_at": from_micros(row.erased_at).isoformat(),
        "completed_at": from_micros(row.completed_at).isoformat() if row.completed_at is not None else None,
        "answered": sorted(answered),
        "shared_notes": sorted(connection.scalars(shared_notes)),
    }
