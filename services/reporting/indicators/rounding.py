"""The one place where a figure is rounded, and only for display; thresholds compare exact numbers."""

from decimal import Decimal
from fractions import Fraction
from math import floor


def half_up(value: Fraction, places: int) -> Decimal:
    """`value` with so many decimals; a half goes away from zero (1.25 becomes 1.3), as people round on paper."""
    whole = floor(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(-whole if value < 0 else whole).scaleb(-places)


def percent(part: int | Fraction, whole: int | Fraction) -> Decimal | None:
    """The share as a percentage with one decimal, or None of nothing. 142 of 203 shows 70.0 and still misses 70 %."""
    return half_up(Fraction(100 * part) / whole, 1) if whole else None


def plain(value: Fraction) -> int | float:
    """A figure as a JSON number: a count is whole, hours have as many of two decimals as they need (69.5, 2.25)."""
    if value.denominator == 1:
        return int(value)
    rounded = half_up(value, 2)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)
