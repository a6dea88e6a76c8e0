"""Choosing and paging lose nothing, show nothing twice, and count people once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.figures.chosen import Choice, chosen, in_order, options, paged, people_of
from services.reporting.indicators.facts import Seen

SESSIONS: list[dict[str, Any]] = [
    {"unit_id": "session-1", "kind": "case_session", "occurred_on": "2019-03-04", "minutes": 60, "people": ["a", "b"]},
    {"unit_id": "meeting-1", "kind": "group_meeting", "occurred_on": "2019-03-09", "minutes": 90, "people": ["a"]},
    {"unit_id": "session-2", "kind": "case_session", "occurred_on": "2019-04-01", "minutes": None, "people": ["c"]},
]
SEEN = {
    "session-1": Seen(team_id="team-west", group_id=None, workers=("account-1", "account-2")),
    "meeting-1": Seen(team_id="team-east", group_id="group-1", workers=("account-2",)),
}


@pytest.mark.parametrize(
    ("choice", "ids"),
    [
        (Choice(), ["session-1", "meeting-1", "session-2"]),
        (Choice(worker="account-1"), ["session-1"]),
        (Choice(worker="account-2"), ["session-1", "meeting-1"]),
        (Choice(team="team-east"), ["meeting-1"]),
        (Choice(kind="case_session"), ["session-1", "session-2"]),
        (Choice(group="group-1"), ["meeting-1"]),
        (Choice(month="2019-03", kind="case_session"), ["session-1"]),
        (Choice(worker="account-9"), []),
        (Choice(person="person-nobody"), []),
    ],
)
def test_a_session_is_shown_when_everything_chosen_fits(choice: Choice, ids: list[str]) -> None:
    assert [one["unit_id"] for one in chosen(SESSIONS, SEEN, choice)] == ids
    assert bool(choice) == (choice != Choice())


def test_there_is_only_to_choose_what_there_is() -> None:
    there = options(SESSIONS, SEEN)
    assert there.worker == ["account-1", "account-2"]
    assert there.month == ["2019-04", "2019-03"]
    assert there.group == ["group-1"]


def test_somebody_who_came_twice_is_one_person_since_the_first_time() -> None:
    assert people_of(reversed(SESSIONS))[0] == {"person_id": "a", "first_on": "2019-03-04", "sessions": 2}


def test_an_unknown_order_is_the_usual_one() -> None:
    keys = {"minutes": lambda one: one["minutes"] or 0}
    assert in_order(SESSIONS, "password", keys, "-minutes") == in_order(SESSIONS, None, keys, "-minutes")
    assert in_order(SESSIONS, "minutes", keys, "-minutes")[0]["unit_id"] == "session-2"


@given(st.integers(0, 400), st.integers(1, 70))
def test_the_pages_together_are_the_list(length: int, size: int) -> None:
    rows = list(range(length))
    of = paged(rows, None, size).of
    assert [one for number in range(1, of + 1) for one in paged(rows, str(number), size).rows] == rows


@pytest.mark.parametrize("asked", ["0", "-1", "x", "", "99999999999999999999", None])
def test_a_page_that_is_not_there_is_the_nearest(asked: str | None) -> None:
    assert paged([1, 2, 3], asked, 2).number == 1
    assert paged([1, 2, 3], "7", 2).rows == [3]
