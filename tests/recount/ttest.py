"""The paired t-test by hand: the t value, and its two-sided tail by the incomplete beta function."""

from collections.abc import Sequence
from fractions import Fraction
from math import exp, lgamma, log, sqrt


def two_sided(differences: Sequence[int]) -> tuple[float, float] | None:
    """t and p, or None when fewer than two pairs or no spread make it meaningless."""
    n = len(differences)
    if n < 2:
        return None
    mean = Fraction(sum(differences), n)
    variance = sum((difference - mean) ** 2 for difference in differences) / (n - 1)
    if variance == 0:
        return None
    t, df = float(mean) / sqrt(variance / n), n - 1
    return t, incomplete_beta(df / (df + t * t), df / 2, 0.5)


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz)."""
    if x in (0.0, 1.0):
        return x
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x)) / a
    tiny = 1e-300
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or tiny)
    result = d
    for step in range(1, 500):
        for numerator in (
            step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step)),
            -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1)),
        ):
            d = 1 / (1 + numerator * d or tiny)
            c = 1 + numerator / c or tiny
            result *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return front * result
