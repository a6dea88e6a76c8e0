"""What is marked, doubted and refused about a session, given what is known of cases and other sessions."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from services.case.sessions.domain import (
    CaseFacts,
    doubts,
    not_members,
    refuse_counted_twice,
    tags_of,
)
from shared.clock import HONG_KONG
from shared.errors import RuleBroken
from shared.serviceunit.notices import outside_period
from shared.serviceunit.unit import Segment, ServiceUnit
from shared.testing.units import TODAY, a_person, a_unit

OPENED, CLOSED, REOPENED = date(2020, 3, 2), date(2020, 6, 30), date(2020, 9, 1)
CASE = CaseFacts(
    case_id="case-1",
    team_id="team-1",
    contract_id="kachi-2",
    stage="open",
    stage_on=REOPENED,
    periods=((OPENED, CLOSED), (REOPENED, None)),
)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "tags"),
    [
        (OPENED - DAY, ("before_opening",)),
        (OPENED, ()),
        (CLOSED, ()),
        (CLOSED + DAY, ("aftercare",)),
        (REOPENED - DAY, ("aftercare",)),
        (REOPENED, ()),
    ],
)
def test_a_session_is_marked_by_where_its_day_lies(day: date, tags: tuple[str, ...]) -> None:
    assert tags_of([CASE], day, aftercare=True) == tags
    if tags == ("aftercare",):
        with pytest.raises(RuleBroken) as caught:
            tags_of([CASE], day, aftercare=False)
        assert (caught.value.code, caught.value.field) == ("case_closed", "case_id")


def test_a_case_closed_at_enquiry_is_closed_after_that_day() -> None:
    never = replace(CASE, stage="closed", stage_on=CLOSED, periods=())
    assert tags_of([never], CLOSED, aftercare=False) == ("before_opening",)
    assert tags_of([never], CLOSED + DAY, aftercare=True) == ("aftercare",)


def test_with_several_cases_one_open_one_is_enough_to_count() -> None:
    other = replace(CASE, case_id="case-2", periods=((CLOSED, None),))
    assert tags_of([CASE, other], CLOSED, aftercare=False) == ()
    assert tags_of([CASE, other], OPENED, aftercare=False) == ()
    assert tags_of([CASE, other], CLOSED + DAY, aftercare=True) == ()


def test_only_some_roles_need_no_membership() -> None:
    people = [a_person("person-1"), a_person("person-2"), a_person("person-3", role="companion")]
    assert [one.path for one in not_members(people, {"person-1"}, {})] == ["participants.1"]
    assert not_members(people, {"person-1"}, {"person-2": "person-1"}) == []


def at(hour: int, minute: int = 0, **more: object) -> ServiceUnit:
    start = datetime(TODAY.year, TODAY.month, TODAY.day, hour, minute, tzinfo=HONG_KONG)
    return a_unit(**{"starts_at": start, "case_id": "case-1", "unit_id": f"session-{hour}-{minute}", **more})


def codes(unit: ServiceUnit, *others: ServiceUnit) -> list[str]:
    return [one.code for one in doubts(unit, others, {})]


def test_the_same_case_with_the_same_start_and_worker_or_the_same_people_is_a_possible_duplicate() -> None:
    again = at(10, unit_id="session-again", minutes=30)
    assert codes(again, at(10)) == ["possible_duplicate"]
    assert codes(at(10), at(10)) == []
    assert codes(replace(again, served_by=("account-2",)), at(10)) == ["possible_duplicate"]
    other_people = replace(again, participants=(a_person("person-2"),))
    assert codes(other_people, at(10)) == ["possible_duplicate"]
    assert codes(replace(other_people, starts_at=None), at(10)) == []
    assert codes(replace(again, starts_at=None, served_by=("account-2",)), at(10)) == ["possible_duplicate"]
    assert codes(at(10), at(14)) == []
    assert codes(replace(again, status="cancelled"), at(10)) == []
    assert codes(again, at(10, status="no_show")) == []


def test_spans_overlap_when_each_begins_before_the_other_ends() -> None:
    assert codes(at(10, 59, case_id="case-2"), at(10)) == ["overlap"]
    assert codes(at(11, case_id="case-2"), at(10)) == []
    strangers = at(10, 30, case_id="case-2", served_by=("account-2",), participants=(a_person("person-2"),))
    assert codes(strangers, at(10)) == []
    assert codes(at(10, 30, case_id="case-2", minutes=None), at(10)) == []


def test_who_was_merged_is_the_same_person_in_an_overlap() -> None:
    other = at(10, 30, case_id="case-2", served_by=("account-2",), participants=(a_person("person-2"),))
    assert [one.code for one in doubts(other, [at(10)], {"person-2": "person-1"})] == ["overlap"]


OTHER = (Segment(contract_id="other", minutes=60),)


@pytest.mark.parametrize(
    ("unit", "refused"),
    [
        (at(10, 30, segments=OTHER), True),
        (at(11, segments=OTHER), False),
        (at(10, 30), False),
        (at(10, 30, segments=()), False),
        (at(10, 30, segments=OTHER, served_by=("account-2",)), False),
        (at(10, 30, segments=OTHER, participants=(a_person(), a_person("person-2"))), False),
        (at(10, 30, segments=OTHER, status="cancelled"), False),
        (a_unit(unit_id="session-x", segments=OTHER), False),
    ],
    ids=["overlap", "later", "same contract", "regular", "other worker", "other people", "cancelled", "no start"],
)
def test_the_same_occasion_is_refused_for_another_contract(unit: ServiceUnit, refused: bool) -> None:
    if refused:
        with pytest.raises(RuleBroken) as caught:
            refuse_counted_twice(unit, [at(10)], {})
        assert caught.value.code == "counted_for_other_contract"
    else:
        refuse_counted_twice(unit, [at(10)], {})


def test_without_starts_the_same_day_length_people_and_worker_are_one_occasion() -> None:
    first = a_unit(unit_id="session-1")
    with pytest.raises(RuleBroken):
        refuse_counted_twice(a_unit(unit_id="session-2", segments=OTHER), [first], {})
    refuse_counted_twice(a_unit(unit_id="session-2", segments=OTHER, minutes=30), [first], {})
    refuse_counted_twice(a_unit(unit_id="session-2", segments=OTHER, occurred_on=TODAY - DAY), [first], {})


@any_of(st.integers(0, 600), st.integers(1, 300), st.integers(0, 600), st.integers(1, 300))
def test_overlapping_is_mutual(start: int, length: int, other_start: int, other_length: int) -> None:
    first = at(8 + start // 60, start % 60, minutes=length, unit_id="session-1")
    second = at(8 + other_start // 60, other_start % 60, minutes=other_length, unit_id="session-2", case_id="case-2")
    assert bool(codes(first, second)) == bool(codes(second, first))
    assert bool(codes(first, second)) == (start < other_start + other_length and other_start < start + length)


def test_a_day_outside_the_period_is_told_for_each_contract() -> None:
    two = a_unit(segments=(Segment(contract_id="a", minutes=30), Segment(contract_id="b", minutes=30)))
    inside, outside = (TODAY, TODAY), (TODAY + DAY, TODAY + DAY)
    assert [one.params for one in outside_period(two, {"a": inside, "b": outside})] == [{"contract": "b"}]
    assert len(list(outside_period(two, {"a": outside, "b": outside}))) == 2
    assert list(outside_period(two, {"a": inside, "b": inside})) == []
