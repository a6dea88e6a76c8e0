"""What groups ask of a meeting: its kind, its group, the people in it, and what is worth a second look."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.groups.groups.domain import GroupOnDay
from services.groups.meetings.domain import OtherMeeting, notices, refuse, wrong_fields_here
from services.groups.people.domain import PersonOnDay
from shared.clock import HONG_KONG
from shared.errors import Invalid, RuleBroken
from shared.serviceunit.unit import Participant, Segment, ServiceUnit

DAY = date(2026, 3, 10)
START = datetime(2026, 3, 10, 19, 0, tzinfo=HONG_KONG)
GROUP = GroupOnDay(
    group_id="group-1",
    activity="mutual_aid",
    team_id="team-1",
    phase="open",
    from_date=date(2026, 3, 2),
    members=frozenset({"person-1", "person-2"}),
)
MEETING = ServiceUnit(
    unit_id="meeting-1",
    kind="group_meeting",
    occurred_on=DAY,
    team_id="team-1",
    entered_by="account-1",
    served_by=("account-1",),
    activity="mutual_aid",
    group_id="group-1",
)
EVENT = replace(MEETING, kind="sector_event", activity="training", group_id=None)


def with_people(unit: ServiceUnit, *people: Participant) -> ServiceUnit:
    return replace(unit, participants=people)


def family(person_id: str, **more: object) -> Participant:
    return replace(Participant(person_id=person_id, role="family_member"), **more)  # type: ignore[arg-type]


def known(*people: PersonOnDay) -> dict[str, PersonOnDay]:
    return {person.person_id: person for person in people}


def person(person_id: str, same_as: str | None = None, **more: object) -> PersonOnDay:
    return replace(PersonOnDay(person_id=person_id, same_as=same_as or person_id), **more)  # type: ignore[arg-type]


def check(
    unit: ServiceUnit,
    group: GroupOnDay | None,
    people: dict[str, PersonOnDay],
    already: tuple[str, ...] = (),
    others: tuple[OtherMeeting, ...] = (),
) -> None:
    wrong = wrong_fields_here(unit, group, people, already)
    if wrong:
        raise Invalid.of(wrong)
    refuse(unit, group, people, others, already)


def refused(*asked: Any, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises((Invalid, RuleBroken)) as caught:
        check(*asked, **more)
    return [(field.path, field.code) for field in caught.value.fields]


def test_members_and_marked_walk_ins_may_be_there() -> None:
    unit = with_people(MEETING, family("person-1"), family("person-9", walk_in=True))
    check(unit, GROUP, known(person("person-1"), person("person-9")))


def test_somebody_neither_member_nor_walk_in_is_named_by_place_in_the_list() -> None:
    unit = with_people(MEETING, family("person-1"), family("person-9"))
    assert refused(unit, GROUP, known(person("person-1"), person("person-9"))) == [("participants.1", "not_a_member")]


@pytest.mark.parametrize(
    "role", ["companion", "guest", "child", "volunteer", "collateral", "peer_supporter", "practitioner"]
)
def test_company_needs_no_membership(role: str) -> None:
    check(with_people(MEETING, family("person-9", role=role)), GROUP, known(person("person-9")))


def test_an_activity_without_a_group_has_no_members_so_everybody_walks_in() -> None:
    unit = replace(with_people(MEETING, family("person-1")), group_id=None)
    assert refused(unit, None, known(person("person-1"))) == [("participants.0", "not_a_member")]
    check(with_people(unit, family("person-1", walk_in=True)), None, known(person("person-1")))


def test_a_member_is_known_again_under_the_id_after_a_merge() -> None:
    group = replace(GROUP, members=frozenset({"person-2"}))
    check(with_people(MEETING, family("person-1")), group, known(person("person-1", same_as="person-2")))


def test_a_plan_may_expect_people_who_are_not_yet_members() -> None:
    unit = with_people(replace(MEETING, status="planned"), family("person-9"))
    check(unit, GROUP, known(person("person-9")))


def test_unknown_and_erased_people_are_refused() -> None:
    unit = with_people(MEETING, family("person-1"), family("person-2"))
    assert refused(unit, GROUP, known(person("person-2", erased=True))) == [
        ("participants.0.person_id", "person_unknown"),
        ("participants.1.person_id", "person_erased"),
    ]


def test_a_correction_keeps_somebody_who_was_erased_since() -> None:
    unit = with_people(MEETING, family("person-2"))
    check(unit, GROUP, known(person("person-2", erased=True)), already=("person-2",))


def test_a_meeting_after_the_end_of_its_group_is_refused_and_a_late_entry_is_not() -> None:
    assert refused(MEETING, replace(GROUP, phase="ended", ended_on=DAY - timedelta(days=1)), {}) == [
        ("occurred_on", "group_ended")
    ]
    check(MEETING, replace(GROUP, phase="ended", ended_on=DAY), {})


def test_a_closed_group_refuses_walk_ins_after_its_intake() -> None:
    unit = with_people(MEETING, family("person-1"), family("person-9", walk_in=True))
    people = known(person("person-1"), person("person-9"))
    closed = replace(GROUP, intake_ends=DAY - timedelta(days=1))
    assert refused(unit, closed, people) == [("participants.1.walk_in", "group_closed")]
    check(unit, replace(GROUP, intake_ends=DAY), people)
    check(unit, closed, people, already=("person-9",))


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (replace(MEETING, kind="case_session"), ("kind", "unknown_code")),
        (replace(MEETING, activity=None), ("activity", "required")),
        (replace(MEETING, activity="training"), ("activity", "unknown_code")),
        (replace(EVENT, activity="mutual_aid"), ("activity", "unknown_code")),
    ],
)
def test_the_activity_fits_the_kind(unit: ServiceUnit, expected: tuple[str, str]) -> None:
    assert refused(unit, None, {}) == [expected]


def test_a_sector_event_does_not_belong_to_a_family_group() -> None:
    assert refused(replace(EVENT, group_id="group-1"), GROUP, {}) == [("group_id", "group_of_other_kind")]


def test_a002_09_at_a_sector_event_one_person_appears_by_the_role_of_a_practitioner_alone() -> None:
    both = person("person-1", roles=frozenset({"family_member", "practitioner"}))
    check(with_people(EVENT, family("person-1", role="practitioner")), None, known(both))
    assert refused(with_people(EVENT, family("person-1")), None, known(both)) == [
        ("participants.0.person_id", "not_a_practitioner")
    ]


def test_a_practitioner_holds_that_role_on_the_day() -> None:
    unit = with_people(EVENT, family("person-1", role="practitioner"))
    not_yet = person("person-1", roles=frozenset({"family_member"}))
    assert refused(unit, None, known(not_yet)) == [("participants.0.person_id", "not_a_practitioner")]


def codes_of(
    unit: ServiceUnit, *others: OtherMeeting, group: GroupOnDay | None = GROUP, **people: PersonOnDay
) -> list[str]:
    periods = {"kachi-2": (date(2018, 6, 1), date(2021, 5, 31))}
    known_people = {one.person_id: one for one in people.values()}
    return [notice.code for notice in notices(unit, group, known_people, periods, others, {})]


def test_a002_22_a_date_outside_the_contract_is_pointed_out() -> None:
    paid = replace(MEETING, segments=(Segment(contract_id="kachi-2"),))
    for day, told in ((date(2018, 5, 31), 1), (date(2018, 6, 1), 0), (date(2021, 5, 31), 0), (date(2021, 6, 1), 1)):
        codes = codes_of(replace(paid, occurred_on=day), group=None)
        assert codes.count("outside_period") == told


def test_a_meeting_of_a_group_that_was_not_open_is_pointed_out() -> None:
    assert codes_of(MEETING, group=replace(GROUP, phase="planned")) == ["group_not_open"]
    assert codes_of(MEETING) == []


def test_people_merged_since_are_pointed_out() -> None:
    unit = with_people(MEETING, family("person-1"), family("person-2"))
    people = {"a": person("person-1", same_as="person-2"), "b": person("person-2")}
    assert codes_of(unit, **people) == ["person_merged", "same_person"]


OTHER = OtherMeeting(
    unit_id="meeting-2", group_id="group-1", starts_at=START, minutes=90, served_by=frozenset({"account-1"})
)


def test_a002_24_a_second_meeting_of_a_group_with_the_same_start_is_a_possible_duplicate() -> None:
    unit = replace(MEETING, starts_at=START, minutes=90)
    assert codes_of(unit, OTHER) == ["possible_duplicate"]
    assert codes_of(unit, replace(OTHER, unit_id="meeting-1")) == []


@pytest.mark.parametrize(
    ("later", "told"),
    [(timedelta(minutes=89), ["overlap"]), (timedelta(minutes=90), []), (timedelta(0), ["overlap"])],
)
def test_a002_24_a_worker_is_not_in_two_places(later: timedelta, told: list[str]) -> None:
    unit = replace(MEETING, starts_at=START + later, minutes=60, group_id="group-1")
    assert codes_of(unit, replace(OTHER, group_id="group-2")) == told


def test_a_worker_who_was_elsewhere_is_not_asked_about_a_cancelled_meeting() -> None:
    unit = replace(MEETING, starts_at=START, minutes=60, status="cancelled")
    assert codes_of(unit, replace(OTHER, group_id="group-2")) == []


def test_a002_10_one_meeting_is_not_recorded_again_for_another_contract() -> None:
    other = replace(OTHER, contracts=frozenset({"kachi-2"}))
    again = replace(MEETING, starts_at=START, segments=(Segment(contract_id="other-fund"),))
    assert refused(again, GROUP, {}, others=(other,)) == [("contract_id", "counted_for_other_contract")]
    check(replace(again, segments=(Segment(contract_id="kachi-2"),)), GROUP, {}, others=(other,))
    check(replace(again, starts_at=START + timedelta(hours=2)), GROUP, {}, others=(other,))
