"""Reporting periods: every shape covers each day of the contract exactly once."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.contracts.document import definition_of
from services.reporting.indicators.definition import Definition, Period, Rhythm
from services.reporting.indicators.periods import MONTHS, reporting_spans
from shared.errors import Invalid


def _spans(definition: Definition, first: date, last: date, **rhythm: Any) -> list[str]:
    asked = replace(definition, period=Period(first=first, last=last), reporting=Rhythm(**rhythm))
    return [f"{span.first}/{span.last}" for span in reporting_spans(asked)]


def test_half_years_are_the_default_and_begin_with_the_contract(kachi: Definition) -> None:
    assert reporting_spans(replace(kachi, reporting=Rhythm()))[:2] == (
        Period(first=date(2018, 6, 1), last=date(2018, 11, 30)),
        Period(first=date(2018, 12, 1), last=date(2019, 5, 31)),
    )
    assert len(reporting_spans(kachi)) == 6


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        ({"every": "quarter", "calendar": True}, ["2024-02-10/2024-03-31", "2024-04-01/2024-06-30"]),
        ({"every": "half_year", "calendar": True}, ["2024-02-10/2024-06-30", "2024-07-01/2024-12-31"]),
        ({"every": "year", "calendar": True}, ["2024-02-10/2024-12-31", "2025-01-01/2025-03-31"]),
        ({"every": "april_to_march"}, ["2024-02-10/2024-03-31", "2024-04-01/2025-03-31"]),
        ({"every": "school_year"}, ["2024-02-10/2024-08-31", "2024-09-01/2025-03-31"]),
    ],
    ids=lambda one: one.get("every") if isinstance(one, dict) else "",
)
def test_periods_of_the_calendar_are_cut_at_the_contract(
    kachi: Definition, rhythm: dict[str, Any], expected: list[str]
) -> None:
    assert _spans(kachi, date(2024, 2, 10), date(2025, 3, 31), **rhythm)[:2] == expected


def test_a_contract_that_begins_at_the_end_of_a_month_keeps_to_it(kachi: Definition) -> None:
    assert _spans(kachi, date(2023, 8, 31), date(2024, 8, 30)) == ["2023-08-31/2024-02-28", "2024-02-29/2024-08-30"]


@given(
    first=st.dates(date(1990, 1, 1), date(2080, 1, 1)),
    days=st.integers(0, 4000),
    every=st.sampled_from(sorted(MONTHS)),
    calendar=st.booleans(),
)
def test_every_day_lies_in_exactly_one_period(
    kachi: Definition, first: date, days: int, every: Any, calendar: bool
) -> None:
    period = Period(first=first, last=first + timedelta(days=days))
    spans = reporting_spans(replace(kachi, period=period, reporting=Rhythm(every=every, calendar=calendar)))
    assert (spans[0].first, spans[-1].last) == (period.first, period.last)
    assert all(after.first == before.last + timedelta(days=1) for before, after in pairwise(spans))
    assert all(span.first <= span.last for span in spans)


def test_periods_may_be_listed(document: dict[str, Any]) -> None:
    document["reporting_periods"] = {
        "spans": [{"from": "2018-06-01", "to": "2019-03-31"}, {"from": "2019-04-01", "to": "2021-05-31"}]
    }
    assert [span.last for span in reporting_spans(definition_of(document))] == [date(2019, 3, 31), date(2021, 5, 31)]


@pytest.mark.parametrize(
    ("spans", "path", "code"),
    [
        ([("2018-06-01", "2019-04-30"), ("2019-04-01", "2021-05-31")], "spans.1.from", "periods_overlap"),
        ([("2018-06-01", "2019-03-30"), ("2019-04-01", "2021-05-31")], "spans.1.from", "periods_gap"),
        ([("2018-05-01", "2021-05-31")], "spans.0.from", "periods_overlap"),
        ([("2018-06-01", "2021-05-30")], "spans.0.to", "periods_end"),
        ([("2018-06-01", "2018-05-30")], "spans.0.to", "end_before_start"),
        ([], "spans", "empty_list"),
    ],
)
def test_listed_periods_that_do_not_fit_are_refused(
    document: dict[str, Any], spans: list[tuple[str, str]], path: str, code: str
) -> None:
    document["reporting_periods"] = {"spans": [{"from": first, "to": last} for first, last in spans]}
    with pytest.raises(Invalid) as raised:
        definition_of(document)
    found = {error.path: error for error in raised.value.fields}
    assert found[f"reporting_periods.{path}"].code == code
