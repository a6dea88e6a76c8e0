"""The period of a contract document and its reporting periods."""

from datetime import date, timedelta
from typing import cast

from services.reporting.contracts.reading import Reader, join
from services.reporting.indicators.definition import Every, Period, Rhythm
from services.reporting.indicators.periods import MONTHS

_YEARS = range(1950, 2151)
NOWHERE = Period(first=date.min, last=date.max)
"""Stands for a period that could not be read."""
_FROM_THE_START = ("month", "quarter", "half_year", "year")


def read_period(read: Reader, value: object, path: str) -> Period:
    """`{from, to}`, both days included."""
    fields = read.mapping(value, path, required=("from", "to")) if value is not None else {}
    first, last = _day(read, fields.get("from"), join(path, "from")), _day(read, fields.get("to"), join(path, "to"))
    if first is None or last is None:
        return NOWHERE
    if last < first:
        read.fail(join(path, "to"), "end_before_start", "The period ends before it begins. Please change it.")
        return NOWHERE
    return Period(first=first, last=last)


def _day(read: Reader, value: object, path: str) -> date | None:
    day = read.day(value, path)
    if day is not None and day.year not in _YEARS:
        read.fail(path, "year_unlikely", "Write a year from %(first)s to %(last)s.", first=_YEARS[0], last=_YEARS[-1])
        return None
    return day


def read_rhythm(read: Reader, value: object, period: Period) -> Rhythm:
    """`{every: half_year}`, perhaps with `calendar: true`, or the periods one by one as `{spans: [{from, to}]}`."""
    path = "reporting_periods"
    if value is None:
        return Rhythm()
    fields = read.mapping(value, path, optional=("every", "calendar", "spans"))
    if isinstance(value, dict) and ("every" in fields) == ("spans" in fields):
        read.fail(path, "one_rhythm", "Say either how often reports are due (every), or list the periods (spans).")
    every = read.one_of(fields.get("every"), join(path, "every"), MONTHS, "half_year")
    calendar = read.flag(fields.get("calendar"), join(path, "calendar"))
    if calendar and every not in _FROM_THE_START:
        read.fail(join(path, "calendar"), "calendar_already", "This follows the calendar by itself. Leave it out here.")
    spans = read.sequence(fields["spans"], join(path, "spans")) if "spans" in fields else []
    listed = [read_period(read, span, join(path, f"spans.{index}")) for index, span in enumerate(spans)]
    if NOWHERE not in (period, *listed):
        _check_cover(read, listed, period, join(path, "spans"))
    return Rhythm(every=cast("Every", every), calendar=calendar, spans=tuple(listed))


def _check_cover(read: Reader, spans: list[Period], period: Period, path: str) -> None:
    """Every day of the contract lies in exactly one span: each begins on the day after the one before it."""
    due = period.first
    for index, span in enumerate(spans):
        if span.first != due:
            code = "periods_overlap" if span.first < due else "periods_gap"
            read.fail(
                join(path, f"{index}.from"),
                code,
                "Each day of the contract lies in exactly one period: this one begins on %(day)s.",
                day=due.isoformat(),
            )
        due = span.last + timedelta(days=1)
    if spans and due != period.last + timedelta(days=1):
        read.fail(
            join(path, f"{len(spans) - 1}.to"),
            "periods_end",
            "The last period ends with the contract, on %(day)s.",
            day=period.last.isoformat(),
        )
