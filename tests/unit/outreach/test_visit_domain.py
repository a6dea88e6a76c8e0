"""What outreach asks of a visit: who was met, the case, the people; and what it only points out."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.outreach.cases.domain import KnownCase
from services.outreach.people.domain import PersonOnDay
from services.outreach.visits.domain import (
    OtherVisit,
    met_before,
    notices,
    refuse,
    status_of,
    tags_for,
    wrong_fields_here,
)
from shared.clock import HONG_KONG
from shared.errors import RuleBroken
from shared.serviceunit.unit import Participant, Segment, ServiceUnit
from shared.testing.units import a_person, a_unit

START = datetime(2021, 5, 28, 20, 0, tzinfo=HONG_KONG)
MET = a_person("contact-1", role="drug_user")
NOT_MET = a_person("contact-2", role="drug_user", status="absent")
PEOPLE = {
    person_id: PersonOnDay(person_id=person_id, same_as=same_as)
    for person_id, same_as in [("contact-1", "contact-1"), ("contact-2", "person-1"), ("person-1", "person-1")]
}


def visit(*participants: Participant, **changes: Any) -> ServiceUnit:
    given_unit = a_unit(unit_id="visit-1", kind="visit", setting="outreach", starts_at=START, participants=participants)
    return replace(given_unit, **changes)


def wrong(unit: ServiceUnit, already: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in wrong_fields_here(unit, PEOPLE, already)]


def test_a_visit_with_one_met_and_one_missed_is_fine() -> None:
    assert wrong(visit(MET, NOT_MET)) == []


@pytest.mark.parametrize(
    ("participants", "unidentified", "status"),
    [
        ((MET, NOT_MET), 0, "held"),
        ((replace(MET, status="late"),), 0, "held"),
        ((replace(MET, status="left_early"),), 0, "held"),
        ((NOT_MET,), 0, "missed"),
        ((replace(MET, status="excused"),), 0, "missed"),
        ((), 0, "missed"),
        ((), 12, "held"),
        ((NOT_MET,), 3, "held"),
    ],
)
def test_a002_06_a_visit_is_held_when_somebody_was_met_and_missed_when_nobody_was(
    participants: tuple[Participant, ...], unidentified: int, status: str
) -> None:
    assert status_of(None, participants, unidentified) == status
    assert wrong(visit(*participants, unidentified_count=unidentified, status=status)) == []


@given(st.lists(st.sampled_from(["present", "absent", "excused", "late", "left_early"]), max_size=4), st.integers(0, 2))
def test_the_status_that_follows_is_always_accepted_and_its_opposite_never(statuses: list[str], others: int) -> None:
    participants = tuple(a_person(f"contact-{index}", status=status) for index, status in enumerate(statuses))
    people = {person.person_id: PersonOnDay(person_id=person.person_id, same_as="x") for person in participants}
    status = status_of(None, participants, others)
    unit = visit(*participants, unidentified_count=others, status=status)
    assert wrong_fields_here(unit, people) == []
    assert wrong_fields_here(replace(unit, status="missed" if status == "held" else "held"), people) != []


@pytest.mark.parametrize(
    ("unit", "path", "code"),
    [
        (visit(NOT_MET), "status", "nobody_met"),
        (visit(), "status", "nobody_met"),
        (visit(MET, status="missed"), "status", "somebody_met"),
        (visit(MET, status="cancelled"), "status", "somebody_met"),
        (visit(MET, status="no_show"), "status", "unknown_code"),
        (visit(MET, setting="centre"), "setting", "unknown_code"),
        (visit(MET, a_person("contact-9")), "participants.1.person_id", "person_unknown"),
    ],
)
def test_a_visit_that_makes_no_sense_is_refused(unit: ServiceUnit, path: str, code: str) -> None:
    assert (path, code) in wrong(unit)


def test_a_plan_says_nothing_of_who_was_met() -> None:
    assert wrong(visit(status="planned")) == []


def test_an_erased_person_cannot_be_added_and_stays_where_they_are() -> None:
    people = {"person-1": PersonOnDay(person_id="person-1", same_as="person-1", erased=True)}
    (error,) = wrong_fields_here(visit(a_person("person-1")), people)
    assert error.code == "person_erased"
    assert wrong_fields_here(visit(a_person("person-1")), people, already=("person-1",)) == []


CASE = KnownCase(
    case_id="case-1",
    team_id="team-1",
    case_number="A-1",
    stage="open",
    stage_on=date(2021, 3, 1),
    periods=((date(2020, 1, 1), date(2020, 12, 31)), (date(2021, 3, 1), None)),
)
CLOSED = replace(CASE, stage="closed", stage_on=date(2020, 12, 31), periods=CASE.periods[:1])
NEVER_OPENED = replace(CASE, stage="intake", stage_on=date(2020, 1, 1), periods=())
DROPPED = replace(NEVER_OPENED, stage="closed")


@pytest.mark.parametrize(
    ("case", "day", "tags"),
    [
        (None, date(2021, 5, 1), ()),
        (CASE, date(2020, 1, 1), ()),
        (CASE, date(2020, 12, 31), ()),
        (CASE, date(2021, 5, 1), ()),
        (CLOSED, date(2020, 6, 1), ()),
        (CASE, date(2019, 12, 31), ("before_opening",)),
        (NEVER_OPENED, date(2021, 5, 1), ("before_opening",)),
        (DROPPED, date(2020, 1, 1), ("before_opening",)),
    ],
)
def test_a_visit_to_a_case_needs_no_more_while_the_case_is_open_or_not_yet(
    case: KnownCase | None, day: date, tags: tuple[str, ...]
) -> None:
    assert tags_for(case, day, aftercare=False) == tags
    assert tags_for(case, day, aftercare=True) == tags


@pytest.mark.parametrize(
    ("case", "day"),
    [(CLOSED, date(2021, 1, 1)), (CASE, date(2021, 1, 15)), (DROPPED, date(2020, 1, 2))],
    ids=["closed", "between two openings", "never opened"],
)
def test_a_visit_to_a_closed_case_is_refused_unless_it_is_aftercare(case: KnownCase, day: date) -> None:
    with pytest.raises(RuleBroken) as refused:
        tags_for(case, day, aftercare=False)
    assert (refused.value.code, refused.value.field) == ("case_closed", "case_id")
    assert tags_for(case, day, aftercare=True) == ("aftercare",)


OTHER = OtherVisit(
    unit_id="visit-2",
    setting="outreach",
    starts_at=START + timedelta(minutes=30),
    minutes=60,
    served_by=frozenset({"account-1"}),
    people=frozenset({"contact-1"}),
)
PERIODS = {"kachi-2": (date(2018, 6, 1), date(2021, 5, 31))}


def pointed_out(unit: ServiceUnit, *others: OtherVisit) -> list[str]:
    return [notice.code for notice in notices(unit, PEOPLE, PERIODS, others, {})]


def test_a002_24_a_worker_in_two_places_is_pointed_out() -> None:
    assert pointed_out(visit(MET), OTHER) == ["overlap"]
    assert pointed_out(visit(MET), replace(OTHER, served_by=frozenset({"account-2"}))) == []
    assert pointed_out(visit(MET), replace(OTHER, starts_at=START + timedelta(minutes=60))) == []
    assert pointed_out(visit(NOT_MET, status="missed"), OTHER) == []
    assert pointed_out(visit(MET, unit_id="visit-2"), OTHER) == []


def test_a002_24_the_same_contact_at_the_same_time_is_pointed_out() -> None:
    twin = replace(OTHER, starts_at=START, served_by=frozenset())
    assert pointed_out(visit(MET), twin) == ["possible_duplicate"]
    assert pointed_out(visit(NOT_MET, MET), replace(twin, people=frozenset({"contact-3"}))) == []


def test_a002_10_the_same_visit_is_not_recorded_for_a_second_contract() -> None:
    twin = replace(OTHER, starts_at=START, contracts=frozenset({"kachi-2"}))
    ours = visit(MET, segments=(Segment(contract_id="youth-1"),))
    with pytest.raises(RuleBroken) as refused:
        refuse(ours, [twin])
    assert refused.value.code == "counted_for_other_contract"
    refuse(visit(MET, segments=(Segment(contract_id="kachi-2"),)), [twin])
    refuse(replace(ours, setting="home_visit"), [twin])
    refuse(replace(ours, participants=(NOT_MET,)), [twin])
    refuse(ours, [replace(twin, unit_id="visit-1")])
    refuse(replace(ours, starts_at=None), [replace(twin, starts_at=None)])


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2018, 5, 31), ["outside_period"]),
        (date(2018, 6, 1), []),
        (date(2021, 5, 31), []),
        (date(2021, 6, 1), ["outside_period"]),
    ],
)
def test_a002_22_a_date_outside_the_contract_is_pointed_out(day: date, codes: list[str]) -> None:
    unit = visit(MET, occurred_on=day, starts_at=None, segments=(Segment(contract_id="kachi-2"),))
    assert pointed_out(unit) == codes


def test_a_token_and_the_person_it_is_are_pointed_out() -> None:
    assert pointed_out(visit(a_person("contact-2"), a_person("person-1"))) == ["same_person"]


def test_whom_one_may_meet_again_are_those_of_the_place_then_those_met_by_oneself() -> None:
    here = visit(a_person("contact-here"), NOT_MET, place_id="place-1", served_by=("account-2",))
    mine = visit(a_person("contact-mine"), a_person("contact-here"), place_id="place-2", served_by=("account-1",))
    theirs = visit(a_person("contact-theirs"), place_id="place-2", served_by=("account-2",))
    latest = [theirs, mine, here]
    assert met_before(latest, "account-1", "place-1", most=9) == ["contact-here", "contact-mine"]
    assert met_before(latest, "account-1", None, most=9) == ["contact-mine", "contact-here"]
    assert met_before(latest, "account-1", "place-1", most=1) == ["contact-here"]
    assert met_before(latest, "account-3", None, most=9) == []
