"""How a measure stands on the way to its target: the five words of a status. Only an ended period can be not met."""

from datetime import date
from fractions import Fraction
from typing import Literal

from services.reporting.indicators.definition import Measure, Period

Standing = Literal["met", "on_pace", "behind", "not_met", "no_target", "too_early"]


def expected(measure: Measure, period: Period, today: date) -> Fraction | None:
    """What an even pace would have reached by the end of `today`; None without a target.

    A share does not grow with time: the whole target is expected of it on any day.
    """
    if measure.target is None or measure.kind == "share":
        return measure.target
    whole = (period.last - period.first).days + 1
    gone = min(max((today - period.first).days + 1, 0), whole)
    return measure.target * gone / whole


def standing(measure: Measure, actual: Fraction | None, period: Period, today: date) -> Standing:
    """The word for a measure on this day; a share of nothing is too early to judge until the period has ended."""
    by_now = expected(measure, period, today)
    if by_now is None:
        return "no_target"
    if measure.met(actual):
        return "met"
    if today > period.last:
        return "not_met"
    if today < period.first or actual is None:
        return "too_early"
    return "on_pace" if actual >= by_now else "behind"
