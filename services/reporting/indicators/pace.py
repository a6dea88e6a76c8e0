"""How a measure stands on the way to its target: the five words of a status. Only an ended period can be not met."""

from datetime import date
from fractions import Fraction
from typing import Literal

from services.reporting.indicators.definition import Period

Standing = Literal["met", "on_pace", "behind", "not_met", "no_target", "too_early"]


def expected(target: Fraction, period: Period, today: date) -> Fraction:
    """What an even pace would have reached by the end of `today`."""
    whole = (period.last - period.first).days + 1
    gone = min(max((today - period.first).days + 1, 0), whole)
    return target * gone / whole


def standing(actual: Fraction, target: Fraction | None, met: bool | None, period: Period, today: date) -> Standing:
    """The word for a measure on this day."""
    if target is None:
        return "no_target"
    if met:
        return "met"
    if today > period.last:
        return "not_met"
    if today < period.first:
        return "too_early"
    return "on_pace" if actual >= expected(target, period, today) else "behind"
