"""How a measure stands on the way to its target: the five words of a status. Only an ended period can be not met."""

from datetime import date
from fractions import Fraction
from typing import Literal

from services.reporting.indicators.definition import Measure, MeasureKind, Period

Standing = Literal["met", "on_pace", "behind", "not_met", "no_target", "too_early"]


def expected(measure: Measure, period: Period, today: date) -> Fraction | None:
    """What an even pace would have reached by the end of `today`; None without a target.

    A share does not grow with time: the whole target is expected of it on any day.
    """
    return _expected(measure.kind, measure.target, period, today)


def _expected(kind: MeasureKind, target: Fraction | None, period: Period, today: date) -> Fraction | None:
    if target is None or kind == "share":
        return target
    whole = (period.last - period.first).days + 1
    gone = min(max((today - period.first).days + 1, 0), whole)
    return target * gone / whole


def required_a_month(measure: Measure, actual: Fraction | None, period: Period, today: date) -> Fraction | None:
    """What each month from `today` to the end must bring to reach the target, a month being a twelfth of 365 days.

    With less than a month left it is all that is still missing. None where nothing is missing, where the period has
    ended, and for a share, which nothing can be added to.
    """
    if measure.target is None or measure.kind == "share" or actual is None or today > period.last:
        return None
    missing = measure.target - actual
    days_left = (period.last - max(today, period.first)).days
    return missing / max(Fraction(12 * days_left, 365), Fraction(1)) if missing > 0 else None


def standing(measure: Measure, actual: Fraction | None, period: Period, today: date) -> Standing:
    """The word for a measure on this day; a share of nothing is too early to judge until the period has ended."""
    return standing_told(measure.kind, measure.target, actual, period, today, met=measure.met(actual))


def standing_told(
    kind: MeasureKind,
    target: Fraction | None,
    actual: Fraction | None,
    period: Period,
    today: date,
    *,
    met: bool | None,
) -> Standing:
    """The same word for a figure that was counted and sent: whether it is `met` stands in the report."""
    by_now = _expected(kind, target, period, today)
    if by_now is None:
        return "no_target"
    if met:
        return "met"
    if today > period.last:
        return "not_met"
    if today < period.first or actual is None:
        return "too_early"
    return "on_pace" if actual >= by_now else "behind"
