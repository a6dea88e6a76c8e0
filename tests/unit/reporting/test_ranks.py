"""The signed-rank and sign tests against published and counted values."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, wilcoxon

from services.reporting.indicators.ranks import SignedRank, signed_rank
from tests.unit.reporting.test_statistics import DEPRESSION, MAIZE, PHQ9, SLEEP

DIFFERENCES = st.lists(st.integers(-27, 27), min_size=1, max_size=40).filter(any)
SIZES = st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=12, unique_by=lambda one: one[0])


def _ranked(differences: Sequence[Any]) -> SignedRank:
    result = signed_rank(differences)
    assert result is not None
    return result


def test_the_published_ranks_are_reproduced() -> None:
    sleep, maize, phq9 = _ranked(SLEEP), _ranked(MAIZE), _ranked(PHQ9)
    assert (sleep.plus, sleep.minus, sleep.n, sleep.zeros, sleep.tied) == (0, 45, 9, 1, 2)
    assert sleep.z == pytest.approx(-2.608624, abs=1e-6)
    assert sleep.p == pytest.approx(0.00909070, abs=1e-8)
    assert (maize.plus, maize.minus) == (96, 24)
    assert (phq9.n, phq9.plus, phq9.minus) == (67, Fraction(195, 2), Fraction(4361, 2))


def test_a_small_sample_without_ties_is_counted_exactly() -> None:
    result = _ranked(DEPRESSION)
    assert (result.plus, result.exact) == (40, True)
    assert result.p == 20 / 512


@pytest.mark.parametrize("differences", [[], [0], [0, 0, 0]])
def test_where_nothing_differs_there_is_no_test(differences: list[int]) -> None:
    assert signed_rank(differences) is None


def test_ties_of_decimals_are_ties() -> None:
    """As floating-point numbers 1.1 + 0.2 and 0.1 + 1.2 differ in their last digit."""
    one, other = Fraction("1.1") - Fraction("-0.2"), Fraction("0.1") - Fraction("-1.2")
    assert _ranked([one, other, 1]).tied == 2


@given(DIFFERENCES)
def test_swapping_before_and_after_swaps_the_sums_and_keeps_p(differences: list[int]) -> None:
    there, back = _ranked(differences), _ranked([-one for one in differences])
    assert (there.plus, there.minus) == (back.minus, back.plus)
    assert (there.p, there.sign_p) == (back.p, back.sign_p)
    assert there.plus + there.minus == Fraction(there.n * (there.n + 1), 2)
    assert 0 < there.p <= 1


@given(DIFFERENCES, st.permutations(range(40)))
def test_the_order_of_people_does_not_matter(differences: list[int], order: list[int]) -> None:
    assert _ranked(differences) == _ranked([differences[one] for one in order if one < len(differences)])


@given(DIFFERENCES)
def test_the_library_approximates_the_same(differences: list[int]) -> None:
    result, moved = _ranked(differences), [one for one in differences if one]
    if not result.exact:
        theirs = wilcoxon(moved, correction=True, method="asymptotic")
        assert result.p == pytest.approx(min(1, float(theirs.pvalue)), rel=1e-8)
    assert result.sign_p == pytest.approx(binomtest(sum(one > 0 for one in moved), len(moved)).pvalue, rel=1e-8)


@given(SIZES)
def test_the_library_counts_the_same(sizes: list[tuple[int, bool]]) -> None:
    differences = [size if rises else -size for size, rises in sizes]
    theirs = wilcoxon(differences, method="exact")
    assert _ranked(differences).p == pytest.approx(float(theirs.pvalue), rel=1e-12)
