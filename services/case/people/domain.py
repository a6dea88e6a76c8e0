"""The rules of people. Pure: today's date and ids are inputs.

A merge or an un-merge concerns two people; each decides for its own stream, and both are appended together.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, assert_never

from services.case.codes import DISTRICTS, ERASURE_REASONS
from services.case.people.events import (
    Attributes,
    ConsentGiven,
    ConsentWithdrawn,
    Particulars,
    PersonAbsorbed,
    PersonDetailsChanged,
    PersonErased,
    PersonErasureCompleted,
    PersonEvent,
    PersonMergedInto,
    PersonRegistered,
    PersonReleased,
    PersonRoleEnded,
    PersonRoleGiven,
    PersonUnmerged,
    TargetGroupEnded,
    TargetGroupGiven,
)
from shared.errors import FieldError, Invalid, NotFound, RuleBroken
from shared.serviceunit import codes
from shared.serviceunit.checks import unknown_code
from shared.spelling import normalised

SERVICES_HOLDING_KEYS = ("groups", "outreach", "reporting")
OLDEST_BIRTH_YEAR = 1900
ERASED = ("person_erased", "This person's data was erased. Nothing can be changed.")
CodeKind = Literal["role", "target_group", "consent"]


def birth_year_band(year: int | None) -> str | None:
    """The band of five years a year of birth lies in: 1987 is in `1985-1989`."""
    if year is None:
        return None
    first = year - year % 5
    return f"{first}-{first + 4}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A code that held from a day to a last day, or holds still; of a consent, the day on which it was withdrawn."""

    code: str
    from_date: date
    to_date: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the stream says so far; `exists` is false before the first fact."""

    exists: bool = False
    person_id: str = ""
    client_number: str = ""
    team_id: str = ""
    attributes: Attributes = field(default_factory=Attributes)
    particulars: Particulars | None = None
    roles: tuple[Spell, ...] = ()
    target_groups: tuple[Spell, ...] = ()
    consents: tuple[Spell, ...] = ()
    merged_into: str | None = None
    merge_id: str | None = None
    absorbed: tuple[str, ...] = ()
    erased: bool = False
    erasure_completed: bool = False

    def spells(self, kind: CodeKind) -> tuple[Spell, ...]:
        return {"role": self.roles, "target_group": self.target_groups, "consent": self.consents}[kind]


INITIAL = Person()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPerson:
    person_id: str
    client_number: str
    team_id: str
    particulars: Particulars
    gender: str | None
    district: str | None
    roles: tuple[Spell, ...]
    target_groups: tuple[Spell, ...]
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetails:
    client_number: str
    particulars: Particulars
    gender: str | None
    district: str | None
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveCode:
    """From a day on the person has this role, belongs to this target group, or consents to this."""

    kind: CodeKind
    code: str
    from_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCode:
    kind: CodeKind
    code: str
    to_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """These two are one person; one of them remains."""

    merge_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerge:
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteErasure:
    answered: frozenset[str]


PersonCommand = RegisterPerson | ChangeDetails | GiveCode | EndCode | CompleteErasure


def decide(command: PersonCommand, person: Person) -> list[PersonEvent]:
    """The events of `command`, or why it cannot be."""
    if isinstance(command, RegisterPerson):
        return _register(command, person)
    if not person.exists:
        raise NotFound("person_not_found", "There is no such person.")
    match command:
        case ChangeDetails():
            return _change(command, person)
        case GiveCode() | EndCode():
            return _date_code(command, person)
        case CompleteErasure():
            return _complete(command, person)
        case _:
            assert_never(command)


def decide_merge(command: Merge, person: Person, survivor: Person) -> tuple[PersonMergedInto, PersonAbsorbed]:
    """What is appended to both streams when `person` turns out to be `survivor`."""
    if person.person_id == survivor.person_id:
        raise Invalid("same_person", "Choose another person: this is the same one.", field="into")
    _check_reason(command.reason, codes.REASONS)
    _refuse_gone(person)
    _refuse_gone(survivor, field="into")
    who, into, merge_id = person.person_id, survivor.person_id, command.merge_id
    return (
        PersonMergedInto(person_id=who, into=into, merge_id=merge_id, reason=command.reason),
        PersonAbsorbed(person_id=into, absorbed=who, merge_id=merge_id),
    )


def decide_unmerge(command: Unmerge, person: Person) -> tuple[PersonUnmerged, PersonReleased]:
    """What is appended to both streams, the one that had remained second; its own details never changed."""
    if person.erased:
        raise RuleBroken(*ERASED)
    if person.merged_into is None or person.merge_id is None:
        raise RuleBroken("not_merged", "This person is not merged into anybody.")
    _check_reason(command.reason, codes.REASONS)
    who, remained, merge_id = person.person_id, person.merged_into, person.merge_id
    return (
        PersonUnmerged(person_id=who, from_person=remained, merge_id=merge_id, reason=command.reason),
        PersonReleased(person_id=remained, released=who, merge_id=merge_id),
    )


def decide_erasure(command: Erase, person: Person, merged: Iterable[Person]) -> list[PersonErased]:
    """Erase a person, and with them everybody who was merged into them: it is one person's data."""
    _refuse_gone(person)
    _check_reason(command.reason, ERASURE_REASONS)
    return [PersonErased(person_id=one.person_id, reason=command.reason) for one in (person, *merged)]


def _register(command: RegisterPerson, person: Person) -> list[PersonEvent]:
    if person.exists:
        raise RuleBroken("person_exists", "This person is registered already.", field="id")
    _check_details(command)
    who = command.person_id
    registered = PersonRegistered(
        person_id=who,
        client_number=command.client_number,
        team_id=command.team_id,
        alias_only=_alias_only(command.particulars),
        attributes=_attributes(command),
        particulars=command.particulars,
    )
    events: list[PersonEvent] = [registered]
    state = evolve(person, registered)
    given_codes: tuple[tuple[CodeKind, str, tuple[Spell, ...]], ...] = (
        ("role", "roles", command.roles),
        ("target_group", "target_groups", command.target_groups),
    )
    for kind, path, spells in given_codes:
        for index, spell in enumerate(spells):
            given = _give(kind, f"{path}.{index}", spell.code, spell.from_date, state)
            state = evolve(state, given)
            events.append(given)
    return events


def _change(command: ChangeDetails, person: Person) -> list[PersonEvent]:
    _refuse_gone(person)
    _check_details(command)
    changed = PersonDetailsChanged(
        person_id=person.person_id,
        client_number=command.client_number,
        alias_only=_alias_only(command.particulars),
        attributes=_attributes(command),
        particulars=command.particulars,
    )
    if evolve(person, changed) == person:
        raise RuleBroken("nothing_changed", "Nothing was changed, so there is nothing to save.")
    return [changed]


def _alias_only(particulars: Particulars) -> bool:
    return not (particulars.name_zh or particulars.name_en)


def _attributes(command: RegisterPerson | ChangeDetails) -> Attributes:
    return Attributes(
        gender=command.gender,
        birth_year_band=birth_year_band(command.particulars.birth_year),
        district=command.district,
    )


def _check_details(command: RegisterPerson | ChangeDetails) -> None:
    known = command.particulars
    wrong: list[FieldError] = []
    if not any(normalised(name or "") for name in (known.name_zh, known.name_en, known.alias)):
        wrong.append(FieldError("alias", "name_missing", "Give a name, or an alias if no name is known."))
    if known.birth_year is not None and not OLDEST_BIRTH_YEAR <= known.birth_year <= command.today.year:
        wrong.append(FieldError("birth_year", "birth_year_wrong", "This cannot be a year of birth. Please check it."))
    if command.gender is not None and command.gender not in codes.GENDERS:
        wrong.append(unknown_code("gender", command.gender, codes.GENDERS))
    if command.district is not None and command.district not in DISTRICTS:
        wrong.append(unknown_code("district", command.district, DISTRICTS))
    if wrong:
        raise Invalid.of(wrong)


def _date_code(command: GiveCode | EndCode, person: Person) -> list[PersonEvent]:
    _refuse_gone(person)
    if isinstance(command, GiveCode):
        return [_give(command.kind, command.kind, command.code, command.from_date, person)]
    who, code, to_date = person.person_id, command.code, command.to_date
    _check_end(command.kind, code, to_date, person.spells(command.kind))
    match command.kind:
        case "role":
            return [PersonRoleEnded(person_id=who, role=code, to_date=to_date)]
        case "target_group":
            return [TargetGroupEnded(person_id=who, target_group=code, to_date=to_date)]
        case "consent":
            return [ConsentWithdrawn(person_id=who, purpose=code, on=to_date)]


def _give(kind: CodeKind, path: str, code: str, from_date: date, person: Person) -> PersonEvent:
    vocabulary = codes.VOCABULARIES[kind]
    if code not in vocabulary:
        raise Invalid.of([unknown_code(path, code, vocabulary)])
    if any(
        spell.code == code and (spell.to_date is None or spell.to_date >= from_date) for spell in person.spells(kind)
    ):
        raise RuleBroken("held_already", "This person has it already on that day.", field=path)
    match kind:
        case "role":
            return PersonRoleGiven(person_id=person.person_id, role=code, from_date=from_date)
        case "target_group":
            return TargetGroupGiven(person_id=person.person_id, target_group=code, from_date=from_date)
        case "consent":
            return ConsentGiven(person_id=person.person_id, purpose=code, on=from_date)


def _check_end(path: str, code: str, to_date: date, spells: tuple[Spell, ...]) -> None:
    current = next((spell for spell in spells if spell.code == code and spell.to_date is None), None)
    if current is None:
        raise RuleBroken("not_held", "This person does not have it now.", field=path)
    if to_date < current.from_date:
        raise Invalid("end_before_start", "The end is before the start. Please change it.", field="to_date")


def _complete(command: CompleteErasure, person: Person) -> list[PersonEvent]:
    if not person.erased or person.erasure_completed or not command.answered.issuperset(SERVICES_HOLDING_KEYS):
        return []
    return [PersonErasureCompleted(person_id=person.person_id, services=SERVICES_HOLDING_KEYS)]


def _refuse_gone(person: Person, field: str | None = None) -> None:
    if person.erased:
        raise RuleBroken(*ERASED, field=field)
    if person.merged_into is not None:
        raise RuleBroken(
            "person_merged",
            "This person was merged into another one. Open that one instead.",
            field=field,
            into=person.merged_into,
        )


def _check_reason(reason: str, known: codes.Labels) -> None:
    if reason not in known:
        raise Invalid.of([unknown_code("reason", reason, known)])


def evolve(person: Person, event: PersonEvent) -> Person:
    """The person after `event`; a fact is never refused."""
    match event:
        case PersonRegistered():
            return replace(
                person,
                exists=True,
                person_id=event.person_id,
                client_number=event.client_number,
                team_id=event.team_id,
                attributes=event.attributes,
                particulars=event.particulars,
            )
        case PersonDetailsChanged():
            return replace(
                person,
                client_number=event.client_number,
                attributes=event.attributes,
                particulars=event.particulars,
            )
        case PersonRoleGiven(role=code, from_date=day):
            return replace(person, roles=(*person.roles, Spell(code=code, from_date=day)))
        case PersonRoleEnded(role=code, to_date=day):
            return replace(person, roles=_ended(person.roles, code, day))
        case TargetGroupGiven(target_group=code, from_date=day):
            return replace(person, target_groups=(*person.target_groups, Spell(code=code, from_date=day)))
        case TargetGroupEnded(target_group=code, to_date=day):
            return replace(person, target_groups=_ended(person.target_groups, code, day))
        case ConsentGiven(purpose=code, on=day):
            return replace(person, consents=(*person.consents, Spell(code=code, from_date=day)))
        case ConsentWithdrawn(purpose=code, on=day):
            return replace(person, consents=_ended(person.consents, code, day))
        case PersonMergedInto(into=into, merge_id=merge_id):
            return replace(person, merged_into=into, merge_id=merge_id)
        case PersonUnmerged():
            return replace(person, merged_into=None, merge_id=None)
        case PersonAbsorbed(absorbed=absorbed):
            return replace(person, absorbed=(*person.absorbed, absorbed))
        case PersonReleased(released=released):
            return replace(person, absorbed=tuple(one for one in person.absorbed if one != released))
        case PersonErased():
            return replace(person, erased=True, particulars=None)
        case PersonErasureCompleted():
            return replace(person, erasure_completed=True)
        case _:
            assert_never(event)


def _ended(spells: tuple[Spell, ...], code: str, to_date: date) -> tuple[Spell, ...]:
    return tuple(
        replace(spell, to_date=to_date) if spell.code == code and spell.to_date is None else spell for spell in spells
    )
