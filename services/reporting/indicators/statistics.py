"""The paired t-test, with the guards that a library does not have.

Everything up to the t value is exact until the last square root; only the tail of the distribution comes from SciPy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Literal


@dataclass(frozen=True, slots=True)
class NotComputable:
    """Why there is no t-test: fewer than two pairs, or every difference the same. Never called significant."""

    why: Literal["fewer_than_two_pairs", "no_spread"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedT:
    """A two-sided paired t-test of `after - before`, its 95 % confidence interval, and Cohen's dz."""

    n: int
    mean: Fraction
    sd: float
    se: float
    t: float
    df: int
    p: float
    ci95: tuple[float, float]
    dz: float

    @property
    def small(self) -> bool:
        """Fewer than ten pairs: to be read with care."""
        return self.n < 10


def paired_t(differences: Sequence[Fraction | int]) -> PairedT | NotComputable:
    """Test whether the mean difference is zero.

    Source: Student (1908); mean / (sd / sqrt(n)) with n - 1 degrees of freedom, sd with n - 1.
    """
    n = len(differences)
    if n < 2:
        return NotComputable("fewer_than_two_pairs")
    mean = Fraction(sum(differences), n)
    variance = sum((difference - mean) ** 2 for difference in differences) / Fraction(n - 1)
    if variance == 0:
        return NotComputable("no_spread")
    # SciPy is large: it is loaded by the first test that is computed, not at start.
    from scipy.special import stdtr, stdtrit

    sd, se = sqrt(variance), sqrt(variance / n)
    t = float(mean) / se
    margin = float(stdtrit(n - 1, 0.975)) * se
    return PairedT(
        n=n,
        mean=mean,
        sd=sd,
        se=se,
        t=t,
        df=n - 1,
        p=2 * float(stdtr(n - 1, -abs(t))),
        ci95=(float(mean) - margin, float(mean) + margin),
        dz=float(mean) / sd,
    )
