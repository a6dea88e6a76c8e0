"""Where a measure will stand at the end of its contract if the months to come are like those so far.

The interval is that of a new sum of months whose mean and spread are themselves only known from some months: Student's
prediction interval, `mean * h ± t * s * sqrt(h (1 + h / n))`, with s widened where a month resembles the one before
it (seasons, series of groups). How often it holds is checked on simulated histories in `tests/unit/reporting`.
Source: Hahn and Meeker, Statistical Intervals (1991), section 4; widening for autocorrelation: (1 + r) / (1 - r).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import Literal

from services.reporting.indicators.definition import ADDS_UP, Measure, Period
from services.reporting.indicators.months import months_of

LEVEL = 80
"""Of a hundred such intervals so many should hold what then comes."""
FEWEST = 3
"""With fewer whole months nothing is forecast."""
LAST_ADDING, LAST_NEW = 12, 6
"""How many months are looked at: a year, so that every season is in it; of new people fewer, since they dwindle."""
MOST_ALIKE = 0.5
_T90 = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363)
"""Student's t that leaves a tenth on each side, by degrees of freedom from 1."""
_A_MONTH = 365 / 12

Outlook = Literal["likely", "open", "unlikely"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The figure at the end: most likely, and between `low` and `high` at the stated level, from so many months."""

    likely: float
    low: float
    high: float
    months: int

    def against(self, measure: Measure) -> Outlook | None:
        """How the interval lies to the target: reached even at its low end, not even at its high end, or open."""
        if measure.target is None:
            return None
        if measure.met(Fraction(self.low)):
            return "likely"
        return "open" if measure.met(Fraction(self.high)) else "unlikely"


def forecast(
    measure: Measure, actual: Fraction | None, grown: Sequence[Sequence[float]], period: Period, today: date
) -> Forecast | None:
    """Forecast one measure; None with too few months, after the end, and where there is nothing to go by.

    `grown` is what each month of the contract added (of a share: to its part and to its whole).
    """
    past = [month for month in months_of(period) if month.last < today]
    if actual is None or not past or today > period.last:
        return None
    left = (period.last - past[-1].last) / timedelta(days=1) / _A_MONTH
    history = [values for month, values in zip(past, grown, strict=False) if _is_whole(month)]
    if measure.whole is not None:
        return _of_share(history, [sum(column) for column in zip(*grown[: len(past)], strict=True)], left)
    known = _lately([values[0] for values in history], LAST_ADDING if measure.counts in ADDS_UP else LAST_NEW)
    if len(known) < FEWEST:
        return None
    to_come = left * sum(known) / len(known)
    # Where nothing came for months, one may still come: as if one had.
    spread = _spread(known, left, at_least=max(sum(known), 1.0) / len(known))
    # What this month has brought so far is not among the whole months, and cannot be taken away again.
    before = float(actual) - sum(values[0] for values in grown[len(past) :])
    return Forecast(
        likely=max(before + to_come, float(actual)),
        low=max(before + to_come - spread, float(actual)),
        high=max(before + to_come + spread, float(actual)),
        months=len(known),
    )


def _of_share(history: Sequence[Sequence[float]], so_far: Sequence[float], left: float) -> Forecast | None:
    """A share at the end: the months to come have as large a whole as those before, and a like part of it."""
    known = [values for values in history if values[1]][-LAST_ADDING:]
    part, whole = (sum(column) for column in zip(*known, strict=True)) if known else (0.0, 0.0)
    if len(known) < FEWEST or not whole:
        return None
    more = left * whole / len(known)
    end = so_far[1] + more
    likely = (so_far[0] + more * part / whole) / end
    spread = _spread([one - of * part / whole for one, of in known], left, at_least=0) / end
    low, high = max(likely - spread, 0.0), min(likely + spread, 1.0)
    return Forecast(likely=likely, low=low, high=high, months=len(known))


def _is_whole(month: Period) -> bool:
    return month.first.day == 1


def _lately(history: Sequence[float], most: int) -> list[float]:
    """The last months, without those before anything began."""
    begun = next((number for number, value in enumerate(history) if value), len(history))
    return list(history[begun:])[-most:]


def _spread(known: Sequence[float], left: float, *, at_least: float) -> float:
    """Half the width of the interval of what comes in `left` months; the variance of counts is at least their mean."""
    n = len(known)
    mean = sum(known) / n
    away = [value - mean for value in known]
    squares = sum(one * one for one in away)
    alike = sum(one * after for one, after in pairwise(away)) / squares if squares else 0.0
    alike = min(max(alike, 0.0), MOST_ALIKE)
    variance = max(squares / (n - 1), at_least) * (1 + alike) / (1 - alike)
    return _T90[min(n - 1, len(_T90)) - 1] * sqrt(variance * left * (1 + left / n))
