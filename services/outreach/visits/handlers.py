"""Visits: load, decide, append, in one transaction each; contacts first met on a visit are made with it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from services.outreach.contacts import domain as contacts
from services.outreach.contacts.domain import RegisterContact
from services.outreach.contacts.events import ContactRegistered
from services.outreach.contacts.queries import same_aliases
from services.outreach.people.domain import PersonOnDay
from services.outreach.people.queries import people_on
from services.outreach.tables import visit
from services.outreach.visits import queries
from services.outreach.visits.domain import OtherVisit, notices, refuse
from services.outreach.visits.entries import Asked, Asking, entry_of
from services.outreach.visits.queries import others_on
from shared.auth.identity import Identity
from shared.auth.teams import teams_seen
from shared.clock import local_date
from shared.errors import RuleBroken
from shared.eventstore import CommandMeta, Outcome, Work
from shared.service import Service
from shared.serviceunit import lifecycle, recording
from shared.serviceunit.learnt.queries import cases_of, contract_periods, merges
from shared.serviceunit.lifecycle import UnitState
from shared.serviceunit.moving.handlers import Movable
from shared.serviceunit.notices import Notice, somebody_helps
from shared.serviceunit.recording import Recording
from shared.serviceunit.unit import ServiceUnit

PREFIX = "visit"


@dataclass(frozen=True, slots=True)
class Written:
    """What a command did, and what is worth a second look."""

    outcome: Outcome
    notices: Sequence[Notice]


def _save(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    visit_id: str,
    asked: Asked,
    command_of: recording.Entry,
    expected_version: int,
    *,
    dry_run: bool,
) -> Written:
    """Load, decide, append: the visit first, then the contacts made with it."""
    found: list[Notice] = []

    def body(work: Work) -> None:
        state = _state(work, who, visit_id, expected_version)
        today = local_date(work.now)
        entry = entry_of(Asking(service, who, asked, visit_id, work.connection, state, today))
        events = lifecycle.decide(command_of(entry.unit, entry.private, today), state)
        others = others_on(work.connection, who.agency_id, entry.unit.occurred_on)
        refuse(entry.unit, others)
        found[:] = _notices(work.connection, who, entry.unit, entry.people, entry.periods, others)
        found.extend(_alike(work.connection, service, who, entry.unit, entry.new_contacts))
        work.append(visit_id, events, expected_version)
        for made in entry.new_contacts:
            known, version = work.fold(made.contact_id, contacts.INITIAL, contacts.evolve)
            work.append(made.contact_id, contacts.decide(made, known), version)

    outcome = service.store.run(meta, body, dry_run=dry_run)
    if outcome.replayed:
        found[:] = _notices_again(service, who, outcome)
    return Written(outcome, found)


visits = Recording(PREFIX, _save)


def refuse_moved(connection: Connection, who: Identity, unit: ServiceUnit) -> None:
    """Raise where a visit may not be booked under its new contract."""
    refuse(unit, others_on(connection, who.agency_id, unit.occurred_on))


movable = Movable(visits, visit, refuse_moved, queries.ADDRESS, queries.titles)


def _state(work: Work, who: Identity, visit_id: str, expected_version: int) -> UnitState:
    if expected_version == 0:
        if work.load(visit_id):
            raise RuleBroken("entry_exists", "There is an entry with this id already.", field="id")
        return lifecycle.INITIAL
    state = recording.own(work, who, visit_id, PREFIX)
    work.require_version(visit_id, expected_version)
    return state


def list_visits(service: Service, who: Identity, asked: Asked) -> list[dict[str, Any]]:
    """One page of the visits of this person's teams, newest first."""
    with service.database.read() as connection:
        return queries.list_visits(connection, who.agency_id, teams_seen(who), **asked)


def latest_visits(service: Service, who: Identity) -> list[ServiceUnit]:
    """The latest visits of this person's teams, newest first."""
    with service.database.read() as connection:
        return queries.latest_visits(connection, who.agency_id, teams_seen(who))


def _notices_again(service: Service, who: Identity, outcome: Outcome) -> list[Notice]:
    """A repeated command did not run, and is told what is worth a second look as things are now."""
    unit = recording.state_after(outcome).unit
    assert unit is not None
    made = [pending.event for pending in outcome.events if isinstance(pending.event, ContactRegistered)]
    with service.database.read() as connection:
        people = people_on(connection, who.agency_id, [one.person_id for one in unit.participants], unit.occurred_on)
        periods = contract_periods(connection, who.agency_id, [one.contract_id for one in unit.segments])
        others = others_on(connection, who.agency_id, unit.occurred_on)
        return [
            *_notices(connection, who, unit, people, periods, others),
            *_alike(connection, service, who, unit, made),
        ]


def _notices(
    connection: Connection,
    who: Identity,
    unit: ServiceUnit,
    people: Mapping[str, PersonOnDay],
    periods: Mapping[str, tuple[date, date]],
    others: Sequence[OtherVisit],
) -> list[Notice]:
    cases: Mapping[str, set[str]] = {}
    if somebody_helps(one.role for one in unit.participants):
        remained = {one.same_as for one in people.values()}
        cases = cases_of(connection, who.agency_id, remained, merges(connection, who.agency_id))
    return notices(unit, people, periods, others, cases)


def _alike(
    connection: Connection,
    service: Service,
    who: Identity,
    unit: ServiceUnit,
    made: Sequence[RegisterContact | ContactRegistered],
) -> Iterator[Notice]:
    """Which of the contacts made with the visit have the alias of another one."""
    own = {one.contact_id for one in made}
    paths = {one.person_id: f"participants.{index}.new_contact" for index, one in enumerate(unit.participants)}
    for one in made:
        alike = same_aliases(connection, service.vault, who.agency_id, one.team_id, one.alias, own)
        if alike:
            yield contacts.possible_duplicate(alike, paths[one.contact_id])


def usual_roles(service: Service, who: Identity, person_ids: Collection[str]) -> dict[str, str]:
    """The role each has today, as far as it is known and only one."""
    today = local_date(service.clock.now())
    with service.database.read() as connection:
        known = people_on(connection, who.agency_id, list(person_ids), today)
    return {person_id: one.role for person_id, one in known.items() if one.role}
