"""Many contracts together: sums where they are right, people where they can be told apart, else two bounds."""

from datetime import date
from typing import Any

import msgspec

from services.reporting.consolidated.domain import Choice, People, Row, totals
from services.reporting.figures.brief import Brief, Line, Sums
from services.reporting.indicators.definition import Period

PERIOD = Period(first=date(2021, 1, 1), last=date(2021, 12, 31))


def row(number: int, count: int, agency: str = "agency-one", **more: Any) -> Row:
    reached = 10 * count
    figure = {"indicator": "output-1", "measure": "sessions", "kind": "sessions", "unit": "sessions", "target": 100}
    line = msgspec.convert({**figure, "actual": reached, "met": reached >= 100}, Line)
    sums = Sums(people=count, practitioners=0, sessions=10, attendances=20, minutes=90, kinds=("visit",))
    brief = Brief(
        title={},
        funder={},
        first=PERIOD.first,
        last=PERIOD.last,
        lines=(line,),
        outcomes=0,
        outcomes_passed=0,
        sums=sums,
    )
    given = {"brief": brief, "day": date(2021, 7, 1), "period": PERIOD, **more}
    return Row(agency_id=agency, contract_id=f"contract-{number}", title={}, funder={}, **given)


def codes(*people: str) -> frozenset[str]:
    return frozenset(people)


def test_people_of_one_agency_are_one_union() -> None:
    one, other = row(1, 2, people=codes("person-a", "person-b")), row(2, 2, people=codes("person-b", "practitioner-c"))
    found = totals([one, other])
    assert (found.people, found.practitioners) == (People(least=2, most=2), People(least=1, most=1))
    assert (found.sessions, found.attendances, found.minutes) == (20, 40, 180)


def test_people_who_cannot_be_told_apart_have_two_bounds_and_no_number() -> None:
    sent = totals([row(1, 30), row(2, 50)])
    assert (sent.people, sent.people.is_exact) == (People(least=50, most=80), False)
    told = totals([row(1, 1, people=codes("person-a")), row(2, 1, "agency-two", people=codes("person-a"))])
    assert told.people == People(least=1, most=2)
    assert totals([row(1, 30)]).people.is_exact


def test_what_was_not_submitted_is_in_no_sum() -> None:
    found = totals([row(1, 30), row(2, 50, brief=None)])
    assert (found.contracts, found.unsent, found.summed, found.sessions) == (2, 1, 1, 10)
    assert totals([]).people == People(least=0, most=0)


def test_each_row_says_where_its_measures_stand() -> None:
    assert totals([row(1, 3), row(2, 8), row(3, 12)]).standings == {"behind": 1, "on_pace": 1, "met": 1}
    ended = row(1, 3, day=date(2022, 1, 1))
    assert ended.standings == {"not_met": 1}


def test_rows_are_chosen_by_days_agency_kind_and_standing() -> None:
    today, one = date(2021, 7, 1), row(1, 3)
    for choice, fits in (
        (Choice(), True),
        (Choice(first=date(2021, 12, 31)), True),
        (Choice(first=date(2022, 1, 1)), False),
        (Choice(last=date(2020, 12, 31)), False),
        (Choice(agency="agency-two"), False),
        (Choice(kind="visit"), True),
        (Choice(kind="case_session"), False),
        (Choice(state="running"), True),
        (Choice(state="ended"), False),
        (Choice(standing="behind"), True),
        (Choice(standing="met"), False),
    ):
        assert choice.fits(one, today) == fits, choice
