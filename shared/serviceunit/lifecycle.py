"""The one life of a service unit: planned, recorded, corrected, voided. Pure decide and evolve.

The recording services check their own rules first (an open case, membership of a closed group), then decide here.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from shared.errors import FieldError, Invalid, NotFound, RuleBroken
from shared.serviceunit import codes
from shared.serviceunit.checks import unknown_code, wrong_fields
from shared.serviceunit.events import (
    ServiceUnitCorrected,
    ServiceUnitEvent,
    ServiceUnitPlanned,
    ServiceUnitRecorded,
    ServiceUnitVoided,
)
from shared.serviceunit.unit import ServiceUnit


@dataclass(frozen=True, slots=True)
class UnitState:
    """What the stream says so far: `phase` is absent, planned, recorded or voided."""

    phase: str = "absent"
    unit: ServiceUnit | None = None
    note: str | None = None
    note_subject: str = ""
    helpers: tuple[tuple[str, str], ...] = ()


INITIAL = UnitState()


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """What stays sealed in the recording service: the note, under whose key, and the names of helpers by id.

    `keep_note` leaves the note as it is, for those who may correct an entry and may not read its note.
    """

    subject: str
    note: str | None = None
    helpers: dict[str, str] | None = None
    keep_note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanUnit:
    unit: ServiceUnit
    private: Private
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordUnit:
    unit: ServiceUnit
    private: Private
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectUnit:
    unit: ServiceUnit
    private: Private
    today: date
    reason: str
    reason_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidUnit:
    unit_id: str
    reason: str
    reason_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivePlan:
    """Somebody leaves, and another serves in their place what is only planned."""

    leaver: str
    successor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveUnit:
    """It was booked under the contract `source` and belongs to `target`, which runs in `period`; all else stays."""

    source: str
    target: str
    period: tuple[date, date]
    reason: str


UnitCommand = PlanUnit | RecordUnit | CorrectUnit | VoidUnit | GivePlan | MoveUnit


def decide(command: UnitCommand, state: UnitState) -> list[ServiceUnitEvent]:
    """The events of `command`, or `Invalid` (wrong fields), `RuleBroken` (wrong phase), `NotFound` (nothing there)."""
    match command:
        case PlanUnit(unit=unit, private=private):
            _require(state, "absent")
            _check(unit, command.today, planned=True)
            return [_planned(unit.with_minutes_in_segments(), private)]
        case RecordUnit(unit=unit, private=private):
            _require(state, "absent", "planned")
            _check(unit, command.today)
            return [_recorded(unit.with_minutes_in_segments(), _with_note(private, state))]
        case CorrectUnit(unit=unit):
            _require(state, "recorded")
            _check(unit, command.today, reason=command.reason)
            return [_corrected(command, state)]
        case VoidUnit():
            _require(state, "planned", "recorded")
            _check_reason(command.reason)
            return [
                ServiceUnitVoided(
                    unit_id=command.unit_id,
                    reason=command.reason,
                    reason_text=command.reason_text,
                    note_subject=state.note_subject,
                )
            ]
        case GivePlan(leaver=leaver, successor=successor):
            _require(state, "planned")
            return [_given(state, leaver, successor)]
        case MoveUnit():
            _require(state, "planned", "recorded")
            _check_reason(command.reason)
            return [_moved(command, state)]
        case _:
            assert_never(command)


def evolve(state: UnitState, event: ServiceUnitEvent) -> UnitState:
    """The state after `event`; a fact is never refused."""
    match event:
        case ServiceUnitPlanned(unit=unit):
            return UnitState("planned", unit, event.note, event.note_subject, _named(event.helpers))
        case ServiceUnitRecorded(unit=unit) | ServiceUnitCorrected(unit=unit):
            return UnitState("recorded", unit, event.note, event.note_subject, _named(event.helpers))
        case ServiceUnitVoided():
            return UnitState("voided", state.unit, state.note, state.note_subject, state.helpers)
        case _:
            assert_never(event)


def _named(helpers: dict[str, str] | None) -> tuple[tuple[str, str], ...]:
    return tuple((helpers or {}).items())


def _planned(unit: ServiceUnit, private: Private) -> ServiceUnitPlanned:
    return ServiceUnitPlanned(unit=unit, note=private.note, helpers=private.helpers, note_subject=private.subject)


def _given(state: UnitState, leaver: str, successor: str) -> ServiceUnitPlanned:
    """The same plan once more, with everything in it as it was but for who serves."""
    assert state.unit is not None
    served_by = dict.fromkeys(successor if one == leaver else one for one in state.unit.served_by)
    return ServiceUnitPlanned(
        unit=replace(state.unit, served_by=tuple(served_by)),
        note=state.note,
        helpers=dict(state.helpers) or None,
        note_subject=state.note_subject,
    )


def _moved(command: MoveUnit, state: UnitState) -> ServiceUnitEvent:
    """The same entry under the other contract: a plan is planned anew, what was recorded is corrected."""
    unit = state.unit
    assert unit is not None
    booked = [segment.contract_id for segment in unit.segments]
    if command.source not in booked:
        raise RuleBroken("not_of_contract", "This entry is not booked under that contract.")
    if command.target in booked:
        raise RuleBroken("already_of_contract", "Another part of this entry is booked under that contract already.")
    first, last = command.period
    if not first <= unit.occurred_on <= last:
        raise RuleBroken("outside_the_other", "The other contract does not run on this day.")
    segments = (
        replace(one, contract_id=command.target) if one.contract_id == command.source else one for one in unit.segments
    )
    private = Private(subject=state.note_subject, note=state.note, helpers=dict(state.helpers) or None)
    moved = replace(unit, segments=tuple(segments))
    if state.phase == "planned":
        return _planned(moved, private)
    return ServiceUnitCorrected(
        unit=moved,
        reason=command.reason,
        note=private.note,
        helpers=private.helpers,
        note_subject=private.subject,
    )


def _recorded(unit: ServiceUnit, private: Private) -> ServiceUnitRecorded:
    return ServiceUnitRecorded(unit=unit, note=private.note, helpers=private.helpers, note_subject=private.subject)


def _corrected(command: CorrectUnit, state: UnitState) -> ServiceUnitCorrected:
    """The full new content; who entered it and how stays with the entry, who corrects it is the actor of the event."""
    assert state.unit is not None
    unit = replace(command.unit, entered_by=state.unit.entered_by, origin=state.unit.origin).with_minutes_in_segments()
    private = _with_note(command.private, state)
    unchanged = (unit, private.note, _named(private.helpers)) == (state.unit, state.note, state.helpers)
    if unchanged:
        raise RuleBroken("nothing_changed", "Nothing was changed, so there is nothing to correct.")
    return ServiceUnitCorrected(
        unit=unit,
        reason=command.reason,
        reason_text=command.reason_text,
        note=private.note,
        helpers=private.helpers,
        note_subject=private.subject,
    )


def _with_note(private: Private, state: UnitState) -> Private:
    return replace(private, note=state.note) if private.keep_note else private


def _require(state: UnitState, *phases: str) -> None:
    if state.phase in phases:
        return
    match state.phase:
        case "absent":
            raise NotFound("entry_not_found", "There is no such entry.")
        case "voided":
            raise RuleBroken("entry_voided", "This entry was voided. Make a new one instead.")
        case "planned":
            raise RuleBroken("entry_only_planned", "This entry is only planned. Record it first.")
        case _:
            raise RuleBroken("entry_already_recorded", "This entry is already recorded. Correct it instead.")


def _check(unit: ServiceUnit, today: date, *, planned: bool = False, reason: str | None = None) -> None:
    wrong = wrong_fields(unit, today)
    if planned and unit.status != "planned":
        wrong.append(FieldError("status", "status_of_plan", "What is only planned has no other status yet."))
    if unit.status == "planned" and not planned:
        wrong.append(FieldError("status", "status_of_plan", "Say what happened: held, no-show, cancelled or not met."))
    if reason is not None and reason not in codes.REASONS:
        wrong.append(unknown_code("reason", reason, codes.REASONS))
    if wrong:
        raise Invalid.of(wrong)


def _check_reason(reason: str) -> None:
    if reason not in codes.REASONS:
        raise Invalid.of([unknown_code("reason", reason, codes.REASONS)])
