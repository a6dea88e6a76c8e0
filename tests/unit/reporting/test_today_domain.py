"""What comes next, what needs somebody, and which entries share time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.today.domain import arranged, is_over, overlaps
from shared.clock import HONG_KONG

NOW = datetime(2026, 6, 1, 15, 0, tzinfo=HONG_KONG)


def line(on: str = "2026-06-01", start: str | None = None, minutes: int | None = 60, **more: Any) -> dict[str, Any]:
    starts_at = f"{on}T{start}:00+08:00" if start else None
    return {"address": f"/{on}/{start}", "on": on, "starts_at": starts_at, "minutes": minutes, "person_ids": [], **more}


@pytest.mark.parametrize(
    ("on", "start", "over"),
    [
        ("2026-05-31", None, True),
        ("2026-06-01", None, False),
        ("2026-06-01", "13:59", True),
        ("2026-06-01", "14:00", False),
        ("2026-06-02", "09:00", False),
    ],
)
def test_what_is_planned_is_over_when_it_should_have_ended(on: str, start: str | None, over: bool) -> None:
    assert is_over(line(on, start), NOW) is over


def test_the_lists_are_in_the_order_of_time_whoever_said_it() -> None:
    case = {"planned": [line("2026-06-03"), line("2026-05-20")], "needs": [line("2026-05-25", why="follow_up")]}
    groups = {"planned": [line("2026-06-02", "19:30"), line("2026-06-02", "09:00")], "held": []}
    lists = arranged([case, groups], NOW)
    assert [one["address"] for one in lists.next] == ["/2026-06-02/09:00", "/2026-06-02/19:30", "/2026-06-03/None"]
    assert [(one["on"], one["why"]) for one in lists.needs] == [
        ("2026-05-20", "not_recorded"),
        ("2026-05-25", "follow_up"),
    ]
    assert not arranged([{}], NOW)


def test_what_must_be_followed_up_on_its_day_stands_first() -> None:
    answer = {"needs": [line("2026-05-25", why="follow_up"), line("2026-06-01", why="task")]}
    assert [one["why"] for one in arranged([answer], NOW).needs] == ["task", "follow_up"]


def test_only_people_and_only_a_few_are_named() -> None:
    people = [f"person-{number}" for number in range(4)]
    some = line("2026-06-02", person_ids=["person-a", "contact-b"])
    assert arranged([{"planned": [some, line("2026-06-02", person_ids=people)]}], NOW).people() == {"person-a"}


def test_a_meeting_and_a_session_of_one_worker_overlap_whichever_service_holds_them() -> None:
    held = [line(start="10:30", address="b"), line(start="10:00", address="a"), line(start="11:30", address="c")]
    assert [(one["address"], one["other"]) for one in overlaps(held)] == [("b", "a")]


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 120)), max_size=8))
def test_every_pair_that_shares_time_is_found_once(spans: list[tuple[int, int]]) -> None:
    starts = [NOW + timedelta(minutes=start) for start, _ in spans]
    held = [
        line(address=str(place), minutes=length) | {"starts_at": starts[place].isoformat()}
        for place, (_, length) in enumerate(spans)
    ]
    found = {frozenset((one["address"], one["other"])) for one in overlaps(held)}
    expected = {
        frozenset((str(first), str(second)))
        for first, (start, length) in enumerate(spans)
        for second, (other, other_length) in enumerate(spans)
        if first < second and start < other + (other_length or 1) and other < start + (length or 1)
    }
    assert found == expected
