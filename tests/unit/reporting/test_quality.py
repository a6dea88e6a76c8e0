"""The rules of data quality: each on its smallest example, and what must hold of any history."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.indicators.definition import Definition, Period
from services.reporting.indicators.facts import Facts, Presence, Score, Unit
from services.reporting.quality.domain import (
    OWNERS,
    by_rule,
    delays,
    of_contract,
    of_occasions,
    overlaps,
    same_twice,
    within,
)
from services.reporting.team.domain import LATE_AFTER, Occasion

DAY = date(2019, 3, 4)
MORNING = datetime(2019, 3, 4, 1, 0, tzinfo=UTC)


def _occasion(number: int = 1, **fields: Any) -> Occasion:
    usual: dict[str, Any] = {
        "kind": "case_session",
        "status": "held",
        "occurred_on": DAY,
        "minutes": 60,
        "attended": 1,
        "workers": ("account-1",),
        "contracts": ("kachi-2",),
        "case_id": f"case-{number}",
    }
    usual["recorded_on"] = fields.get("occurred_on", DAY)
    return Occasion(unit_id=f"session-{number:03}", **{**usual, **fields})


def _rules(*occasions: Occasion) -> dict[str, list[str]]:
    found = by_rule(of_occasions(occasions))
    return {rule: [one.about for one in own] for rule, own in found.items() if own}


many = st.lists(
    st.builds(
        lambda number, start, minutes, workers, case, status, contracts, delay: _occasion(
            number,
            starts_at=None if start is None else MORNING + timedelta(minutes=start),
            minutes=minutes,
            workers=tuple(sorted(workers)),
            case_id=case,
            status=status,
            contracts=contracts,
            recorded_on=DAY + timedelta(days=delay),
        ),
        st.integers(1, 999),
        st.none() | st.integers(0, 600),
        st.none() | st.integers(5, 180),
        st.sets(st.sampled_from(["account-1", "account-2", "account-3"])),
        st.none() | st.sampled_from(["case-a", "case-b"]),
        st.sampled_from(["held", "no_show", "cancelled"]),
        st.sampled_from([(), ("kachi-2",)]),
        st.integers(-1, 60),
    ),
    max_size=12,
    unique_by=lambda one: one.unit_id,
)


def test_entries_that_only_touch_do_not_overlap() -> None:
    first = _occasion(1, starts_at=MORNING)
    assert _rules(first, _occasion(2, starts_at=MORNING + timedelta(minutes=60))) == {}
    assert _rules(first, _occasion(2, starts_at=MORNING + timedelta(minutes=59))) == {"overlap": ["session-002"]}
    assert _rules(first, _occasion(2, starts_at=MORNING, workers=("account-2",))) == {}
    assert _rules(first, _occasion(2, starts_at=MORNING, status="no_show")) == {}


@given(many)
def test_an_overlap_is_of_the_workers_who_are_at_both(occasions: list[Occasion]) -> None:
    held = [one for one in occasions if one.status == "held"]
    by_id = {one.unit_id: one for one in held}
    found = {(worker, frozenset({one.about, one.other})) for one in overlaps(held) for worker in one.workers}
    expected = {
        (worker, frozenset({one.unit_id, other.unit_id}))
        for one in held
        for other in held
        for worker in {*one.workers} & {*other.workers}
        if one is not other and _shares_a_minute(one, other)
    }
    assert found == expected
    assert all(worker in by_id[str(one)].workers for worker, pair in found for one in pair)


def _shares_a_minute(one: Occasion, other: Occasion) -> bool:
    if not (one.starts_at and other.starts_at and one.minutes and other.minutes):
        return False
    minutes = [
        {int((each.starts_at - MORNING).total_seconds()) // 60 + minute for minute in range(each.minutes or 0)}
        for each in (one, other)
        if each.starts_at
    ]
    return bool(minutes[0] & minutes[1])


def test_the_same_session_twice_is_of_one_case_at_one_time() -> None:
    one = _occasion(1, case_id="case-a", starts_at=MORNING)
    again = _occasion(2, case_id="case-a", starts_at=MORNING, workers=("account-2",))
    assert [(found.about, found.other) for found in same_twice([again, one])] == [("session-002", "session-001")]
    assert not [*same_twice([one, _occasion(2, case_id="case-b", starts_at=MORNING)])]
    assert not [*same_twice([one, _occasion(2, case_id="case-a", starts_at=MORNING + timedelta(hours=3))])]
    untimed = [_occasion(number, case_id="case-a") for number in (3, 4)]
    assert [found.about for found in same_twice(untimed)] == ["session-004"]


@given(many)
def test_every_occasion_is_in_one_band_and_late_ones_are_those_beyond_a_week(occasions: list[Occasion]) -> None:
    bands = dict(delays(occasions))
    assert sum(bands.values()) == len(occasions)
    late = by_rule(of_occasions(occasions))["late"]
    assert len(late) == bands["in_a_month"] + bands["later"] == sum(one.delay > LATE_AFTER for one in occasions)


@given(many)
def test_what_took_place_without_a_contract_is_found_once_and_order_does_not_matter(occasions: list[Occasion]) -> None:
    found = by_rule(of_occasions(occasions))
    assert list(found) == list(OWNERS)
    assert {one.about for one in found["no_contract"]} == {
        one.unit_id for one in occasions if one.status == "held" and not one.contracts
    }
    assert by_rule(of_occasions(occasions[::-1])) == found


def test_a_day_of_grace_is_none(kachi: Definition, unit: Callable[..., Unit]) -> None:
    days = [kachi.period.first, kachi.period.last, kachi.period.last + timedelta(days=1)]
    facts = Facts(units=tuple(unit(f"session-{day}", "person-a", occurred_on=day) for day in days))
    found = by_rule(of_contract(kachi, facts, {}))
    assert [one.about for one in found["outside_period"]] == [f"session-{days[-1]}"]
    assert within(found, kachi.period)["outside_period"] == []
    assert within(found, Period(first=days[-1], last=days[-1]))["outside_period"] == found["outside_period"]


def test_who_would_count_but_for_the_target_group_is_named_once(kachi: Definition, unit: Callable[..., Unit]) -> None:
    without, low = (
        Presence("person-a", "drug_user", (), "present"),
        Presence("person-b", "drug_user", ("hidden",), "present"),
    )
    absent = Presence("person-c", "drug_user", (), "absent")
    facts = Facts(
        units=(
            unit("session-1", without, absent),
            unit("session-2", without, occurred_on=date(2019, 5, 6)),
            unit("session-3", low),
            unit("session-4", "person-family"),
        )
    )
    found = by_rule(of_contract(kachi, facts, {}))["no_target_group"]
    assert [(one.about, one.other) for one in found] == [("person-a", "session-2")]


def test_one_questionnaire_of_two_is_found_with_its_day(
    kachi: Definition, unit: Callable[..., Unit], score: Callable[..., Score]
) -> None:
    facts = Facts(
        units=(unit("meeting-1", "person-a", "person-b", "person-c", kind="group_meeting", activity="mutual_aid"),),
        scores=(
            score("person-a", "pre", DAY, 12),
            score("person-b", "post", DAY, 4),
            score("person-c", "pre", DAY, 12),
            score("person-c", "post", DAY + timedelta(days=90), 4),
        ),
    )
    found = by_rule(of_contract(kachi, facts, {}))
    assert [(one.about, one.on) for one in found["no_post_test"]] == [("person-a", DAY)]
    assert [(one.about, one.on) for one in found["no_pre_test"]] == [("person-b", DAY)]
