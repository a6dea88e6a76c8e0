"""What a service unit must satisfy: each wrong field is named by its path and a stable code."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import HONG_KONG
from shared.serviceunit.checks import wrong_fields
from shared.serviceunit.unit import FollowUp, Referral, Segment, ServiceUnit
from shared.testing.units import TODAY, a_person, a_unit, units


def a_referral(**changes: Any) -> Referral:
    return replace(Referral(person_id="person-1", destination="hospital", on=TODAY), **changes)


def wrong(unit: ServiceUnit) -> set[tuple[str, str]]:
    return {(error.path, error.code) for error in wrong_fields(unit, TODAY)}


@given(units())
def test_every_generated_unit_is_valid(unit: ServiceUnit) -> None:
    assert wrong(unit) == set()


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"kind": "party"}, "kind", "unknown_code"),
        ({"status": "done"}, "status", "unknown_code"),
        ({"mode": "pigeon"}, "mode", "unknown_code"),
        ({"setting": "moon"}, "setting", "unknown_code"),
        ({"activity": "chatting"}, "activity", "unknown_code"),
        ({"origin": "dreamt"}, "origin", "unknown_code"),
        ({"late_reason": "lazy"}, "late_reason", "unknown_code"),
        ({"tags": ("joint", "nice")}, "tags.1", "unknown_code"),
        ({"follow_up": FollowUp(on=TODAY, reason="whenever")}, "follow_up.reason", "unknown_code"),
        ({"follow_up": FollowUp(on=TODAY - timedelta(days=1), reason="call")}, "follow_up.on", "follow_up_before"),
        ({"occurred_on": TODAY + timedelta(days=1)}, "occurred_on", "date_in_future"),
        ({"occurred_on": date(221, 5, 28)}, "occurred_on", "date_too_early"),
        ({"starts_at": datetime(2021, 5, 27, 23, 59, tzinfo=HONG_KONG)}, "starts_at", "start_on_other_day"),
        ({"minutes": -1}, "minutes", "negative_minutes"),
        ({"minutes": 25 * 60}, "minutes", "too_long"),
        ({"unidentified_count": -1}, "unidentified_count", "negative_count"),
        ({"unidentified_count": 10**30}, "unidentified_count", "too_many"),
        ({"partner_count": -1}, "partner_count", "negative_count"),
        ({"partner_count": 10**30}, "partner_count", "too_many"),
        ({"referrals": (a_referral(destination="moon"),)}, "referrals.0.destination", "unknown_code"),
        ({"referrals": (a_referral(person_id="person-2"),)}, "referrals.0.person_id", "not_in_the_list"),
        ({"referrals": (a_referral(on=TODAY - timedelta(days=1)),)}, "referrals.0.on", "day_of_referral"),
        ({"referrals": (a_referral(on=TODAY + timedelta(days=1)),)}, "referrals.0.on", "day_of_referral"),
        ({"segments": (Segment(contract_id="a"), Segment(contract_id="a"))}, "segments", "contract_twice"),
        ({"segments": (Segment(contract_id="a", minutes=-5),)}, "segments", "negative_minutes"),
        ({"segments": (Segment(contract_id="a", minutes=90),)}, "segments", "split_minutes"),
        ({"participants": (a_person(), a_person(role="child"))}, "participants.1.person_id", "person_twice"),
        ({"participants": (a_person(role="king"),)}, "participants.0.role", "unknown_code"),
        ({"participants": (a_person(status="asleep"),)}, "participants.0.status", "unknown_code"),
        ({"participants": (a_person(mode="pigeon"),)}, "participants.0.mode", "unknown_code"),
        ({"participants": (a_person(target_groups=("rich",)),)}, "participants.0.target_groups", "unknown_code"),
        ({"participants": (a_person(target_groups=("hidden",) * 2),)}, "participants.0.target_groups", "code_twice"),
    ],
)
def test_a_wrong_field_is_named(changes: dict[str, Any], path: str, code: str) -> None:
    assert (path, code) in wrong(a_unit(**changes))


def test_every_wrong_field_is_named_at_once() -> None:
    unit = a_unit(mode="pigeon", minutes=-1, participants=(a_person(role="king"),))
    assert wrong(unit) == {
        ("mode", "unknown_code"),
        ("minutes", "negative_minutes"),
        ("participants.0.role", "unknown_code"),
    }


def test_an_unknown_code_says_what_would_be_right() -> None:
    (error,) = wrong_fields(a_unit(mode="pigeon"), TODAY)
    assert "in_person, online, phone" in error.message % error.params


def test_a_plan_may_lie_in_the_future() -> None:
    assert wrong(a_unit(occurred_on=TODAY + timedelta(days=30), status="planned")) == set()


@given(units(), st.integers(1, 400))
def test_nothing_but_a_plan_may_lie_in_the_future(unit: ServiceUnit, days: int) -> None:
    late = replace(unit, occurred_on=TODAY + timedelta(days=days), starts_at=None)
    assert wrong(late) == {("occurred_on", "date_in_future")}


def test_a_late_evening_belongs_to_the_local_day_of_its_start() -> None:
    unit = a_unit(starts_at=datetime(2021, 5, 28, 23, 30, tzinfo=HONG_KONG), minutes=90)
    assert wrong(unit) == set()


def test_a002_10_a_session_for_two_contracts_needs_an_approved_split() -> None:
    parts = (Segment(contract_id="a", minutes=40), Segment(contract_id="b", minutes=20))
    assert wrong(a_unit(segments=parts)) == {("split_approval", "split_not_approved")}
    assert wrong(a_unit(segments=parts, split_approval="BDF/7")) == set()


@given(st.lists(st.integers(0, 300), min_size=2, max_size=4), st.integers(0, 1200))
def test_a002_11_the_parts_of_a_split_make_up_all_of_its_minutes(parts: list[int], minutes: int) -> None:
    segments = tuple(Segment(contract_id=f"contract-{index}", minutes=part) for index, part in enumerate(parts))
    found = wrong(a_unit(segments=segments, split_approval="BDF/7", minutes=minutes))
    assert found == (set() if sum(parts) == minutes else {("segments", "split_minutes")})


def test_a_split_part_without_minutes_is_refused() -> None:
    parts = (Segment(contract_id="a", minutes=60), Segment(contract_id="b"))
    assert wrong(a_unit(segments=parts, split_approval="BDF/7")) == {("segments", "split_minutes")}


@given(st.integers(0, 1440))
def test_a_single_part_carries_all_minutes_of_its_session(minutes: int) -> None:
    unit = a_unit(minutes=minutes).with_minutes_in_segments()
    assert unit.segments == (Segment(contract_id="kachi-2", minutes=minutes),)
    assert unit.with_minutes_in_segments() == unit
    assert wrong(unit) == set()


def test_a_message_has_no_minutes_and_neither_has_its_part() -> None:
    unit = a_unit(minutes=None, mode="messaging").with_minutes_in_segments()
    assert unit.segments == (Segment(contract_id="kachi-2", minutes=None),)
    assert wrong(unit) == set()
