from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.indicators.definition import Threshold
from services.reporting.indicators.rounding import half_up, percent, plain

SEVENTY = Threshold(bound=Fraction(7, 10))


@pytest.mark.parametrize(("part", "shown"), [(1, "1.3"), (5, "6.3"), (9, "11.3"), (13, "16.3"), (-1, "-1.3")])
def test_a_half_is_rounded_up_as_on_paper(part: int, shown: str) -> None:
    assert half_up(Fraction(100 * part, 80), 1) == Decimal(shown)


def test_one_of_sixteen_shows_six_point_three() -> None:
    assert percent(1, 16) == Decimal("6.3")


def test_a_share_of_nothing_has_no_percentage() -> None:
    assert percent(0, 0) is None


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(61, 75, "81.3"), (8, 75, "10.7"), (6, 75, "8.0"), (64, 73, "87.7"), (56, 71, "78.9"), (69, 72, "95.8")],
)
def test_the_published_percentages_are_shown(part: int, whole: int, shown: str) -> None:
    assert percent(part, whole) == Decimal(shown)


def test_rounded_parts_need_not_add_up_to_a_hundred() -> None:
    parts = [percent(part, 71) for part in (56, 9, 6)]
    assert sum(part for part in parts if part is not None) == Decimal("100.1")


@pytest.mark.parametrize(("minutes", "shown"), [(4170, 69.5), (135, 2.25), (60, 1), (100, 1.67), (0, 0)])
def test_a002_12_hours_are_printed_from_whole_minutes(minutes: int, shown: float) -> None:
    assert plain(Fraction(minutes, 60)) == shown


def test_a_count_is_a_whole_number() -> None:
    assert type(plain(Fraction(1849))) is int


def test_142_of_203_shows_70_percent_and_fails_it() -> None:
    assert percent(142, 203) == Decimal("70.0")
    assert not SEVENTY.holds(142, 203)


@pytest.mark.parametrize(("fewest", "whole"), [(53, 75), (52, 73), (50, 71), (51, 72), (7, 10)])
def test_the_fewest_that_pass_70_percent(fewest: int, whole: int) -> None:
    assert SEVENTY.holds(fewest, whole)
    assert not SEVENTY.holds(fewest - 1, whole)


def test_more_than_is_stricter_than_at_least() -> None:
    more = Threshold(bound=Fraction(3, 4), comparator="more_than")
    assert not more.holds(3, 4)
    assert more.holds(76, 100)
    assert Threshold(bound=Fraction(3, 4)).holds(3, 4)


def test_a_share_of_nobody_passes_nothing() -> None:
    assert not SEVENTY.holds(0, 0)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_threshold_is_decided_by_whole_numbers(part: int, whole: int) -> None:
    assert SEVENTY.holds(part, whole) is (10 * part >= 7 * whole)


@given(st.fractions(-(10**9), 10**9), st.integers(0, 4))
def test_rounding_moves_a_value_by_half_a_step_at_most(value: Fraction, places: int) -> None:
    assert abs(Fraction(half_up(value, places)) - value) <= Fraction(1, 2 * 10**places)
