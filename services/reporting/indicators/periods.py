"""The reporting periods of a contract: spans of days for which a report is due."""

from calendar import monthrange
from datetime import date, timedelta

from services.reporting.indicators.definition import Definition, Period, Rhythm

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "april_to_march": 12, "school_year": 12}
"""How many months a reporting period has."""
_FIRST_MONTH = {"april_to_march": 4, "school_year": 9}


def reporting_spans(definition: Definition) -> tuple[Period, ...]:
    """The reporting periods in their order: every day of the contract lies in exactly one.

    The first and the last are shorter where the contract begins or ends within one. A contract that lists its spans
    has these; one that says nothing reports every half-year from its start.
    """
    return spans_of(definition.period, definition.reporting)


def spans_of(period: Period, rhythm: Rhythm) -> tuple[Period, ...]:
    """The spans of a period in a rhythm."""
    return rhythm.spans or _regular(period, rhythm)


def _regular(period: Period, rhythm: Rhythm) -> tuple[Period, ...]:
    anchored = not rhythm.calendar and rhythm.every not in _FIRST_MONTH
    start = period.first if anchored else date(period.first.year - 1, _FIRST_MONTH.get(rhythm.every, 1), 1)
    spans, step = [], 0
    while (first := months_later(start, step)) <= period.last:
        step += MONTHS[rhythm.every]
        last = months_later(start, step) - timedelta(days=1)
        if last >= period.first:
            spans.append(Period(first=max(first, period.first), last=min(last, period.last)))
    return tuple(spans)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
