"""People: load, decide, append, in one transaction each; looking at a person is written down."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from sqlalchemy import Connection

from services.case.people import queries
from services.case.people.domain import (
    INITIAL,
    ChangeDetails,
    EndCode,
    Erase,
    GiveCode,
    Merge,
    Person,
    RegisterPerson,
    Spell,
    Unmerge,
    decide,
    decide_erasure,
    decide_merge,
    decide_unmerge,
    evolve,
)
from services.case.people.events import Particulars, PersonEvent
from services.case.tasks.handlers import destroy_tasks_about
from shared.auth.identity import Identity
from shared.auth.teams import chosen_team, require_team
from shared.clock import local_date
from shared.errors import NotFound, RuleBroken
from shared.eventstore import CommandMeta, Outcome, Work
from shared.ids import chosen_id, is_id, new_id
from shared.service import Service

PARTICULARS = ("name_zh", "name_en", "alias", "phone", "birth_year", "note")


@dataclass(frozen=True, slots=True)
class Written:
    """What a command on a person did, and the person after it."""

    outcome: Outcome
    person: Person
    duplicates: Sequence[dict[str, Any]] = ()


def register(
    service: Service, who: Identity, meta: CommandMeta, asked: dict[str, Any], *, dry_run: bool = False
) -> Written:
    """Register a person in one of the asker's teams; possible duplicates are told, not refused."""
    team_id = chosen_team(who, service.accounts, asked.get("team_id"))
    person_id = chosen_id(asked.get("id"), "person")
    particulars = _particulars(asked, Particulars())

    def body(work: Work) -> None:
        person, version = work.fold(person_id, INITIAL, evolve)
        command = RegisterPerson(
            person_id=person_id,
            client_number=_client_number(work, asked.get("client_number"), person_id),
            team_id=team_id,
            particulars=particulars,
            gender=asked.get("gender"),
            district=asked.get("district"),
            roles=_spells(asked.get("roles") or (), "role"),
            target_groups=_spells(asked.get("target_groups") or (), "target_group"),
            today=local_date(work.now),
        )
        work.append(person_id, decide(command, person), version)

    outcome = service.store.run(meta, body, dry_run=dry_run)
    after = reduce(evolve, (pending.event for pending in outcome.events), INITIAL)
    with service.database.ask() as connection:
        found = queries.duplicates(connection, who.agency_id, particulars, after.person_id)
    note_looks(service, who, [one["person_id"] for one in found], "duplicates")
    return Written(outcome, after, found)


def change_details(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    person_id: str,
    asked: dict[str, Any],
    expected: int,
    *,
    dry_run: bool = False,
) -> Written:
    """Correct the details; what is not given stays as it is."""

    def choose(work: Work, person: Person) -> list[PersonEvent]:
        command = ChangeDetails(
            client_number=person.client_number
            if not asked.get("client_number")
            else _client_number(work, asked["client_number"], person_id),
            particulars=_particulars(asked, person.particulars or Particulars()),
            gender=asked.get("gender", person.attributes.gender),
            district=asked.get("district", person.attributes.district),
            today=local_date(work.now),
        )
        return decide(command, person)

    return _change(service, who, meta, person_id, choose, expected, dry_run=dry_run)


def date_code(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    person_id: str,
    command: GiveCode | EndCode,
    expected: int,
    *,
    dry_run: bool = False,
) -> Written:
    """Give or end a role or a target group."""

    def choose(_work: Work, person: Person) -> list[PersonEvent]:
        return decide(command, person)

    return _change(service, who, meta, person_id, choose, expected, dry_run=dry_run)


def merge(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    person_id: str,
    asked: dict[str, Any],
    expected: int,
    *,
    dry_run: bool = False,
) -> Written:
    """Say that a person is the same as another, who remains. Both streams must stand where the asker saw them."""

    def choose(work: Work, person: Person) -> list[PersonEvent]:
        survivor = _own(work, who, asked["into"]) if asked["into"] != person_id else person
        command = Merge(merge_id=new_id("merge"), reason=asked["reason"])
        merged, absorbed = decide_merge(command, person, survivor)
        work.append(person_id, [merged], expected)
        work.append(survivor.person_id, [absorbed], asked["into_version"])
        return []

    return _change(service, who, meta, person_id, choose, expected, dry_run=dry_run)


def unmerge(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    person_id: str,
    asked: dict[str, Any],
    expected: int,
    *,
    dry_run: bool = False,
) -> Written:
    """Take a merge back; both are again exactly who they were."""

    def choose(work: Work, person: Person) -> list[PersonEvent]:
        if asked.get("from_person") not in (None, person.merged_into):
            raise RuleBroken("not_merged", "This person is not merged into that one.", field="from_person")
        unmerged, released = decide_unmerge(Unmerge(reason=asked["reason"]), person)
        work.append(person_id, [unmerged], expected)
        _, version = work.fold(released.person_id, INITIAL, evolve)
        work.append(released.person_id, [released], version)
        return []

    return _change(service, who, meta, person_id, choose, expected, dry_run=dry_run)


def erase(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    person_id: str,
    asked: dict[str, Any],
    expected: int,
    *,
    dry_run: bool = False,
) -> Written:
    """Destroy a person's key and those of everybody merged into them; the counts stay, the names are gone for ever."""

    def choose(work: Work, person: Person) -> list[PersonEvent]:
        merged = [work.fold(one, INITIAL, evolve) for one in queries.merged_with(work.connection, person_id)]
        erased = decide_erasure(Erase(reason=asked["reason"]), person, [state for state, _ in merged])
        work.append(person_id, erased[:1], expected)
        for event, (_, version) in zip(erased[1:], merged, strict=True):
            work.append(event.person_id, [event], version)
        for event in erased:
            service.vault.destroy(work.connection, event.person_id)
        destroy_tasks_about(service, work, [event.person_id for event in erased])
        return []

    return _change(service, who, meta, person_id, choose, expected, dry_run=dry_run)


def _change(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    person_id: str,
    choose: Callable[[Work, Person], list[PersonEvent]],
    expected: int,
    *,
    dry_run: bool,
) -> Written:
    """Run a command on one person of the asker's teams; `choose` returns its events, or appends to several people."""
    after: list[Person] = []

    def body(work: Work) -> None:
        person = _own(work, who, person_id)
        work.append(person_id, choose(work, person), expected)
        after[:] = [work.fold(person_id, INITIAL, evolve)[0]]

    outcome = service.store.run(meta, body, dry_run=dry_run)
    return Written(outcome, after[0] if after else _load(service, who, person_id)[0])


def _own(work: Work, who: Identity, person_id: str) -> Person:
    person = work.fold(person_id, INITIAL, evolve)[0] if is_id(person_id, "person") else INITIAL
    return _checked(person, who)


def _checked(person: Person, who: Identity) -> Person:
    if not person.exists:
        raise NotFound("person_not_found", "There is no such person.")
    require_team(who, person.team_id)
    return person


def _load(service: Service, who: Identity, person_id: str) -> tuple[Person, int]:
    if not is_id(person_id, "person"):
        raise NotFound("person_not_found", "There is no such person.")
    with service.database.read() as connection:
        events = service.store.load(connection, person_id, who.agency_id)
    return _checked(reduce(evolve, (recorded.event for recorded in events), INITIAL), who), len(events)


def look_at(service: Service, who: Identity, person_id: str, place: str) -> tuple[Person, int]:
    """Open one person of the asker's teams, and write the look down."""
    person, version = _load(service, who, person_id)
    note_looks(service, who, [person_id], place)
    return person, version


def find(
    service: Service, who: Identity, asked: str, teams: Collection[str] | None, limit: int, after: str | None
) -> list[dict[str, Any]]:
    """Search the registry of the agency, or list the people of the teams; the looks are written down."""
    with service.database.read() as connection:
        found = queries.search(connection, who.agency_id, asked, teams=teams, limit=limit, after=after)
    note_looks(service, who, [one["person_id"] for one in found], "search")
    return found


def name(service: Service, who: Identity, person_ids: Collection[str], place: str) -> dict[str, dict[str, Any]]:
    """The registry entries of these people, for a page that shows their names; the looks are written down."""
    with service.database.read() as connection:
        found = queries.registry(connection, who.agency_id, person_ids)
    note_looks(service, who, list(found), place)
    return found


def note_looks(service: Service, who: Identity, person_ids: Collection[str], place: str) -> None:
    """Write down that this person has seen those people."""
    if person_ids:
        with service.database.write() as connection:
            queries.record_looks(connection, who.agency_id, who.account_id, person_ids, place, service.clock.now())


def looks_at(service: Service, who: Identity, person_id: str, limit: int, before: int | None) -> list[dict[str, Any]]:
    """Who has looked at a person of the asker's teams."""
    _load(service, who, person_id)
    with service.database.read() as connection:
        return queries.looks(connection, person_id, limit, before)


def erasure_of(service: Service, who: Identity, person_id: str) -> dict[str, Any]:
    """How far the erasure of a person has come."""
    _load(service, who, person_id)
    with service.database.read() as connection:
        found = queries.erasure_of(connection, who.agency_id, person_id)
    if found is None:
        raise NotFound("not_erased", "This person was not erased.")
    return found


def duplicates_of(connection: Connection, who: Identity, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Who may be the same person as the one about to be registered."""
    return queries.duplicates(connection, who.agency_id, _particulars(asked, Particulars()), "")


def _particulars(asked: dict[str, Any], before: Particulars) -> Particulars:
    given = {name: _tidy(asked[name]) for name in PARTICULARS if name in asked}
    return replace(before, **given)


def _tidy(value: Any) -> Any:
    return (" ".join(value.split()) or None) if isinstance(value, str) and "\n" not in value else value


def _spells(given: Sequence[dict[str, Any]], kind: str) -> tuple[Spell, ...]:
    return tuple(Spell(code=one[kind], from_date=one["from_date"]) for one in given)


def _client_number(work: Work, chosen: str | None, person_id: str) -> str:
    """The number chosen, which must be free in the agency, or the next running one that is."""
    if chosen:
        if queries.client_number_taken(work.connection, work.meta.agency_id, chosen, person_id):
            raise RuleBroken("client_number_taken", "This client number is in use already.", field="client_number")
        return chosen
    while True:
        number = f"P{queries.next_number(work, 'person'):05}"
        if not queries.client_number_taken(work.connection, work.meta.agency_id, number, person_id):
            return number
