"""The demo's plan of requests: the same every time, in an order that can be, and never in the future."""

from collections import Counter
from datetime import date, timedelta

import pytest

from deploy.demo.plan import DESK_DAYS, at_the_desk, steps
from deploy.demo.steps import Order, Step

TODAY = date(2026, 3, 4)


@pytest.fixture(scope="module")
def plan() -> list[Step]:
    return steps(TODAY)


def test_the_plan_is_the_same_every_time(plan: list[Step]) -> None:
    assert steps(TODAY) == plan


def test_the_story_of_the_past_does_not_depend_on_today(plan: list[Step]) -> None:
    before = date(2023, 1, 1)
    past = [step for step in plan if step.day < before]
    assert past == [step for step in steps(TODAY + timedelta(days=40)) if step.day < before]
    assert len(past) > 3500


def test_nothing_is_entered_in_the_future_or_before_it_happened(plan: list[Step]) -> None:
    assert max(step.day for step in plan) < TODAY
    for step in plan:
        happened = step.body.get("occurred_on")
        if happened and step.order == Order.ENTRY:
            assert date.fromisoformat(str(happened)) <= step.day, step


def test_everything_is_made_before_it_is_changed_and_once(plan: list[Step]) -> None:
    made: set[str] = set()
    for step in plan:
        if step.based_on:
            assert step.resource in made, step
        else:
            assert step.resource not in made, step
            made.add(step.resource)


def test_everybody_is_registered_before_they_take_part(plan: list[Step]) -> None:
    known: set[str] = set()
    for step in plan:
        for person in step.body.get("participants", ()):
            assert person["person_id"] in known, step
        known.add(step.resource)


def test_no_worker_is_in_two_places_at_once(plan: list[Step]) -> None:
    entries = [step for step in plan if step.order == Order.ENTRY and step.body.get("starts_at")]
    taken = Counter(
        (worker, step.body["occurred_on"], step.body["starts_at"])
        for step in entries
        for worker in step.body.get("served_by", ())
    )
    assert max(taken.values()) == 1


def test_most_is_entered_within_days_and_some_only_weeks_later(plan: list[Step]) -> None:
    lags = [
        (step.day - date.fromisoformat(step.body["occurred_on"])).days
        for step in plan
        if step.order == Order.ENTRY and "occurred_on" in step.body
    ]
    assert sum(lag <= 3 for lag in lags) > 0.85 * len(lags)
    assert sum(lag > 14 for lag in lags) > 20


@pytest.mark.parametrize("offset", range(7))
def test_people_sit_down_to_type_on_three_evenings_a_week(offset: int) -> None:
    day = date(2019, 5, 6) + timedelta(days=offset)
    typed = at_the_desk(day, TODAY)
    assert typed.weekday() in DESK_DAYS
    assert 0 <= (typed - day).days <= 2


def test_every_group_of_the_ended_contract_is_ended_after_its_last_meeting(plan: list[Step]) -> None:
    path = "/groups/api/v1/groups"
    opened = [step.resource for step in plan if step.path == path and step.day < date(2023, 1, 1)]
    ended = {step.resource: step.body["on"] for step in plan if step.path.startswith(path) and step.path[-4:] == "/end"}
    assert len(opened) > 23
    assert ended.keys() == set(opened)
    for step in plan:
        if step.body.get("group_id") in ended:
            assert step.body["occurred_on"] <= ended[step.body["group_id"]], step
