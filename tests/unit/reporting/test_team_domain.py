"""A team's work: everybody is shown what they gave, and the team counts every occasion once."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.team.domain import Occasion, by_worker, falling, work

DAY = date(2026, 11, 2)
WORKERS = ("account-1", "account-2", "account-3")


def _occasion(number: int = 1, *workers: str, **fields: Any) -> Occasion:
    usual = {"kind": "case_session", "status": "held", "occurred_on": DAY, "minutes": 60, "attended": 1}
    usual["recorded_on"] = fields.get("occurred_on", DAY)
    return Occasion(unit_id=f"session-{number:03}", workers=workers, **{**usual, **fields})


occasions = st.lists(
    st.builds(
        lambda number, workers, kind, status, minutes, delay: _occasion(
            number, *workers, kind=kind, status=status, minutes=minutes, recorded_on=DAY + timedelta(days=delay)
        ),
        st.integers(1, 99),
        st.lists(st.sampled_from(WORKERS), unique=True),
        st.sampled_from(["case_session", "support_session", "group_meeting", "sector_event", "visit"]),
        st.sampled_from(["held", "no_show", "cancelled", "missed"]),
        st.none() | st.integers(5, 240),
        st.integers(-1, 20),
    ),
    max_size=20,
)


def test_a_joint_session_is_shown_to_both_and_counted_once() -> None:
    joint = [_occasion(1, "account-1", "account-2", minutes=90)]
    theirs = by_worker(joint, WORKERS)
    assert [theirs[one].sessions for one in WORKERS] == [1, 1, 0]
    assert [theirs[one].minutes for one in WORKERS] == [90, 90, 0]
    assert (work(joint).sessions, work(joint).minutes) == (1, 90)


@given(occasions)
def test_the_team_is_between_its_busiest_worker_and_the_sum(given_ones: list[Occasion]) -> None:
    total, theirs = work(given_ones), by_worker(given_ones, WORKERS).values()
    for name in ("sessions", "meetings", "visits", "minutes", "recorded", "late"):
        own = [getattr(one, name) for one in theirs]
        of_nobody = getattr(work(one for one in given_ones if not one.workers), name)
        assert max(own) <= getattr(total, name) <= sum(own) + of_nobody
    assert total.recorded == len(given_ones)


@given(occasions)
def test_where_nobody_worked_together_the_lines_add_up(given_ones: list[Occasion]) -> None:
    alone = [one for one in given_ones if len(one.workers) == 1]
    assert sum(one.minutes for one in by_worker(alone, WORKERS).values()) == work(alone).minutes


def test_only_what_was_held_is_work_and_everything_recorded_has_its_delay() -> None:
    told = work(
        [
            _occasion(1, recorded_on=DAY + timedelta(days=8)),
            _occasion(2, status="no_show", recorded_on=DAY + timedelta(days=7)),
            _occasion(3, kind="visit", recorded_on=DAY - timedelta(days=1)),
            _occasion(4, kind="group_meeting", minutes=None),
        ]
    )
    assert (told.sessions, told.meetings, told.visits, told.minutes) == (1, 1, 1, 120)
    assert told.attendances == 3
    assert (told.recorded, told.late, told.late_percent, told.delay) == (4, 1, 25, 3.5)
    assert work([]).late_percent is work([]).delay is None


def _meetings(*attended: int) -> list[Occasion]:
    return [
        _occasion(number, group_id="group-1", attended=count, occurred_on=DAY + timedelta(days=7 * number))
        for number, count in enumerate(attended)
    ]


@pytest.mark.parametrize(
    ("attended", "falls"),
    [
        ((10, 10, 10, 7, 7, 7), False),  # 70 % is not under 70 %.
        ((10, 10, 10, 7, 7, 6), True),
        ((2, 2, 2, 10, 10, 10, 7, 7, 6), True),
        ((10, 10, 7, 6, 6), False),  # Five meetings are too few to compare.
        ((0, 0, 0, 0, 0, 0), False),
        ((1, 0, 0, 0, 0, 0), True),
    ],
)
def test_attendance_falls_under_seventy_percent_of_the_three_meetings_before(
    attended: tuple[int, ...], falls: bool
) -> None:
    assert bool(falling(_meetings(*attended))) == falls


def test_meetings_that_were_not_held_are_not_compared() -> None:
    meetings = _meetings(10, 10, 10, 7, 7, 7)
    cancelled = _occasion(99, group_id="group-1", attended=0, status="cancelled", occurred_on=DAY + timedelta(days=90))
    assert falling([*meetings, cancelled]) == []
    (fallen,) = falling(reversed(_meetings(10, 10, 10, 2, 2, 3)))
    assert (fallen.lately, fallen.before, fallen.last_on) == (Fraction(7, 3), 10, DAY + timedelta(days=35))
