"""Any history of commands, against a short table of the phases there are; and any event, through its JSON."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid, NotFound, RuleBroken
from shared.eventstore.registry import EventRegistry
from shared.serviceunit import codes
from shared.serviceunit.events import EVENTS, ServiceUnitCorrected, ServiceUnitEvent, ServiceUnitVoided
from shared.serviceunit.lifecycle import (
    INITIAL,
    CorrectUnit,
    PlanUnit,
    Private,
    RecordUnit,
    UnitCommand,
    VoidUnit,
    decide,
    evolve,
)
from shared.serviceunit.unit import ServiceUnit
from shared.testing.units import TODAY, units

privates = st.builds(
    Private,
    subject=st.sampled_from(["person-1", "session-1"]),
    note=st.none() | st.text(max_size=20),
    helpers=st.none() | st.dictionaries(st.just("helper-1"), st.text(max_size=5)),
    keep_note=st.booleans(),
)
reasons = st.sampled_from([*codes.REASONS, "because"])
plans = units(st.just("planned"))
commands: st.SearchStrategy[UnitCommand] = st.one_of(
    st.builds(PlanUnit, unit=plans, private=privates, today=st.just(TODAY)),
    st.builds(RecordUnit, unit=units(), private=privates, today=st.just(TODAY)),
    st.builds(CorrectUnit, unit=units(), private=privates, today=st.just(TODAY), reason=reasons),
    st.builds(VoidUnit, unit_id=st.just("session-1"), reason=reasons),
)

NEXT = {
    ("absent", PlanUnit): "planned",
    ("absent", RecordUnit): "recorded",
    ("planned", RecordUnit): "recorded",
    ("planned", VoidUnit): "voided",
    ("recorded", CorrectUnit): "recorded",
    ("recorded", VoidUnit): "voided",
}


def history(asked: list[UnitCommand]) -> tuple[list[ServiceUnitEvent], list[str]]:
    """What is accepted of these commands, in order, and the phases passed."""
    state, accepted, phases = INITIAL, [], []
    for command in asked:
        try:
            events = decide(command, state)
        except (Invalid, NotFound, RuleBroken):
            events = []
        for event in events:
            state = evolve(state, event)
            accepted.append(event)
        phases.append(state.phase)
    return accepted, phases


@given(st.lists(commands, max_size=7))
def test_a_history_passes_only_the_phases_there_are(asked: list[UnitCommand]) -> None:
    _, phases = history(asked)
    for before, command, then in zip(["absent", *phases], asked, phases, strict=False):
        assert then in {before, NEXT.get((before, type(command)), before)}


@given(st.lists(commands, max_size=7))
def test_nothing_follows_a_void(asked: list[UnitCommand]) -> None:
    accepted, _ = history(asked)
    assert not any(isinstance(event, ServiceUnitVoided) for event in accepted[:-1])


@given(st.lists(commands, max_size=7))
def test_no_accepted_correction_says_what_the_version_before_said(asked: list[UnitCommand]) -> None:
    state = INITIAL
    for event in history(asked)[0]:
        then = evolve(state, event)
        if isinstance(event, ServiceUnitCorrected):
            assert (then.unit, then.note, then.helpers) != (state.unit, state.note, state.helpers)
        state = then


@given(st.lists(commands, max_size=7), st.integers(0, 6))
def test_a_destroyed_key_changes_nothing_that_is_counted(asked: list[UnitCommand], first_erased: int) -> None:
    accepted, _ = history(asked)
    sealed, erased = INITIAL, INITIAL
    for index, event in enumerate(accepted):
        sealed = evolve(sealed, event)
        erased = evolve(erased, _without_sealed(event) if index >= first_erased else event)
    assert (erased.phase, erased.unit) == (sealed.phase, sealed.unit)


def _without_sealed(event: ServiceUnitEvent) -> ServiceUnitEvent:
    if isinstance(event, ServiceUnitVoided):
        return replace(event, reason_text=None)
    if isinstance(event, ServiceUnitCorrected):
        return replace(event, reason_text=None, note=None, helpers=None)
    return replace(event, note=None, helpers=None)


@given(st.lists(commands, max_size=6))
def test_every_event_reads_back_as_it_was_written(asked: list[UnitCommand]) -> None:
    registry = EventRegistry(service="case", events=EVENTS)
    for event in history(asked)[0]:
        type_name, version, data, sealed = registry.encode(event)
        assert registry.decode(type_name, version, data, sealed) == event


@given(st.text(min_size=12, alphabet="陳大文ABC "), units())
def test_what_is_sealed_is_not_in_what_is_published(words: str, unit: ServiceUnit) -> None:
    registry = EventRegistry(service="case", events=EVENTS)
    private = Private(subject="person-1", note=words, helpers={"helper-1": words})
    (event,) = decide(RecordUnit(unit=unit, private=private, today=TODAY), INITIAL)
    _, _, data, sealed = registry.encode(event)
    assert words.encode() not in data
    assert sealed is not None
    assert words.encode() in sealed


@given(units(), st.dates(max_value=date(2019, 1, 1)))
def test_a_unit_is_judged_by_the_day_of_the_command_alone(unit: ServiceUnit, today: date) -> None:
    command = RecordUnit(unit=unit, private=Private(subject="person-1"), today=today)
    if unit.occurred_on <= today:
        assert decide(command, INITIAL)
        return
    with pytest.raises(Invalid) as refused:
        decide(command, INITIAL)
    assert [error.code for error in refused.value.fields] == ["date_in_future"]
