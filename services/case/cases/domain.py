"""The rules of cases. Pure: today is an input; that people, teams and contracts exist is checked by the caller."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict, assert_never

from services.case.cases.events import (
    CaseAssigned,
    CaseClosed,
    CaseEnquired,
    CaseEvent,
    CaseIntakeStarted,
    CaseMemberJoined,
    CaseMemberLeft,
    CaseOpened,
    CaseRegistered,
    CaseReopened,
    CaseTransferred,
    Member,
)
from services.case.codes import CASE_KINDS, CLOSING_REASONS, RELATIONSHIPS
from shared.errors import FieldError, Invalid, NotFound, RuleBroken
from shared.serviceunit.checks import unknown_code

FIRST_STAGES = ("enquiry", "intake", "open")
CLOSED = ("case_closed", "This case is closed. Reopen it first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The case was open from a day to a last day, or is open still."""

    opened_on: date
    closed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the stream says so far; `stage` is absent, enquiry, intake, open or closed."""

    stage: str = "absent"
    case_id: str = ""
    case_number: str = ""
    kind: str = ""
    contract_id: str | None = None
    team_id: str = ""
    worker_id: str | None = None
    stage_on: date = date.min
    periods: tuple[Period, ...] = ()
    members: tuple[Member, ...] = ()


INITIAL = Case()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCase:
    case_id: str
    case_number: str
    kind: str
    contract_id: str | None
    team_id: str
    worker_id: str | None
    stage: str
    on: date
    members: tuple[Member, ...]
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StartIntake:
    on: date
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    on: date
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignCase:
    worker_id: str
    on: date
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCase:
    team_id: str
    worker_id: str | None
    on: date
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCase:
    on: date
    reason: str | None
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenCase:
    on: date
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinCase:
    person_id: str
    relationship: str
    from_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveCase:
    person_id: str
    to_date: date


StageCommand = StartIntake | OpenCase | CloseCase | ReopenCase
ChangeCommand = StageCommand | AssignCase | TransferCase | JoinCase | LeaveCase
CaseCommand = RegisterCase | ChangeCommand


def decide(command: CaseCommand, case: Case) -> list[CaseEvent]:
    """The events of `command`, or why it cannot be."""
    if isinstance(command, RegisterCase):
        return _register(command, case)
    if case.stage == "absent":
        raise NotFound("case_not_found", "There is no such case.")
    match command:
        case StartIntake() | OpenCase() | CloseCase() | ReopenCase():
            return [_move(command, case)]
        case AssignCase(worker_id=worker_id, on=on):
            _refuse_closed(case)
            _check_day(on, command.today)
            return [CaseAssigned(case_id=case.case_id, worker_id=worker_id, on=on)]
        case TransferCase(team_id=team_id, worker_id=worker_id, on=on):
            _refuse_closed(case)
            _check_day(on, command.today)
            if team_id == case.team_id:
                raise RuleBroken("same_team", "The case is with this team already.", field="team_id")
            return [
                CaseTransferred(
                    case_id=case.case_id, from_team_id=case.team_id, team_id=team_id, worker_id=worker_id, on=on
                )
            ]
        case JoinCase():
            return [_join(command, case)]
        case LeaveCase():
            return [_leave(command, case)]
        case _:
            assert_never(command)


def _register(command: RegisterCase, case: Case) -> list[CaseEvent]:
    if case.stage != "absent":
        raise RuleBroken("case_exists", "This case exists already.", field="id")
    wrong = [*_wrong_codes(command), *_wrong_members(command)]
    if wrong:
        raise Invalid.of(wrong)
    _check_day(command.on, command.today)
    registered = CaseRegistered(
        case_id=command.case_id,
        case_number=command.case_number,
        kind=command.kind,
        contract_id=command.contract_id,
        team_id=command.team_id,
        members=command.members,
    )
    state = evolve(case, registered)
    events: list[CaseEvent] = [registered]
    match command.stage:
        case "enquiry":
            events.append(CaseEnquired(**_header(state), on=command.on))
        case "intake":
            events.append(CaseIntakeStarted(**_header(state), on=command.on))
        case _:
            events.append(CaseOpened(**_header(state), on=command.on, members=command.members))
    if command.worker_id is not None:
        events.append(CaseAssigned(case_id=command.case_id, worker_id=command.worker_id, on=command.on))
    return events


def _wrong_codes(command: RegisterCase) -> list[FieldError]:
    wrong = []
    if command.kind not in CASE_KINDS:
        wrong.append(unknown_code("kind", command.kind, CASE_KINDS))
    if command.stage not in FIRST_STAGES:
        wrong.append(unknown_code("stage", command.stage, FIRST_STAGES))
    for index, member in enumerate(command.members):
        if member.relationship not in RELATIONSHIPS:
            wrong.append(unknown_code(f"members.{index}.relationship", member.relationship, RELATIONSHIPS))
    return wrong


def _wrong_members(command: RegisterCase) -> list[FieldError]:
    wrong = []
    people = [member.person_id for member in command.members]
    if not people:
        wrong.append(FieldError("members", "member_missing", "Name at least one person of this case."))
    if command.kind == "person" and len(people) > 1:
        wrong.append(FieldError("members", "one_person_only", "A case of one person has one member. Choose a family."))
    for index, person_id in enumerate(people):
        if person_id in people[:index]:
            wrong.append(FieldError(f"members.{index}.person_id", "person_twice", "This person is in the list twice."))
    return wrong


def _move(command: StageCommand, case: Case) -> CaseEvent:
    match command:
        case StartIntake():
            _require(case, "enquiry")
        case OpenCase():
            _require(case, "enquiry", "intake")
        case CloseCase():
            _require(case, "enquiry", "intake", "open")
            if command.reason is not None and command.reason not in CLOSING_REASONS:
                raise Invalid.of([unknown_code("reason", command.reason, CLOSING_REASONS)])
        case ReopenCase():
            _require(case, "closed")
        case _:
            assert_never(command)
    _check_day(command.on, command.today)
    if command.on < case.stage_on:
        raise Invalid(
            "before_last_stage",
            "This date is before the case came to its present stage, on %(on)s.",
            field="on",
            on=case.stage_on.isoformat(),
        )
    match command:
        case StartIntake(on=on):
            return CaseIntakeStarted(**_header(case), on=on)
        case OpenCase(on=on):
            return CaseOpened(**_header(case), on=on, members=case.members)
        case CloseCase(on=on, reason=reason):
            return CaseClosed(**_header(case), on=on, reason=reason)
        case ReopenCase(on=on):
            return CaseReopened(**_header(case), on=on)
        case _:
            assert_never(command)


def _join(command: JoinCase, case: Case) -> CaseMemberJoined:
    _refuse_closed(case)
    if command.relationship not in RELATIONSHIPS:
        raise Invalid.of([unknown_code("relationship", command.relationship, RELATIONSHIPS)])
    present = [member for member in case.members if member.to_date is None or member.to_date >= command.from_date]
    if any(member.person_id == command.person_id for member in present):
        raise RuleBroken("member_already", "This person is a member on that day already.", field="person_id")
    if case.kind == "person" and present:
        raise RuleBroken("one_person_only", "A case of one person has one member. Choose a family.", field="person_id")
    return CaseMemberJoined(
        case_id=case.case_id,
        person_id=command.person_id,
        relationship=command.relationship,
        from_date=command.from_date,
    )


def _leave(command: LeaveCase, case: Case) -> CaseMemberLeft:
    current = next((one for one in case.members if one.person_id == command.person_id and one.to_date is None), None)
    if current is None:
        raise RuleBroken("not_a_member", "This person is not a member now.", field="person_id")
    if command.to_date < current.from_date:
        raise Invalid("end_before_start", "The end is before the start. Please change it.", field="to_date")
    return CaseMemberLeft(case_id=case.case_id, person_id=command.person_id, to_date=command.to_date)


def _require(case: Case, *stages: str) -> None:
    if case.stage in stages:
        return
    if case.stage == "closed":
        raise RuleBroken(*CLOSED)
    if stages == ("closed",):
        raise RuleBroken("case_not_closed", "This case is not closed.")
    raise RuleBroken("stage_passed", "The case has passed this stage already.")


def _refuse_closed(case: Case) -> None:
    if case.stage == "closed":
        raise RuleBroken(*CLOSED)


def _check_day(on: date, today: date) -> None:
    if on > today:
        raise Invalid("date_in_future", "This date is in the future. Please change it.", field="on")


class _Header(TypedDict):
    case_id: str
    case_number: str
    contract_id: str | None
    team_id: str


def _header(case: Case) -> _Header:
    return {
        "case_id": case.case_id,
        "case_number": case.case_number,
        "contract_id": case.contract_id,
        "team_id": case.team_id,
    }


def evolve(case: Case, event: CaseEvent) -> Case:
    """The case after `event`; a fact is never refused."""
    match event:
        case CaseRegistered():
            return replace(
                case,
                case_id=event.case_id,
                case_number=event.case_number,
                kind=event.kind,
                contract_id=event.contract_id,
                team_id=event.team_id,
                members=event.members,
            )
        case CaseEnquired(on=on):
            return replace(case, stage="enquiry", stage_on=on)
        case CaseIntakeStarted(on=on):
            return replace(case, stage="intake", stage_on=on)
        case CaseOpened(on=on) | CaseReopened(on=on):
            return replace(case, stage="open", stage_on=on, periods=(*case.periods, Period(opened_on=on)))
        case CaseClosed(on=on):
            return replace(case, stage="closed", stage_on=on, periods=_closed(case.periods, on))
        case CaseAssigned(worker_id=worker_id):
            return replace(case, worker_id=worker_id)
        case CaseTransferred(team_id=team_id, worker_id=worker_id):
            return replace(case, team_id=team_id, worker_id=worker_id)
        case CaseMemberJoined():
            joined = Member(person_id=event.person_id, relationship=event.relationship, from_date=event.from_date)
            return replace(case, members=(*case.members, joined))
        case CaseMemberLeft(person_id=person_id, to_date=to_date):
            return replace(case, members=_left(case.members, person_id, to_date))
        case _:
            assert_never(event)


def _closed(periods: tuple[Period, ...], on: date) -> tuple[Period, ...]:
    """A case closed before it was ever opened was open for no day."""
    return (*periods[:-1], replace(periods[-1], closed_on=on)) if periods else ()


def _left(members: tuple[Member, ...], person_id: str, to_date: date) -> tuple[Member, ...]:
    return tuple(
        replace(one, to_date=to_date) if one.person_id == person_id and one.to_date is None else one for one in members
    )
