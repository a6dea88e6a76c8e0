"""The forecast of a measure: what it says of few months, and how often its interval holds on simulated histories."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from services.reporting.indicators import forecast as module
from services.reporting.indicators.definition import Definition, Measure, Period
from services.reporting.indicators.facts import Facts, Unit
from services.reporting.indicators.forecast import Forecast, forecast
from services.reporting.indicators.growth import growth
from services.reporting.indicators.months import months_of
from services.reporting.indicators.report import Count

Make = Callable[..., Unit]
PERIOD = Period(first=date(2019, 1, 1), last=date(2020, 12, 31))
WITHIN = (0.75, 0.95)
"""The stated 80 in 100, with the tolerance that the page states."""


def _measure(kachi: Definition, name: str = "output-1/sessions", **changes: object) -> Measure:
    output_id, measure_id = name.split("/")
    output = kachi.output(output_id)
    assert output is not None
    return replace(next(one for one in output.measures if one.id == measure_id), **changes)


def _after(months: int, period: Period = PERIOD) -> date:
    """The day after so many months."""
    return months_of(period)[months - 1].last + timedelta(days=1)


def _forecast(kachi: Definition, months: Sequence[float], name: str = "output-1/sessions") -> Forecast | None:
    return forecast(
        _measure(kachi, name), Fraction(sum(months)), [(one,) for one in months], PERIOD, _after(len(months))
    )


def test_months_that_are_all_alike_go_on(kachi: Definition) -> None:
    found = _forecast(kachi, [10.0] * 12)
    assert found is not None
    # 366 days of 2020 are a little more than twelve months of 365 / 12 days.
    assert found.likely == pytest.approx(120 + 10 * 366 / (365 / 12))
    assert found.low < found.likely < found.high
    assert found.months == 12


@pytest.mark.parametrize("months", [[], [9.0, 11.0], [0.0, 0.0, 0.0, 9.0, 11.0]])
def test_fewer_than_three_months_since_it_began_forecast_nothing(kachi: Definition, months: list[float]) -> None:
    assert not months or _forecast(kachi, months) is None
    assert forecast(_measure(kachi), Fraction(0), [], PERIOD, PERIOD.first) is None


def test_after_the_end_there_is_nothing_to_forecast(kachi: Definition) -> None:
    grown = [(10.0,)] * 24
    assert forecast(_measure(kachi), Fraction(240), grown, PERIOD, PERIOD.last + timedelta(days=1)) is None


def test_what_this_month_has_brought_cannot_be_taken_away(kachi: Definition) -> None:
    grown = [*[(1.0,)] * 23, (500.0,)]
    found = forecast(_measure(kachi), Fraction(523), grown, PERIOD, date(2020, 12, 20))
    assert found is not None
    assert found.low >= 523


def test_months_without_anybody_new_do_not_rule_out_that_one_comes(kachi: Definition) -> None:
    found = _forecast(kachi, [3.0, *[0.0] * 8], "output-1/persons")
    assert found is not None
    assert found.likely == found.low == 3
    assert found.high > 4


def test_a_share_is_forecast_as_a_share(kachi: Definition) -> None:
    whole = _measure(kachi)
    share = replace(whole, kind="share", whole=whole, target=Fraction(3, 10))
    grown = [(3.0 + n % 2, 10.0) for n in range(12)]
    found = forecast(share, Fraction(42, 120), grown, PERIOD, _after(12))
    assert found is not None
    assert found.likely == pytest.approx(0.35)
    assert 0 <= found.low < 0.35 < found.high <= 1


def test_the_outlook_compares_both_ends_with_the_target(kachi: Definition) -> None:
    found = Forecast(likely=300, low=250, high=350, months=12)
    outlooks = [found.against(_measure(kachi, target=Fraction(target))) for target in (250, 300, 350, 351)]
    assert outlooks == ["likely", "open", "open", "unlikely"]
    assert found.against(_measure(kachi, target=Fraction(250), comparator="more_than")) == "open"
    assert found.against(_measure(kachi, target=None)) is None


def test_the_table_of_students_t_is_right() -> None:
    assert tuple(round(float(student.ppf(0.9, df)), 3) for df in range(1, 12)) == module._T90


@given(st.lists(st.integers(0, 200), min_size=3, max_size=23), st.integers(2, 9))
def test_a_unit_ten_times_smaller_gives_a_forecast_ten_times_larger(
    kachi: Definition, months: list[int], factor: int
) -> None:
    one, other = _forecast(kachi, months), _forecast(kachi, [factor * value for value in months])
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert other.likely == pytest.approx(factor * one.likely)
        assert one.low <= one.likely <= one.high


def _poisson(random: Random, mean: float) -> int:
    if mean > 50:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    limit, product, number = math.exp(-mean), random.random(), 0
    while product > limit:
        product, number = product * random.random(), number + 1
    return number


def _steady(random: Random, months: int) -> list[int]:
    mean = random.uniform(3, 40)
    return [_poisson(random, mean) for _ in range(months)]


def _seasonal(random: Random, months: int) -> list[int]:
    mean, size, began = random.uniform(5, 40), random.uniform(0.2, 0.6), random.randrange(12)
    return [_poisson(random, mean * (1 + size * math.sin(math.tau * (n + began) / 12))) for n in range(months)]


def _late(random: Random, months: int) -> list[int]:
    """Nothing for three to eight months, then four months until it is in full swing."""
    mean, began = random.uniform(3, 30), random.randrange(3, 9)
    return [0 if n < began else _poisson(random, mean * min(1, (n - began + 1) / 4)) for n in range(months)]


def _bursts(random: Random, months: int) -> list[int]:
    """Much in some months, such as after a big activity, and nothing in the others."""
    chance, size = random.uniform(0.2, 0.5), random.uniform(5, 40)
    return [_poisson(random, size) if random.random() < chance else 0 for _ in range(months)]


def _groups(random: Random, months: int) -> list[int]:
    """Attendances of groups of 8 to 12 weekly meetings, with 3 to 8 weeks between them."""
    weeks: list[int] = []
    while len(weeks) < 4.35 * (months + 1):
        size = random.uniform(5, 9)
        weeks += [_poisson(random, size) for _ in range(random.randrange(8, 13))] + [0] * random.randrange(3, 9)
    return [sum(weeks[int(n * 4.348) : int((n + 1) * 4.348)]) for n in range(months)]


def _new_people(random: Random, months: int) -> list[int]:
    """Ever fewer, since whom one could reach has been reached."""
    left, chance = random.uniform(40, 200), random.uniform(0.03, 0.08)
    found = []
    for _ in range(months):
        found.append(min(_poisson(random, left * chance), int(left)))
        left -= 0.7 * found[-1]
    return found


SHAPES = {
    "steady": (_steady, "output-1/sessions"),
    "seasonal": (_seasonal, "output-1/sessions"),
    "late start": (_late, "output-1/sessions"),
    "bursts": (_bursts, "output-1/sessions"),
    "series of groups": (_groups, "output-1/attendances"),
    "new people": (_new_people, "output-1/persons"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_interval_holds_as_often_as_it_says(kachi: Definition, shape: str) -> None:
    """Contracts of one to three years, each looked at after a third of it or later."""
    history, name = SHAPES[shape]
    random, measure, held, asked = Random(20260101), _measure(kachi, name), 0, 0
    while asked < 600:
        years = random.choice((1, 2, 3))
        period = Period(first=date(2019, 1, 1), last=date(2018 + years, 12, 31))
        gone = random.randrange(max(4, 4 * years), 12 * years - 1)
        months = history(random, 12 * years)
        known = [(float(one),) for one in months[:gone]]
        found = forecast(measure, Fraction(sum(months[:gone])), known, period, _after(gone, period))
        if found is not None:
            asked += 1
            held += math.floor(found.low) <= sum(months) <= math.ceil(found.high)
    assert WITHIN[0] <= held / asked <= WITHIN[1]


def test_growth_adds_up_and_counts_everybody_once(kachi: Definition, unit: Make) -> None:
    units = (
        unit("meeting-1", "a", "b", kind="group_meeting", activity="mutual_aid", occurred_on=date(2019, 3, 4)),
        unit("meeting-2", "a", kind="group_meeting", activity="mutual_aid", occurred_on=date(2019, 5, 6)),
        unit("meeting-3", "b", "c", kind="group_meeting", activity="mutual_aid", occurred_on=date(2019, 2, 4)),
    )
    found = growth(Count(kachi, Facts(units=units)))
    first = months_of(kachi.period).index(Period(first=date(2019, 2, 1), last=date(2019, 2, 28)))
    by_measure = {name: [int(one) for (one,) in found["output-1", name][first : first + 4]] for name in _NAMES}
    assert by_measure == {"persons": [2, 1, 0, 0], "sessions": [1, 1, 0, 1], "attendances": [2, 2, 0, 1]}


_NAMES = ("persons", "sessions", "attendances")
