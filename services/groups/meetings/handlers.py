"""Meetings: load, decide, append, in one transaction each; one event however many people were there."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from services.groups.groups.domain import GroupOnDay
from services.groups.meetings.domain import refuse, refuse_counted_twice, wrong_fields_here
from services.groups.meetings.queries import ADDRESS, group_titles, others_on
from services.groups.meetings.surroundings import Surroundings, surroundings, surroundings_of
from services.groups.people.domain import PersonOnDay
from services.groups.practitioners.queries import organisations_among
from services.groups.tables import meeting
from shared.auth.identity import Identity
from shared.auth.roles import NOTE_READERS
from shared.auth.teams import chosen_team, require_team
from shared.clock import local_date
from shared.errors import Invalid
from shared.eventstore import CommandMeta, Outcome, Work
from shared.service import Service
from shared.serviceunit import lifecycle
from shared.serviceunit.checks import unknown_contracts, unknown_names, wrong_fields
from shared.serviceunit.lifecycle import Private, UnitState
from shared.serviceunit.moving.handlers import Movable
from shared.serviceunit.notices import Notice
from shared.serviceunit.recording import Entry, Recording, own, state_after, unknown_workers
from shared.serviceunit.schemas import named_helpers, participants, unit_of
from shared.serviceunit.unit import ServiceUnit

PREFIX = "meeting"


@dataclass(frozen=True, slots=True)
class Written:
    """What a command did, and what is worth a second look."""

    outcome: Outcome
    notices: list[Notice]


def _save(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    unit_id: str,
    asked: dict[str, Any],
    entry: Entry,
    expected_version: int,
    *,
    dry_run: bool,
) -> Written:
    found: list[Notice] = []

    def body(work: Work) -> None:
        state = own(work, who, unit_id, PREFIX) if expected_version else lifecycle.INITIAL
        unit, private, around = _checked(service, who, work, unit_id, asked, state)
        work.append(unit_id, lifecycle.decide(entry(unit, private, local_date(work.now)), state), expected_version)
        found[:] = around.notices(unit)

    outcome = service.store.run(meta, body, dry_run=dry_run)
    if outcome.replayed:
        found[:] = _notices_again(service, who, outcome)
    return Written(outcome, found)


meetings = Recording(PREFIX, _save)


def refuse_moved(connection: Connection, who: Identity, unit: ServiceUnit) -> None:
    """Raise where a meeting may not be booked under its new contract."""
    refuse_counted_twice(unit, others_on(connection, who.agency_id, unit.occurred_on))


movable = Movable(meetings, meeting, refuse_moved, ADDRESS, group_titles)


def _notices_again(service: Service, who: Identity, outcome: Outcome) -> list[Notice]:
    """A repeated command did not run, and is told what is worth a second look as things are now."""
    unit = state_after(outcome).unit
    assert unit is not None
    with service.database.read() as connection:
        return surroundings_of(connection, who.agency_id, unit).notices(unit)


def _checked(
    service: Service, who: Identity, work: Work, unit_id: str, asked: dict[str, Any], state: UnitState
) -> tuple[ServiceUnit, Private, Surroundings]:
    """The meeting as asked for, completed from its group and from what is known of the people in it."""
    before = state.unit
    group_id = asked.get("group_id", before.group_id if before else None)
    around = _look_around(work, who, group_id, asked)
    helpers = named_helpers(asked, state.helpers)
    unit = unit_of(
        _completed(asked, around.group),
        unit_id=unit_id,
        kind=asked.get("kind") or (before.kind if before else "group_meeting"),
        team_id=_team(service, who, asked, before, around.group),
        entered_by=before.entered_by if before else who.account_id,
        people=participants(asked, [_target_groups(person, around.people) for person in asked["participants"]]),
        helpers=helpers,
        group_id=group_id,
        partner_count=asked["partner_count"],
        tags=("co_organised",) if asked["co_organised"] else (),
        sign_in_sheet=asked["sign_in_sheet"],
        child_safety_concern=asked["child_safety_concern"] and asked["status"] != "planned",
    )
    _check(service, who, work, asked, unit, helpers, around, before)
    private = Private(
        subject=_note_subject(service, work, unit_id, state),
        note=asked["note"],
        helpers=helpers or None,
        keep_note=before is not None and who.role not in NOTE_READERS,
    )
    return unit, private, around


def _look_around(work: Work, who: Identity, group_id: str | None, asked: dict[str, Any]) -> Surroundings:
    roles = {person["person_id"]: person["role"] for person in asked["participants"]}
    contracts = [asked.get("contract_id"), *(part["contract_id"] for part in asked["segments"])]
    given = [contract_id for contract_id in contracts if contract_id is not None]
    around = surroundings(work.connection, who.agency_id, group_id, asked["occurred_on"], roles, given)
    if around.group is not None:
        require_team(who, around.group.team_id)
        # The rules of the group were read from a read table: hold this command to what it said.
        work.loaded[around.group.group_id] = around.group_version
    return around


def _check(
    service: Service,
    who: Identity,
    work: Work,
    asked: dict[str, Any],
    unit: ServiceUnit,
    helpers: dict[str, str],
    around: Surroundings,
    before: ServiceUnit | None,
) -> None:
    already = {person.person_id for person in before.participants} if before else set()
    named = [unit.organisation_id] if unit.organisation_id else []
    organisations = organisations_among(work.connection, who.agency_id, named)
    wrong = [
        *wrong_fields(unit, local_date(work.now)),
        *wrong_fields_here(unit, around.group, around.people, already),
        *unknown_contracts(unit, around.periods, in_parts=bool(asked["segments"])),
        *unknown_names(unit, before, organisations=organisations),
        *unknown_workers(service, who, unit, helpers, before),
    ]
    if wrong:
        raise Invalid.of(wrong)
    refuse(unit, around.group, around.people, around.others, already)


def _note_subject(service: Service, work: Work, unit_id: str, state: UnitState) -> str:
    """Whose key seals the note: the meeting's own, and a new one once the old notes were destroyed."""
    if state.note_subject and service.vault.is_destroyed(work.connection, state.note_subject):
        return f"{unit_id}.{work.version(unit_id)}"
    return state.note_subject or unit_id


def _completed(asked: dict[str, Any], group: GroupOnDay | None) -> dict[str, Any]:
    """What is left out is as the group has it; an explicit `contract_id: null` means regular service."""
    contract_id = asked.get("contract_id")
    if group is not None and "contract_id" not in asked and not asked["segments"]:
        contract_id = group.contract_id
    activity = asked["activity"] or (group.activity if group else None)
    return {**asked, "contract_id": contract_id, "activity": activity}


def _target_groups(asked: dict[str, Any], people: dict[str, PersonOnDay]) -> tuple[str, ...]:
    """Those given, else those the person is in on the day."""
    if asked["target_groups"] is not None:
        return tuple(asked["target_groups"])
    person = people.get(asked["person_id"])
    return person.target_groups if person else ()


def _team(
    service: Service, who: Identity, asked: dict[str, Any], before: ServiceUnit | None, group: GroupOnDay | None
) -> str:
    known = (before.team_id if before else None) or (group.team_id if group else None)
    if asked["team_id"] is None and known is not None:
        return known
    return chosen_team(who, service.accounts, asked["team_id"])
