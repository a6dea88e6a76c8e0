"""The life of a service unit: given events, when a command, then events, or a refusal."""

from dataclasses import replace
from datetime import timedelta
from functools import reduce
from typing import Any

import pytest

from shared.errors import CaseledgerError, Invalid, NotFound, RuleBroken
from shared.serviceunit import codes
from shared.serviceunit.events import (
    ServiceUnitCorrected,
    ServiceUnitEvent,
    ServiceUnitPlanned,
    ServiceUnitRecorded,
    ServiceUnitVoided,
)
from shared.serviceunit.lifecycle import (
    INITIAL,
    CorrectUnit,
    MoveUnit,
    PlanUnit,
    Private,
    RecordUnit,
    UnitCommand,
    UnitState,
    VoidUnit,
    decide,
    evolve,
)
from shared.serviceunit.unit import Segment
from shared.testing.units import TODAY, a_person, a_unit

PRIVATE = Private(subject="person-1", note="Came with her sister.", helpers={"helper-1": "Auntie Mui"})
UNIT = a_unit(segments=(Segment(contract_id="kachi-2", minutes=60),))
PLAN = replace(UNIT, status="planned", occurred_on=TODAY + timedelta(days=3))

PLANNED = ServiceUnitPlanned(unit=PLAN, note=PRIVATE.note, helpers=PRIVATE.helpers, note_subject="person-1")
RECORDED = ServiceUnitRecorded(unit=UNIT, note=PRIVATE.note, helpers=PRIVATE.helpers, note_subject="person-1")
VOIDED = ServiceUnitVoided(unit_id="session-1", reason="duplicate", note_subject="person-1")

Given = list[ServiceUnitEvent]


def after(given: Given) -> UnitState:
    return reduce(evolve, given, INITIAL)


def correct(reason: str = "typing_error", private: Private = PRIVATE, **changes: Any) -> CorrectUnit:
    return CorrectUnit(unit=replace(UNIT, **changes), private=private, today=TODAY, reason=reason)


PLAN_IT = PlanUnit(unit=PLAN, private=PRIVATE, today=TODAY)
RECORD_IT = RecordUnit(unit=UNIT, private=PRIVATE, today=TODAY)
VOID_IT = VoidUnit(unit_id="session-1", reason="duplicate", reason_text="Twice.")


def test_a_unit_is_planned() -> None:
    assert decide(PLAN_IT, INITIAL) == [PLANNED]


@pytest.mark.parametrize("given", [[], [PLANNED]], ids=["at once", "after its plan"])
def test_a_unit_is_recorded(given: Given) -> None:
    assert decide(RECORD_IT, after(given)) == [RECORDED]


@pytest.mark.parametrize("given", [[PLANNED], [RECORDED], [PLANNED, RECORDED]])
def test_a_unit_is_voided_under_the_key_of_its_note(given: Given) -> None:
    expected = replace(VOIDED, reason_text="Twice.")
    assert decide(VOID_IT, after(given)) == [expected]


def test_a_correction_carries_the_full_new_content() -> None:
    (corrected,) = decide(correct("attendance_wrong", participants=()), after([RECORDED]))
    assert corrected == ServiceUnitCorrected(
        unit=replace(UNIT, participants=()),
        reason="attendance_wrong",
        note=PRIVATE.note,
        helpers=PRIVATE.helpers,
        note_subject="person-1",
    )


def test_a_correction_of_the_minutes_reaches_the_part_of_the_contract() -> None:
    (corrected,) = decide(correct(minutes=90, segments=(Segment(contract_id="kachi-2"),)), after([RECORDED]))
    assert isinstance(corrected, ServiceUnitCorrected)
    assert corrected.unit.segments == (Segment(contract_id="kachi-2", minutes=90),)


def test_who_entered_it_stays_when_somebody_else_corrects_it() -> None:
    (corrected,) = decide(correct(minutes=45, segments=(), entered_by="account-2"), after([RECORDED]))
    assert isinstance(corrected, ServiceUnitCorrected)
    assert corrected.unit.entered_by == "account-1"


@pytest.mark.parametrize("entered_by", ["account-1", "account-2"])
def test_a_correction_that_changes_nothing_is_refused(entered_by: str) -> None:
    refuse("nothing_changed", RuleBroken, correct(entered_by=entered_by), [RECORDED])


@pytest.mark.parametrize(
    "private",
    [
        replace(PRIVATE, note="Came alone."),
        replace(PRIVATE, note=None),
        replace(PRIVATE, helpers=None),
        replace(PRIVATE, helpers={"helper-2": "Auntie Mui"}),
    ],
)
def test_a_changed_note_or_helper_is_a_correction(private: Private) -> None:
    (corrected,) = decide(correct(private=private), after([RECORDED]))
    assert isinstance(corrected, ServiceUnitCorrected)
    assert (corrected.note, corrected.helpers) == (private.note, private.helpers)


@pytest.mark.parametrize("command", [correct(minutes=45, segments=()), RECORD_IT], ids=["correction", "record"])
def test_the_note_stays_when_it_is_not_theirs_to_change(command: CorrectUnit | RecordUnit) -> None:
    unseen = Private(subject="person-1", keep_note=True, helpers=PRIVATE.helpers)
    given: Given = [PLANNED] if isinstance(command, RecordUnit) else [RECORDED]
    (event,) = decide(replace(command, private=unseen), after(given))
    assert not isinstance(event, ServiceUnitVoided)
    assert event.note == PRIVATE.note


def test_a_note_whose_key_was_destroyed_stays_away() -> None:
    erased = replace(RECORDED, note=None, helpers=None)
    unseen = Private(subject="person-1", keep_note=True)
    (event,) = decide(correct(private=unseen, minutes=45, segments=()), after([erased]))
    assert isinstance(event, ServiceUnitCorrected)
    assert event.note is None


def refuse(code: str, kind: type[CaseledgerError], command: UnitCommand, given: Given) -> None:
    with pytest.raises(kind) as caught:
        decide(command, after(given))
    assert caught.value.code == code


@pytest.mark.parametrize("command", [correct(minutes=45), VOID_IT], ids=["correct", "void"])
def test_what_was_never_entered_is_not_found(command: UnitCommand) -> None:
    refuse("entry_not_found", NotFound, command, [])


@pytest.mark.parametrize("command", [PLAN_IT, RECORD_IT, correct(minutes=45), VOID_IT])
def test_a_voided_entry_is_left_alone(command: UnitCommand) -> None:
    refuse("entry_voided", RuleBroken, command, [RECORDED, VOIDED])


@pytest.mark.parametrize("command", [PLAN_IT, RECORD_IT], ids=["plan", "record"])
def test_a_recorded_entry_is_corrected_and_not_entered_again(command: UnitCommand) -> None:
    refuse("entry_already_recorded", RuleBroken, command, [RECORDED])


@pytest.mark.parametrize("command", [PLAN_IT, correct(minutes=45)], ids=["plan", "correct"])
def test_a_planned_entry_is_recorded_first(command: UnitCommand) -> None:
    refuse("entry_only_planned", RuleBroken, command, [PLANNED])


def paths(command: UnitCommand, given: Given) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        decide(command, after(given))
    return [(error.path, error.code) for error in caught.value.fields]


def test_a_plan_says_nothing_of_what_happened() -> None:
    assert paths(replace(PLAN_IT, unit=replace(PLAN, status="held")), []) == [
        ("occurred_on", "date_in_future"),
        ("status", "status_of_plan"),
    ]


@pytest.mark.parametrize("command", [RECORD_IT, correct()], ids=["record", "correct"])
def test_a_record_says_what_happened(command: RecordUnit | CorrectUnit) -> None:
    given: Given = [] if isinstance(command, RecordUnit) else [RECORDED]
    assert paths(replace(command, unit=replace(UNIT, status="planned")), given) == [("status", "status_of_plan")]


@pytest.mark.parametrize("command", [correct("because", minutes=45, segments=()), replace(VOID_IT, reason="because")])
def test_a_reason_is_one_of_the_coded_ones(command: UnitCommand) -> None:
    assert paths(command, [RECORDED]) == [("reason", "unknown_code")]


@pytest.mark.parametrize("command", [PLAN_IT, RECORD_IT, correct()], ids=["plan", "record", "correct"])
def test_wrong_fields_are_refused_whatever_the_command(command: PlanUnit | RecordUnit | CorrectUnit) -> None:
    given: Given = [RECORDED] if isinstance(command, CorrectUnit) else []
    twice = replace(command.unit, participants=(a_person(), a_person()))
    assert paths(replace(command, unit=twice), given) == [("participants.1.person_id", "person_twice")]


@pytest.mark.parametrize("reason", sorted(codes.REASONS))
def test_every_coded_reason_voids(reason: str) -> None:
    (event,) = decide(replace(VOID_IT, reason=reason), after([RECORDED]))
    assert isinstance(event, ServiceUnitVoided)
    assert event.reason == reason


def test_a_voided_entry_stays_readable() -> None:
    state = after([RECORDED, VOIDED])
    assert (state.phase, state.unit, state.note) == ("voided", UNIT, PRIVATE.note)


MOVE_IT = MoveUnit(
    source="kachi-2",
    target="bridge",
    period=(UNIT.occurred_on, UNIT.occurred_on + timedelta(days=9)),
    reason="wrong_contract",
)
MOVED = (Segment(contract_id="bridge", minutes=60),)


def test_a_moved_entry_is_corrected_and_keeps_everything_but_its_contract() -> None:
    (moved,) = decide(MOVE_IT, after([RECORDED]))
    assert moved == ServiceUnitCorrected(
        unit=replace(UNIT, segments=MOVED),
        reason="wrong_contract",
        note=PRIVATE.note,
        helpers=PRIVATE.helpers,
        note_subject="person-1",
    )


def test_a_moved_plan_is_planned_anew() -> None:
    (moved,) = decide(MOVE_IT, after([PLANNED]))
    assert moved == replace(PLANNED, unit=replace(PLAN, segments=MOVED))


def test_of_an_approved_split_one_part_moves() -> None:
    parts = (Segment(contract_id="other", minutes=20), Segment(contract_id="kachi-2", minutes=40))
    split = replace(RECORDED, unit=replace(UNIT, segments=parts, split_approval="letter 7"))
    (moved,) = decide(MOVE_IT, after([split]))
    assert isinstance(moved, ServiceUnitCorrected)
    assert [(one.contract_id, one.minutes) for one in moved.unit.segments] == [("other", 20), ("bridge", 40)]
    with pytest.raises(RuleBroken, match="booked under that contract already"):
        decide(replace(MOVE_IT, target="other"), after([split]))


@pytest.mark.parametrize(
    ("given", "change", "code"),
    [
        ([RECORDED], {"source": "bridge"}, "not_of_contract"),
        ([RECORDED], {"period": (TODAY + timedelta(days=1), TODAY + timedelta(days=9))}, "outside_the_other"),
        ([RECORDED, VOIDED], {}, "entry_voided"),
        ([], {}, "entry_not_found"),
    ],
)
def test_what_cannot_be_moved_is_refused(given: Given, change: dict[str, Any], code: str) -> None:
    with pytest.raises(CaseledgerError) as raised:
        decide(replace(MOVE_IT, **change), after(given))
    assert raised.value.code == code
