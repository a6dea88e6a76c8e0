"""The Wilcoxon signed-rank test and the sign test, shown beside the t-test and never deciding.

Differences are exact numbers, so that ties are ties: as floating-point numbers 1.1 - (-0.2) and 0.1 - (-1.2) differ.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import copysign, erfc, sqrt

LARGEST_EXACT = 25
"""Up to so many differences without zeros and ties the p value is counted, not approximated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRank:
    """Two-sided signed-rank test of differences: `n` of them are not zero, `tied` of these share their size.

    `plus` and `minus` are the sums of the ranks of rises and falls. `z` is None where p was counted exactly.
    `sign_p` is the two-sided sign test's.
    """

    n: int
    zeros: int
    tied: int
    plus: Fraction
    minus: Fraction
    p: float
    z: float | None
    sign_p: float

    @property
    def exact(self) -> bool:
        return self.z is None


def signed_rank(differences: Sequence[Fraction | int]) -> SignedRank | None:
    """Rank the sizes of the differences and compare rises with falls; None where nothing differs.

    Zeros are dropped and ties share their middle rank. Source: Wilcoxon (1945); exact up to 25 differences without
    zeros and ties, else the normal approximation with correction for ties and continuity, as R computes it.
    """
    moved = [Fraction(one) for one in differences if one]
    if not moved:
        return None
    sizes = Counter(abs(one) for one in moved)
    ranks = _middle_ranks(sizes)
    plus = sum((ranks[one] for one in moved if one > 0), start=Fraction(0))
    n, zeros = len(moved), len(differences) - len(moved)
    minus = Fraction(n * (n + 1), 2) - plus
    tied = sum(count for count in sizes.values() if count > 1)
    counted = n <= LARGEST_EXACT and not zeros and not tied
    z = None if counted else _z(plus, n, sizes)
    p = _exact_p(int(min(plus, minus)), n) if z is None else erfc(abs(z) / sqrt(2))
    rises = sum(one > 0 for one in moved)
    return SignedRank(n=n, zeros=zeros, tied=tied, plus=plus, minus=minus, p=p, z=z, sign_p=_sign_p(rises, n))


def _middle_ranks(sizes: Counter[Fraction]) -> dict[Fraction, Fraction]:
    """The rank of each size; those of one size share the mean of the ranks they take up."""
    ranks, taken = {}, 0
    for size in sorted(sizes):
        ranks[size] = Fraction(2 * taken + sizes[size] + 1, 2)
        taken += sizes[size]
    return ranks


def _z(plus: Fraction, n: int, sizes: Counter[Fraction]) -> float:
    """The standardised sum of ranks, half a step nearer to what chance alone would give."""
    away = plus - Fraction(n * (n + 1), 4)
    ties = sum(count**3 - count for count in sizes.values())
    variance = Fraction(n * (n + 1) * (2 * n + 1), 24) - Fraction(ties, 48)
    corrected = float(away) - copysign(0.5, away) if away else 0.0
    return corrected / sqrt(variance)


def _exact_p(smaller: int, n: int) -> float:
    """Twice the part of all 2^n signs under which the ranks add up to at most the smaller sum."""
    ways = [1]
    for rank in range(1, n + 1):
        longer = [*ways, *([0] * rank)]
        for total, count in enumerate(ways):
            longer[total + rank] += count
        ways = longer
    return float(min(Fraction(1), Fraction(2 * sum(ways[: smaller + 1]), 2**n)))


def _sign_p(rises: int, n: int) -> float:
    """Twice the chance of so few of the rarer sign among n even throws."""
    ways, found = 1, 0
    for k in range(min(rises, n - rises) + 1):
        found += ways
        ways = ways * (n - k) // (k + 1)
    return float(min(Fraction(1), Fraction(2 * found, 2**n)))
