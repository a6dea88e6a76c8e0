"""What each calendar month added to a measure that was not in it before: the history that a forecast looks at."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction

from services.reporting.indicators.definition import ADDS_UP, Measure, Period
from services.reporting.indicators.facts import Case
from services.reporting.indicators.filters import Counted
from services.reporting.indicators.indicators import MEASURES, left_out_case
from services.reporting.indicators.months import months_of
from services.reporting.indicators.report import Count

Growth = list[tuple[Fraction, ...]]
"""One value a month; of a share two, those of its part and of its whole."""


def growth(count: Count) -> dict[tuple[str, str], Growth]:
    """The growth of every measure by `(output, measure)`, in the months of the contract.

    All months add up to the figure, without an opening balance: whoever came in two months is added in the first.
    """
    definition, months = count.definition, months_of(count.definition.period)
    found = {}
    for output in definition.outputs:
        for measure in output.measures:
            parts = (measure,) if measure.whole is None else (measure, measure.whole)
            columns = [_of_measure(count, part) for part in parts]
            found[output.id, measure.id] = [
                tuple(column.get(_month(one.first), Fraction(0)) for column in columns) for one in months
            ]
    return found


def _of_measure(count: Count, measure: Measure) -> dict[str, Fraction]:
    definition, facts = count.definition, count.facts
    if measure.which is not None:
        own = (case for case in facts.cases if left_out_case(case, measure.which, definition.period) is None)
        return _tallied((_month(_first_day(case, measure, definition.period)), 1) for case in own)
    sessions = count.sessions(measure)
    if measure.counts not in ADDS_UP:
        return _tallied(_first_seen(sessions, _people if measure.counts == "headcount" else _organisation))
    by_month: dict[str, list[Counted]] = defaultdict(list)
    for one in sessions:
        by_month[_month(one.unit.occurred_on)].append(one)
    return {month: MEASURES[measure.counts](ones, definition.counting) for month, ones in by_month.items()}


def _first_day(case: Case, measure: Measure, period: Period) -> date:
    """The first day on which a case that counts did so."""
    if measure.which == "closed":
        return min(last for _, last in case.spans if last is not None and last in period)
    days = (max(first, period.first) for first, last in case.spans if last is None or last >= period.first)
    return min(days)


def _first_seen(sessions: Sequence[Counted], members: Callable[[Counted], Iterable[str]]) -> Iterable[tuple[str, int]]:
    """Each member of a set in the month in which it first counts."""
    seen: dict[str, date] = {}
    for one in sessions:
        for member in members(one):
            seen[member] = min(seen.get(member, one.unit.occurred_on), one.unit.occurred_on)
    return ((_month(day), 1) for day in seen.values())


def _people(one: Counted) -> Iterable[str]:
    return one.people


def _organisation(one: Counted) -> Iterable[str]:
    return (one.unit.organisation_id,) if one.unit.organisation_id else ()


def _tallied(ones: Iterable[tuple[str, int]]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = defaultdict(Fraction)
    for month, number in ones:
        found[month] += number
    return found


def _month(day: date) -> str:
    return day.isoformat()[:7]
