"""What must hold of any facts: the invariants of the measurement model, on random slices."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import Facts, Identities, Presence, Unit
from services.reporting.indicators.report import Count, report

PEOPLE = [f"person-{n}" for n in range(6)]
MIDDLE = date(2019, 12, 31)

presences = st.builds(
    Presence,
    st.sampled_from(PEOPLE),
    st.sampled_from(["family_member", "drug_user", "practitioner", "companion"]),
    st.sampled_from([(), ("hidden",), ("low_motivation", "hidden")]),
    st.sampled_from(["present", "present", "late", "absent", "excused"]),
)
units = st.builds(
    Unit,
    unit_id=st.uuids().map(str),
    kind=st.sampled_from(["case_session", "group_meeting", "visit", "support_session", "sector_event"]),
    status=st.sampled_from(["held", "held", "held", "no_show", "cancelled", "missed"]),
    occurred_on=st.dates(date(2018, 5, 1), date(2021, 7, 1)),
    mode=st.sampled_from(["in_person", "online", "messaging"]),
    setting=st.sampled_from(["centre", "outreach", "home_visit"]),
    activity=st.sampled_from(["mutual_aid", "training", "supervision", "sharing", None]),
    minutes=st.none() | st.integers(0, 480),
    tags=st.sampled_from([(), (), ("aftercare",), ("joint",)]),
    unidentified=st.integers(0, 5),
    people=st.lists(presences, max_size=5, unique_by=lambda one: one.person_id).map(tuple),
)
slices = st.lists(units, max_size=12).map(tuple)
merges = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=4)

Figures = dict[str, Any]


def _figures(kachi: Definition, units: tuple[Unit, ...], edges: list[tuple[str, str]] | None = None) -> Figures:
    counted = report(kachi, Facts(units=units, identities=Identities(edges or [])))
    return {f"{figure.output.id}/{figure.measure.id}": figure.actual for figure in counted.outputs}


def _of_kind(kachi: Definition, *kinds: str) -> list[str]:
    return [f"{o.id}/{m.id}" for o in kachi.outputs for m in o.measures if m.kind in kinds]


@given(slices)
def test_persons_are_no_more_than_attendances_and_nobody_attends_no_session(
    kachi: Definition, units: tuple[Unit, ...]
) -> None:
    figures = _figures(kachi, units)
    assert figures["output-1/persons"] <= figures["output-1/attendances"]
    assert (figures["output-1/sessions"] >= 1) is (figures["output-1/attendances"] >= 1)
    assert figures["output-3/persons"] <= figures["output-3/contacts"]


@given(slices)
def test_persons_of_two_periods_are_no_more_than_both_and_sessions_add_up(
    kachi: Definition, units: tuple[Unit, ...]
) -> None:
    whole = _figures(kachi, units)
    first = _figures(replace(kachi, period=replace(kachi.period, last=MIDDLE)), units)
    second = _figures(replace(kachi, period=replace(kachi.period, first=MIDDLE + timedelta(days=1))), units)
    for name in _of_kind(kachi, "headcount"):
        assert max(first[name], second[name]) <= whole[name] <= first[name] + second[name]
    for name in _of_kind(kachi, "sessions", "attendances", "contacts", "minutes", "days"):
        assert whole[name] == first[name] + second[name]


@given(slices, units, st.sampled_from(["no_show", "cancelled", "missed"]))
def test_what_did_not_take_place_changes_nothing(
    kachi: Definition, units: tuple[Unit, ...], more: Unit, status: str
) -> None:
    assert _figures(kachi, (*units, structs.replace(more, status=status))) == _figures(kachi, units)


@given(slices, st.sampled_from(["companion", "guest", "collateral", "child"]))
def test_a_companion_at_every_session_changes_nothing(kachi: Definition, units: tuple[Unit, ...], role: str) -> None:
    stranger = Presence("stranger", role, (), "present")
    accompanied = tuple(structs.replace(unit, people=(*unit.people, stranger)) for unit in units)
    assert _figures(kachi, accompanied) == _figures(kachi, units)


@given(slices, merges)
def test_a_merge_lowers_people_only_and_undone_restores_exactly(
    kachi: Definition, units: tuple[Unit, ...], edges: list[tuple[str, str]]
) -> None:
    before, after = _figures(kachi, units), _figures(kachi, units, edges)
    for name in _of_kind(kachi, "headcount", "attendances", "contacts"):
        assert after[name] <= before[name]
    for name in _of_kind(kachi, "sessions", "minutes", "days"):
        assert after[name] == before[name]
    assert _figures(kachi, units, []) == before


@given(slices, merges)
def test_attendances_fall_only_where_both_of_a_pair_were_at_one_session(
    kachi: Definition, units: tuple[Unit, ...], edges: list[tuple[str, str]]
) -> None:
    identities = Identities(edges)
    both = any(len({identities.resolve(one.person_id) for one in unit.people}) < len(unit.people) for unit in units)
    if not both:
        before, after = _figures(kachi, units), _figures(kachi, units, edges)
        assert all(after[name] == before[name] for name in _of_kind(kachi, "attendances", "contacts"))


@given(slices, merges, st.randoms(use_true_random=False))
def test_the_order_of_facts_and_of_edges_does_not_matter(
    kachi: Definition, units: tuple[Unit, ...], edges: list[tuple[str, str]], shuffler: random.Random
) -> None:
    shuffled, others = list(units), list(edges)
    shuffler.shuffle(shuffled)
    shuffler.shuffle(others)
    assert _figures(kachi, tuple(shuffled), others) == _figures(kachi, units, edges)
    one, other = Identities(edges), Identities(others)
    assert [one.resolve(person) for person in PEOPLE] == [other.resolve(person) for person in PEOPLE]


@given(slices)
def test_a_part_is_never_more_than_the_whole(kachi: Definition, units: tuple[Unit, ...]) -> None:
    figures = _figures(kachi, units)
    assert figures["output-3/visits"] <= figures["output-3/contacts"]


@given(slices)
def test_every_session_is_either_counted_or_left_out_for_one_reason(kachi: Definition, units: tuple[Unit, ...]) -> None:
    for output in kachi.outputs:
        for measure in output.measures:
            chosen = Count(kachi, Facts(units=units)).selection(measure)
            counted = [one.unit.unit_id for one in chosen.counted]
            left_out = [unit.unit_id for unit, _ in chosen.left_out()]
            assert sorted(counted + left_out) == sorted(unit.unit_id for unit in units)


@given(slices, st.integers(0, 10))
def test_voiding_one_session_moves_each_figure_by_what_that_session_gave(
    kachi: Definition, units: tuple[Unit, ...], index: int
) -> None:
    if not units:
        return
    gone = units[index % len(units)]
    rest = tuple(unit for unit in units if unit is not gone)
    before, after, alone = _figures(kachi, units), _figures(kachi, rest), _figures(kachi, (gone,))
    for name in _of_kind(kachi, "sessions", "attendances", "contacts", "minutes", "days"):
        assert before[name] - after[name] == alone[name]
    for name in _of_kind(kachi, "headcount"):
        assert 0 <= before[name] - after[name] <= alone[name]
