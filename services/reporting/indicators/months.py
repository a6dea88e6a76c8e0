"""A contract's measures month by month: what was done in each calendar month, counted as the whole is counted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from services.reporting.indicators.definition import Definition, Period
from services.reporting.indicators.facts import Facts, Unit
from services.reporting.indicators.report import Count


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month as far as it lies in the period, and each measure by `(output, measure)` in it.

    Sessions, contacts, attendances, hours and days of all months add up to the whole. Different people, organisations
    and active cases do not: whoever came in two months is counted in both, and once in the whole.
    """

    period: Period
    figures: dict[tuple[str, str], Fraction | None]


def months_of(period: Period) -> list[Period]:
    """The calendar months that a period touches, the first and the last as far as they lie in it."""
    found: list[Period] = []
    first = period.first
    while first <= period.last:
        after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        found.append(Period(first=first, last=min(after - timedelta(days=1), period.last)))
        first = after
    return found


def by_month(definition: Definition, facts: Facts) -> list[Month]:
    """Every measure in every month of the contract. Each session is looked at in its own month alone."""
    units: dict[tuple[int, int], list[Unit]] = defaultdict(list)
    for unit in facts.units:
        units[_month(unit.occurred_on)].append(unit)
    return [_counted(definition, facts, month, units[_month(month.first)]) for month in months_of(definition.period)]


def _counted(definition: Definition, facts: Facts, month: Period, units: Sequence[Unit]) -> Month:
    count = Count(replace(definition, period=month), replace(facts, units=tuple(units)))
    figures = {
        (output.id, measure.id): count.figure(output, measure).actual
        for output in definition.outputs
        for measure in output.measures
    }
    return Month(month, figures)


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
