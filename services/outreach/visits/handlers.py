"""Visits: load, decide, append, in one transaction each; contacts first met on a visit are made with it."""

from collections.abc import Callable
from datetime import date
from functools import reduce
from typing import Any

from services.outreach.contacts import domain as contacts
from services.outreach.contacts.events import ContactRegistered
from services.outreach.contacts.queries import same_aliases
from services.outreach.notices import Notice
from services.outreach.people.queries import people_on
from services.outreach.visits import queries
from services.outreach.visits.domain import notices, refuse
from services.outreach.visits.entries import Asked, Asking, Entry, entry_of
from services.outreach.visits.queries import others_on
from shared.auth.identity import Identity
from shared.auth.teams import require_team, teams_seen
from shared.clock import local_date
from shared.errors import NotFound, RuleBroken
from shared.eventstore import CommandMeta, Outcome, Recorded, Work
from shared.ids import chosen_id, require_id
from shared.service import Service
from shared.serviceunit import lifecycle
from shared.serviceunit.learnt.queries import contract_periods
from shared.serviceunit.lifecycle import CorrectUnit, PlanUnit, RecordUnit, UnitCommand, UnitState, VoidUnit
from shared.serviceunit.unit import ServiceUnit

CommandOf = Callable[[Entry, date], UnitCommand]


def plan_visit(service: Service, who: Identity, meta: CommandMeta, asked: Asked, *, dry_run: bool = False) -> Outcome:
    """Plan a visit; the contacts in it are those one hopes to meet."""

    def command_of(entry: Entry, today: date) -> UnitCommand:
        return PlanUnit(unit=entry.unit, private=entry.private, today=today)

    return _save(service, who, meta, {**asked, "status": "planned"}, command_of, dry_run=dry_run)


def record_visit(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    asked: Asked,
    planned: tuple[str, int] | None = None,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Record a visit; `planned` is the id and version of the plan it comes from."""

    def command_of(entry: Entry, today: date) -> UnitCommand:
        return RecordUnit(unit=entry.unit, private=entry.private, today=today)

    return _save(service, who, meta, asked, command_of, planned, dry_run=dry_run)


def correct_visit(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    asked: Asked,
    recorded: tuple[str, int],
    *,
    dry_run: bool = False,
) -> Outcome:
    """Put the full new content in place of the present one, for a coded reason; `recorded` is its id and version."""
    why = {"reason": asked["reason"], "reason_text": asked["reason_text"]}

    def command_of(entry: Entry, today: date) -> UnitCommand:
        return CorrectUnit(unit=entry.unit, private=entry.private, today=today, **why)

    return _save(service, who, meta, asked, command_of, recorded, dry_run=dry_run)


def void_visit(
    service: Service, who: Identity, meta: CommandMeta, asked: Asked, entered: tuple[str, int], *, dry_run: bool = False
) -> Outcome:
    """Void an entry, for a coded reason; it stays readable."""
    visit_id, version = entered
    command = VoidUnit(unit_id=visit_id, reason=asked["reason"], reason_text=asked["reason_text"])

    def body(work: Work) -> None:
        state = _own_state(work, who, visit_id, version)
        work.append(visit_id, lifecycle.decide(command, state), version)

    return service.store.run(meta, body, dry_run=dry_run)


def _save(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    asked: Asked,
    command_of: CommandOf,
    entered: tuple[str, int] | None = None,
    *,
    dry_run: bool,
) -> Outcome:
    """Load, decide, append: the visit first, then the contacts made with it."""
    visit_id, expected_version = entered or (chosen_id(asked.get("id"), "visit"), 0)

    def body(work: Work) -> None:
        state = _own_state(work, who, visit_id, expected_version) if entered else _new_state(work, visit_id)
        today = local_date(work.now)
        entry = entry_of(Asking(service, who, asked, visit_id, work.connection, state, today))
        events = lifecycle.decide(command_of(entry, today), state)
        refuse(entry.unit, others_on(work.connection, who.agency_id, entry.unit.occurred_on))
        work.append(visit_id, events, expected_version)
        for made in entry.new_contacts:
            known, version = work.fold(made.contact_id, contacts.INITIAL, contacts.evolve)
            work.append(made.contact_id, contacts.decide(made, known), version)

    return service.store.run(meta, body, dry_run=dry_run)


def _new_state(work: Work, visit_id: str) -> UnitState:
    if work.load(visit_id):
        raise RuleBroken("entry_exists", "There is an entry with this id already.", field="id")
    return lifecycle.INITIAL


def _own_state(work: Work, who: Identity, visit_id: str, expected_version: int) -> UnitState:
    require_id(visit_id, "visit")
    state, _ = work.fold(visit_id, lifecycle.INITIAL, lifecycle.evolve)
    if state.unit is None:
        raise NotFound("entry_not_found", "There is no such entry.")
    require_team(who, state.unit.team_id)
    work.require_version(visit_id, expected_version)
    return state


def read_visit(service: Service, who: Identity, visit_id: str) -> tuple[UnitState, list[Recorded]]:
    """A visit of this person's teams as it is now, and all that was recorded about it."""
    require_id(visit_id, "visit")
    with service.database.read() as connection:
        story = service.store.load(connection, visit_id, who.agency_id)
    state = reduce(lifecycle.evolve, (recorded.event for recorded in story), lifecycle.INITIAL)
    if state.unit is None:
        raise NotFound("entry_not_found", "There is no such entry.")
    require_team(who, state.unit.team_id)
    return state, story


def list_visits(service: Service, who: Identity, asked: Asked) -> list[dict[str, Any]]:
    """One page of the visits of this person's teams, newest first."""
    with service.database.read() as connection:
        return queries.list_visits(connection, who.agency_id, teams_seen(who), **asked)


def notices_of(service: Service, who: Identity, unit: ServiceUnit, outcome: Outcome) -> list[Notice]:
    """What is worth a second look about a visit, and about the contacts made with it, as things are now."""
    made = [pending.event for pending in outcome.events if isinstance(pending.event, ContactRegistered)]
    own = {one.contact_id for one in made}
    paths = {one.person_id: f"participants.{index}.new_contact" for index, one in enumerate(unit.participants)}
    with service.database.read() as connection:
        people = people_on(connection, who.agency_id, list(paths), unit.occurred_on)
        terms = contract_periods(connection, who.agency_id, [segment.contract_id for segment in unit.segments])
        found = notices(unit, people, terms, others_on(connection, who.agency_id, unit.occurred_on))
        for one in made:
            alike = same_aliases(connection, service.vault, who.agency_id, one.team_id, one.alias, own)
            if alike:
                found.append(contacts.possible_duplicate(alike, paths[one.contact_id]))
    return found


def usual_role(service: Service, who: Identity, person_id: str) -> str:
    """The role somebody has today, as far as it is known and only one."""
    today = local_date(service.clock.now())
    with service.database.read() as connection:
        known = people_on(connection, who.agency_id, [person_id], today).get(person_id)
    return (known.role if known else None) or ""
