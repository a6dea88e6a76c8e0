"""Months are counted as the whole is: what adds up adds up to it, and people never do."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.indicators.definition import Definition, Period
from services.reporting.indicators.facts import Facts, Unit
from services.reporting.indicators.months import by_month, months_of
from services.reporting.indicators.report import Count

ADDS_UP = ("sessions", "contacts", "attendances", "minutes", "days")
sessions = st.lists(
    st.tuples(st.integers(-40, 1200), st.lists(st.sampled_from("abc"), unique=True, max_size=3)), max_size=12
)


def test_the_months_of_a_period_begin_and_end_with_it() -> None:
    assert months_of(Period(first=date(2020, 12, 15), last=date(2021, 2, 3))) == [
        Period(first=date(2020, 12, 15), last=date(2020, 12, 31)),
        Period(first=date(2021, 1, 1), last=date(2021, 1, 31)),
        Period(first=date(2021, 2, 1), last=date(2021, 2, 3)),
    ]


@given(sessions)
def test_months_add_up_to_the_whole_where_the_measure_does(
    kachi: Definition, unit: Callable[..., Unit], days: list[Any]
) -> None:
    first = kachi.period.first
    facts = Facts(
        units=tuple(
            unit(f"session-{n}", *people, occurred_on=first + timedelta(days=after))
            for n, (after, people) in enumerate(days)
        )
    )
    months, whole = by_month(kachi, facts), Count(kachi, facts)
    for output in kachi.outputs:
        for measure in output.measures:
            parts = [month.figures[output.id, measure.id] or 0 for month in months]
            actual = whole.figure(output, measure).actual
            if measure.kind in ADDS_UP:
                assert sum(parts) == actual
            elif measure.kind == "headcount":
                assert max(parts) <= actual <= sum(parts)
