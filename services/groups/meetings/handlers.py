"""Meetings: load, decide, append, in one transaction each; one event however many people were there."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Connection

from services.groups.access import chosen_id, chosen_team, require_stream, require_team
from services.groups.contracts.queries import periods
from services.groups.groups.domain import GroupOnDay
from services.groups.groups.queries import group_on
from services.groups.meetings.domain import Notice, notices, refuse, wrong_fields_here
from services.groups.meetings.queries import others_on
from services.groups.people.domain import PersonOnDay
from services.groups.people.queries import merges, people_on
from services.groups.practitioners.queries import practitioners_among
from shared.auth.identity import Identity
from shared.auth.roles import NOTE_READERS
from shared.clock import local_date
from shared.errors import FieldError, Invalid, NotFound
from shared.eventstore import CommandMeta, Outcome, Recorded, Work
from shared.service import Service
from shared.serviceunit import lifecycle
from shared.serviceunit.checks import wrong_fields
from shared.serviceunit.lifecycle import CorrectUnit, PlanUnit, Private, RecordUnit, UnitCommand, UnitState, VoidUnit
from shared.serviceunit.schemas import named_helpers, participants, unit_of
from shared.serviceunit.unit import ServiceUnit

Entry = Callable[[ServiceUnit, Private, date], UnitCommand]


def plan_meeting(
    service: Service, who: Identity, meta: CommandMeta, asked: dict[str, Any], *, dry_run: bool = False
) -> Outcome:
    """Plan a meeting; the people in it are those expected."""
    unit_id = chosen_id(asked.get("id"), "meeting")
    planned = {**asked, "status": "planned"}
    return _save(service, who, meta, unit_id, planned, _plan, 0, dry_run=dry_run)


def record_meeting(
    service: Service, who: Identity, meta: CommandMeta, asked: dict[str, Any], *, dry_run: bool = False
) -> Outcome:
    """Record a meeting that was not planned, with its whole attendance."""
    unit_id = chosen_id(asked.get("id"), "meeting")
    return _save(service, who, meta, unit_id, asked, _record, 0, dry_run=dry_run)


def record_planned(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    unit_id: str,
    asked: dict[str, Any],
    expected_version: int,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Say how a planned meeting went."""
    return _save(service, who, meta, unit_id, asked, _record, expected_version, dry_run=dry_run)


def correct_meeting(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    unit_id: str,
    asked: dict[str, Any],
    expected_version: int,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Replace the content of a recorded meeting by the full new one."""

    def correct(unit: ServiceUnit, private: Private, today: date) -> CorrectUnit:
        reasons = {"reason": asked["reason"], "reason_text": asked["reason_text"]}
        return CorrectUnit(unit=unit, private=private, today=today, **reasons)

    return _save(service, who, meta, unit_id, asked, correct, expected_version, dry_run=dry_run)


def void_meeting(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    unit_id: str,
    asked: dict[str, Any],
    expected_version: int,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Say that a meeting should never have been entered."""

    def body(work: Work) -> None:
        state = _own(work, who, unit_id)
        command = VoidUnit(unit_id=unit_id, reason=asked["reason"], reason_text=asked["reason_text"])
        work.append(unit_id, lifecycle.decide(command, state), expected_version)

    return service.store.run(meta, body, dry_run=dry_run)


def read_meeting(service: Service, who: Identity, unit_id: str) -> tuple[UnitState, list[Recorded]]:
    """A meeting of this person's teams as it is now, and all that was recorded about it."""
    require_stream(unit_id, "meeting")
    with service.database.read() as connection:
        story = service.store.load(connection, unit_id, who.agency_id)
    state = lifecycle.INITIAL
    for recorded in story:
        state = lifecycle.evolve(state, recorded.event)
    if state.unit is None:
        raise NotFound("entry_not_found", "There is no such entry.")
    require_team(who, state.unit.team_id)
    return state, story


def notices_of(service: Service, who: Identity, unit: ServiceUnit) -> list[Notice]:
    """What is worth a second look about a meeting, as things are now."""
    with service.database.read() as connection:
        group, _ = _group(connection, who, unit.group_id, unit.occurred_on)
        people = _people(connection, who, [person.person_id for person in unit.participants], unit.occurred_on)
        known = periods(connection, who.agency_id, [segment.contract_id for segment in unit.segments])
        others = others_on(connection, who.agency_id, unit.occurred_on)
    return notices(unit, group, people, known, others)


def _plan(unit: ServiceUnit, private: Private, today: date) -> PlanUnit:
    return PlanUnit(unit=unit, private=private, today=today)


def _record(unit: ServiceUnit, private: Private, today: date) -> RecordUnit:
    return RecordUnit(unit=unit, private=private, today=today)


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
) -> Outcome:
    def body(work: Work) -> None:
        state = _own(work, who, unit_id) if expected_version else lifecycle.INITIAL
        unit, private = _checked(service, who, work, unit_id, asked, state)
        events = lifecycle.decide(entry(unit, private, local_date(work.now)), state)
        work.append(unit_id, events, expected_version)

    return service.store.run(meta, body, dry_run=dry_run)


def _own(work: Work, who: Identity, unit_id: str) -> UnitState:
    """The state of a meeting of this person's teams."""
    require_stream(unit_id, "meeting")
    state, _ = work.fold(unit_id, lifecycle.INITIAL, lifecycle.evolve)
    if state.unit is None:
        raise NotFound("entry_not_found", "There is no such entry.")
    require_team(who, state.unit.team_id)
    return state


def _checked(
    service: Service, who: Identity, work: Work, unit_id: str, asked: dict[str, Any], state: UnitState
) -> tuple[ServiceUnit, Private]:
    """The meeting as asked for, completed from its group and from what is known of the people in it."""
    before, connection, day = state.unit, work.connection, asked["occurred_on"]
    group_id = asked.get("group_id", before.group_id if before else None)
    group, version = _group(connection, who, group_id, day)
    if group is not None:
        require_team(who, group.team_id)
        # The rules of the group were read from a read table: hold this command to what it said.
        work.loaded[group.group_id] = version
    ids = [person["person_id"] for person in asked["participants"]]
    people = _people(connection, who, ids, day)
    helpers = named_helpers(asked, state.helpers)
    unit = unit_of(
        _completed(asked, group),
        unit_id=unit_id,
        kind=asked.get("kind") or (before.kind if before else "group_meeting"),
        team_id=_team(service, who, asked, before, group),
        entered_by=before.entered_by if before else who.account_id,
        people=participants(asked, [_target_groups(person, people) for person in asked["participants"]]),
        helpers=helpers,
        group_id=group_id,
    )
    _check(service, who, work, unit, group, people, before)
    private = Private(
        subject=_note_subject(service, work, unit_id, state),
        note=asked["note"],
        helpers=helpers or None,
        keep_note=before is not None and who.role not in NOTE_READERS,
    )
    return unit, private


def _note_subject(service: Service, work: Work, unit_id: str, state: UnitState) -> str:
    """Whose key seals the note: the meeting's own, and a new one once the old notes were destroyed."""
    if state.note_subject and service.vault.is_destroyed(work.connection, state.note_subject):
        return f"{unit_id}.{work.version(unit_id)}"
    return state.note_subject or unit_id


def _check(
    service: Service,
    who: Identity,
    work: Work,
    unit: ServiceUnit,
    group: GroupOnDay | None,
    people: dict[str, PersonOnDay],
    before: ServiceUnit | None,
) -> None:
    already = {person.person_id for person in before.participants} if before else set()
    wrong = [
        *wrong_fields(unit, local_date(work.now)),
        *wrong_fields_here(unit, group, people, already),
        *_unknown_contracts(work.connection, who, unit),
        *_unknown_workers(service, who, unit, before),
    ]
    if wrong:
        raise Invalid.of(wrong)
    refuse(unit, group, people, others_on(work.connection, who.agency_id, unit.occurred_on), already)


def _completed(asked: dict[str, Any], group: GroupOnDay | None) -> dict[str, Any]:
    """What is left out is as the group has it; an explicit `contract_id: null` means regular service."""
    contract_id = asked.get("contract_id")
    if group is not None and "contract_id" not in asked and not asked["segments"]:
        contract_id = group.contract_id
    activity = asked["activity"] or (group.activity if group else None)
    return {**asked, "contract_id": contract_id, "activity": activity}


def _group(
    connection: Connection, who: Identity, group_id: str | None, day: date
) -> tuple[GroupOnDay, int] | tuple[None, int]:
    if group_id is None:
        return None, 0
    found = group_on(connection, who.agency_id, group_id, day, merges(connection, who.agency_id))
    if found is None:
        raise Invalid("group_unknown", "There is no such group.", field="group_id")
    return found


def _people(connection: Connection, who: Identity, ids: list[str], day: date) -> dict[str, PersonOnDay]:
    return {
        **people_on(connection, who.agency_id, ids, day),
        **practitioners_among(connection, who.agency_id, ids),
    }


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


def _unknown_contracts(connection: Connection, who: Identity, unit: ServiceUnit) -> list[FieldError]:
    known = periods(connection, who.agency_id, [segment.contract_id for segment in unit.segments])
    return [
        FieldError(
            "contract_id" if len(unit.segments) == 1 else f"segments.{index}.contract_id",
            "contract_unknown",
            "There is no such contract.",
        )
        for index, segment in enumerate(unit.segments)
        if segment.contract_id not in known
    ]


def _unknown_workers(
    service: Service, who: Identity, unit: ServiceUnit, before: ServiceUnit | None
) -> list[FieldError]:
    trusted = {who.account_id, *(before.served_by if before else ())}
    named = [one for one in unit.served_by if one not in trusted and not one.startswith("helper-")]
    if not named:
        return []
    accounts = {account.account_id for account in service.accounts.list_accounts(who.agency_id)}
    return [
        FieldError(f"served_by.{index}", "worker_unknown", "Nobody with this account works here.")
        for index, worker in enumerate(unit.served_by)
        if worker in named and worker not in accounts
    ]
