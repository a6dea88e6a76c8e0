"""What may happen to a group: planned, opened, ended, joined and left. Pure decide and evolve."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from services.groups.groups.events import (
    GroupChanged,
    GroupEnded,
    GroupEvent,
    GroupOpened,
    GroupPlanned,
    MemberJoined,
    MemberLeft,
)
from shared.errors import FieldError, Invalid, NotFound, RuleBroken
from shared.serviceunit import codes
from shared.serviceunit.checks import unknown_code

FAMILY_ACTIVITIES = (
    "skills_learning",
    "mutual_aid",
    "body_mind_spirit",
    "carer_self_care",
    "positive_family",
    "recreation",
)
SECTOR_ACTIVITIES = ("training", "supervision", "sharing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One stretch of belonging to a group; both days belong to it."""

    person_id: str
    role: str
    from_date: date
    to_date: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """What the stream says so far: `phase` is absent, planned, open or ended."""

    phase: str = "absent"
    activity: str = ""
    closed: bool = False
    team_id: str = ""
    from_date: date = date.min
    intake_until: date | None = None
    opened_on: date | None = None
    ended_on: date | None = None
    memberships: tuple[Membership, ...] = ()

    @property
    def intake_ends(self) -> date | None:
        """The last day on which a closed group takes somebody in; absent while it has not opened."""
        return (self.intake_until or self.opened_on) if self.closed else None


INITIAL = GroupState()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOnDay:
    """What a meeting needs to know of its group; `members` are those of the day, under their ids after merges."""

    group_id: str
    activity: str
    team_id: str
    phase: str
    from_date: date
    contract_id: str | None = None
    ended_on: date | None = None
    intake_ends: date | None = None
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanGroup:
    group_id: str
    title: str
    activity: str
    closed: bool
    team_id: str
    from_date: date
    to_date: date | None = None
    contract_id: str | None = None
    intake_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeGroup:
    group_id: str
    title: str
    activity: str
    closed: bool
    from_date: date
    to_date: date | None = None
    contract_id: str | None = None
    intake_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGroup:
    group_id: str
    on: date
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndGroup:
    group_id: str
    on: date
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitMember:
    group_id: str
    person_id: str
    role: str
    from_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseMember:
    group_id: str
    person_id: str
    to_date: date


GroupCommand = PlanGroup | ChangeGroup | OpenGroup | EndGroup | AdmitMember | ReleaseMember


def decide(command: GroupCommand, state: GroupState) -> list[GroupEvent]:
    """The events of `command`, or why it cannot be."""
    match command:
        case PlanGroup():
            return [_plan(command, state)]
        case ChangeGroup():
            return [_change(command, state)]
        case OpenGroup(group_id=group_id, on=day):
            _require(state, "planned")
            _not_in_future(day, command.today)
            return [GroupOpened(group_id=group_id, on=day)]
        case EndGroup(group_id=group_id, on=day):
            _require(state, "planned", "open")
            _not_in_future(day, command.today)
            if day < (state.opened_on or state.from_date):
                raise Invalid("end_before_start", "The end is before the start. Please change it.", field="on")
            return [GroupEnded(group_id=group_id, on=day)]
        case AdmitMember():
            return [_admit(command, state)]
        case ReleaseMember():
            return [_release(command, state)]
        case _:
            assert_never(command)


def evolve(state: GroupState, event: GroupEvent) -> GroupState:
    """The state after `event`; a fact is never refused."""
    match event:
        case GroupPlanned():
            return GroupState(
                phase="planned",
                activity=event.activity,
                closed=event.closed,
                team_id=event.team_id,
                from_date=event.from_date,
                intake_until=event.intake_until,
            )
        case GroupChanged():
            return replace(
                state,
                activity=event.activity,
                closed=event.closed,
                from_date=event.from_date,
                intake_until=event.intake_until,
            )
        case GroupOpened(on=day):
            return replace(state, phase="open", opened_on=day)
        case GroupEnded(on=day):
            return replace(state, phase="ended", ended_on=day)
        case MemberJoined():
            joined = Membership(person_id=event.person_id, role=event.role, from_date=event.from_date)
            return replace(state, memberships=(*state.memberships, joined))
        case MemberLeft(person_id=person_id, to_date=day):
            return replace(state, memberships=tuple(_left(one, person_id, day) for one in state.memberships))
        case _:
            assert_never(event)


def _left(membership: Membership, person_id: str, day: date) -> Membership:
    is_theirs = membership.person_id == person_id and membership.to_date is None
    return replace(membership, to_date=day) if is_theirs else membership


def _plan(command: PlanGroup, state: GroupState) -> GroupPlanned:
    if state.phase != "absent":
        raise RuleBroken("group_exists", "There is a group with this id already.", field="id")
    wrong = list(_wrong_fields_of_plan(command))
    if wrong:
        raise Invalid.of(wrong)
    return GroupPlanned(
        group_id=command.group_id,
        title=command.title.strip(),
        activity=command.activity,
        closed=command.closed,
        team_id=command.team_id,
        from_date=command.from_date,
        to_date=command.to_date,
        contract_id=command.contract_id,
        intake_until=command.intake_until,
    )


def _change(command: ChangeGroup, state: GroupState) -> GroupChanged:
    _require(state, "planned", "open", "ended")
    wrong = list(_wrong_fields_of_plan(command))
    if (command.activity in SECTOR_ACTIVITIES) is not (state.activity in SECTOR_ACTIVITIES):
        wrong.append(FieldError("activity", "group_of_other_kind", "This group is of another kind."))
    if wrong:
        raise Invalid.of(wrong)
    return GroupChanged(
        group_id=command.group_id,
        title=command.title.strip(),
        activity=command.activity,
        closed=command.closed,
        from_date=command.from_date,
        to_date=command.to_date,
        contract_id=command.contract_id,
        intake_until=command.intake_until,
    )


def _wrong_fields_of_plan(command: PlanGroup | ChangeGroup) -> Iterator[FieldError]:
    if not command.title.strip():
        yield FieldError("title", "required", "Please fill this in.")
    known = (*FAMILY_ACTIVITIES, *SECTOR_ACTIVITIES)
    if command.activity not in known:
        yield unknown_code("activity", command.activity, known)
    if command.to_date is not None and command.to_date < command.from_date:
        yield FieldError("to_date", "end_before_start", "The end is before the start. Please change it.")
    if command.intake_until is not None and not command.closed:
        yield FieldError("intake_until", "open_group_has_no_intake", "An open group takes people in at any time.")


def _admit(command: AdmitMember, state: GroupState) -> MemberJoined:
    _require(state, "planned", "open", "ended")
    if command.role not in codes.ROLES:
        raise Invalid.of([unknown_code("role", command.role, codes.ROLES)])
    day = command.from_date
    if state.ended_on is not None and day > state.ended_on:
        raise RuleBroken(
            "group_ended", "This group ended on %(day)s.", field="from_date", day=state.ended_on.isoformat()
        )
    if state.intake_ends is not None and day > state.intake_ends:
        raise RuleBroken(
            "group_closed",
            "This is a closed group. It took people in up to %(day)s.",
            field="from_date",
            day=state.intake_ends.isoformat(),
        )
    for membership in state.memberships:
        if membership.person_id == command.person_id and (membership.to_date is None or day <= membership.to_date):
            raise RuleBroken("already_member", "This person is a member on that day already.", field="person_id")
    return MemberJoined(group_id=command.group_id, person_id=command.person_id, role=command.role, from_date=day)


def _release(command: ReleaseMember, state: GroupState) -> MemberLeft:
    _require(state, "planned", "open", "ended")
    for membership in state.memberships:
        if membership.person_id == command.person_id and membership.to_date is None:
            if command.to_date < membership.from_date:
                raise Invalid("end_before_start", "The end is before the start. Please change it.", field="to_date")
            return MemberLeft(group_id=command.group_id, person_id=command.person_id, to_date=command.to_date)
    raise RuleBroken("not_a_member", "This person is not a member of the group now.", field="person_id")


def _require(state: GroupState, *phases: str) -> None:
    if state.phase in phases:
        return
    match state.phase:
        case "absent":
            raise NotFound("group_not_found", "There is no such group.")
        case "ended":
            raise RuleBroken("group_ended_already", "This group has ended already.")
        case _:
            raise RuleBroken("group_open_already", "This group is open already.")


def _not_in_future(day: date, today: date) -> None:
    if day > today:
        raise Invalid("date_in_future", "This date is in the future. Please change it.", field="on")
