from datetime import date
from fractions import Fraction

import pytest

from services.reporting.indicators.definition import Measure, MeasureKind, Period, Where
from services.reporting.indicators.pace import expected, required_a_month, standing

YEAR = Period(first=date(2021, 1, 1), last=date(2021, 12, 31))


def _measure(target: Fraction | None, kind: MeasureKind = "sessions") -> Measure:
    return Measure(id="sessions", kind=kind, target=target, comparator="at_least", filters=(), where=Where())


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2020, 12, 31), 0),
        (date(2021, 1, 1), 1),
        (date(2021, 12, 30), 364),
        (date(2021, 12, 31), 365),
        (date(2022, 6, 1), 365),
    ],
)
def test_an_even_pace_reaches_the_target_on_the_last_day(today: date, due: int) -> None:
    assert expected(_measure(Fraction(365)), YEAR, today) == due


@pytest.mark.parametrize(
    ("actual", "today", "word"),
    [
        (365, date(2021, 2, 1), "met"),
        (32, date(2021, 2, 1), "on_pace"),
        (31, date(2021, 2, 1), "behind"),
        (0, date(2020, 6, 1), "too_early"),
        (364, date(2021, 12, 31), "behind"),
        (364, date(2022, 1, 1), "not_met"),
    ],
)
def test_only_an_ended_period_can_be_not_met(actual: int, today: date, word: str) -> None:
    assert standing(_measure(Fraction(365)), Fraction(actual), YEAR, today) == word


def test_without_a_target_there_is_no_judgement() -> None:
    assert standing(_measure(None), Fraction(3), YEAR, date(2022, 1, 1)) == "no_target"


@pytest.mark.parametrize(
    ("actual", "today", "word"),
    [
        (Fraction(7, 10), date(2021, 1, 2), "met"),
        (Fraction(142, 203), date(2021, 12, 31), "behind"),
        (Fraction(142, 203), date(2022, 1, 1), "not_met"),
        (None, date(2021, 6, 1), "too_early"),
        (None, date(2022, 1, 1), "not_met"),
    ],
)
def test_of_a_share_the_whole_target_is_expected_on_every_day(actual: Fraction | None, today: date, word: str) -> None:
    assert standing(_measure(Fraction(7, 10), "share"), actual, YEAR, today) == word


@pytest.mark.parametrize(
    ("actual", "today", "needed"),
    [
        (0, date(2020, 6, 1), Fraction(365 * 365, 12 * 364)),
        (183, date(2021, 7, 2), Fraction(365, 12)),
        (360, date(2021, 12, 20), 5),
        (360, date(2021, 12, 31), 5),
        (365, date(2021, 2, 1), None),
        (364, date(2022, 1, 1), None),
    ],
)
def test_what_is_missing_is_spread_over_the_months_left(actual: int, today: date, needed: Fraction | None) -> None:
    assert required_a_month(_measure(Fraction(365)), Fraction(actual), YEAR, today) == needed


def test_a_share_is_reached_by_no_pace() -> None:
    assert required_a_month(_measure(Fraction(7, 10), "share"), Fraction(1, 2), YEAR, date(2021, 6, 1)) is None
