"""The paired t-test against published and closed-form values."""

from collections.abc import Sequence
from fractions import Fraction
from math import atan, pi, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_rel

from services.reporting.indicators.statistics import NotComputable, PairedT, paired_t


def _decimals(text: str) -> list[Fraction]:
    return [Fraction(number) for number in text.split()]


def _tested(differences: Sequence[Any]) -> PairedT:
    result = paired_t(differences)
    assert isinstance(result, PairedT)
    return result


def _minus(left: str, right: str) -> list[Fraction]:
    return [one - other for one, other in zip(_decimals(left), _decimals(right), strict=True)]


SLEEP = _minus(".7 -1.6 -.2 -1.2 -.1 3.4 3.7 .8 0 2.0", "1.9 .8 1.1 .1 -.1 4.4 5.5 1.6 4.6 3.4")
MAIZE = _minus(
    "23.5 12 21 22 19.125 21.5 22.125 20.375 18.25 21.625 23.25 21 22.125 23 12",
    "17.375 20.375 20 20 18.375 18.625 18.625 15.25 16.5 18 16.25 18 12.75 15.5 18",
)
DEPRESSION = _minus("1.83 .50 1.62 2.48 1.68 1.88 1.55 3.06 1.30", ".878 .647 .598 2.05 1.06 1.29 1.06 3.14 1.29")
PHQ9 = [-(1 + i % 5) if i < 61 else 0 if i < 69 else 1 + i % 2 for i in range(75)]
SUPPORTIVE = [1 + i % 6 if i < 64 else 0 if i < 67 else -(1 + i % 2) for i in range(73)]
LADDER = [1 + i % 3 if i < 56 else 0 if i < 65 else -1 for i in range(71)]

ORACLES = {
    "sleep": (SLEEP, -4.06212768338204, 9, 0.00283289019738427),
    "maize": (MAIZE, 2.14798746133112, 14, 0.0497029440218009),
    "depression": (DEPRESSION, 3.03537541564859, 8, 0.0161766274349081),
    "hand, five": ([1, 1, 2, 2, 4], 3.65148371670111, 4, 0.0217429784652366),
    "hand, four": ([-2, -1, -3, -2], -2 * sqrt(6), 3, 0.0162766034594286),
    "phq9": (PHQ9, -10.1821263081232, 74, 1.00967011016982e-15),
    "supportive": (SUPPORTIVE, 11.2797673180868, 72, 1.42179504401571e-17),
    "ladder": (LADDER, 10.0453339570979, 70, 3.31016229691787e-15),
}


@pytest.mark.parametrize("name", ORACLES)
def test_t_df_and_p_are_the_published_ones(name: str) -> None:
    differences, t, df, p = ORACLES[name]
    result = _tested(differences)
    assert result.t == pytest.approx(t, rel=1e-12)
    assert result.df == df
    assert result.p == pytest.approx(p, rel=1e-8)


def test_the_interval_and_the_effect_size_are_the_published_ones() -> None:
    sleep, phq9 = _tested(SLEEP), _tested(PHQ9)
    assert sleep.ci95 == pytest.approx((-2.45988576, -0.70011424), abs=5e-9)
    assert sleep.dz == pytest.approx(-1.28455756, abs=5e-9)
    assert sleep.sd == pytest.approx(1.22999548327987, rel=1e-13)
    assert phq9.ci95 == pytest.approx((-2.74211645, -1.84455021), abs=5e-9)
    assert phq9.dz == pytest.approx(-1.17573067, abs=5e-9)
    assert phq9.mean == Fraction(-172, 75)


def test_one_degree_of_freedom_has_its_closed_form() -> None:
    result = _tested([0, 2])
    assert result.t == pytest.approx(1)
    assert result.p == pytest.approx(1 - 2 / pi * atan(1), rel=1e-12)


@given(st.lists(st.integers(-27, 27), min_size=3, max_size=3).filter(lambda d: len(set(d)) > 1))
def test_two_degrees_of_freedom_have_their_closed_form(differences: list[int]) -> None:
    result = _tested(differences)
    assert result.p == pytest.approx(1 - abs(result.t) / sqrt(2 + result.t**2), rel=1e-8, abs=1e-12)


@given(st.lists(st.integers(-27, 27), min_size=2, max_size=40).filter(lambda d: len(set(d)) > 1))
def test_the_library_agrees_where_it_can_be_trusted(differences: list[int]) -> None:
    theirs, ours = ttest_rel(differences, [0] * len(differences)), _tested(differences)
    assert ours.t == pytest.approx(float(theirs.statistic), rel=1e-9, abs=1e-12)
    assert ours.p == pytest.approx(float(theirs.pvalue), rel=1e-8, abs=1e-300)


@pytest.mark.parametrize("differences", [[], [5]])
def test_fewer_than_two_pairs_are_not_computable(differences: list[int]) -> None:
    assert paired_t(differences) == NotComputable("fewer_than_two_pairs")


@pytest.mark.parametrize("differences", [[0, 0, 0], [-2, -2, -2, -2]])
def test_no_spread_is_not_computable_and_never_significant(differences: list[int]) -> None:
    assert paired_t(differences) == NotComputable("no_spread")


def test_fewer_than_ten_pairs_are_marked_small() -> None:
    assert _tested([1, 2, 3]).small
    assert not _tested(list(range(10))).small
