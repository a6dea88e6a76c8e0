"""Given facts, when a command, then facts: groups and their members."""

from dataclasses import replace
from datetime import date, timedelta
from functools import reduce

import pytest

from services.groups.groups.domain import (
    INITIAL,
    AdmitMember,
    ChangeGroup,
    EndGroup,
    GroupCommand,
    GroupState,
    OpenGroup,
    PlanGroup,
    ReleaseMember,
    decide,
    evolve,
)
from services.groups.groups.events import (
    GroupChanged,
    GroupEnded,
    GroupEvent,
    GroupOpened,
    GroupPlanned,
    MemberJoined,
    MemberLeft,
)
from shared.errors import CaseledgerError, Invalid, NotFound, RuleBroken

START = date(2026, 3, 2)
TODAY = date(2026, 6, 1)
GROUP = "group-1"
PLAN = PlanGroup(
    group_id=GROUP, title="Evening circle", activity="mutual_aid", closed=False, team_id="team-1", from_date=START
)
PLANNED = GroupPlanned(
    group_id=GROUP, title="Evening circle", activity="mutual_aid", closed=False, team_id="team-1", from_date=START
)
OPENED = GroupOpened(group_id=GROUP, on=START)


def given(*events: GroupEvent) -> GroupState:
    return reduce(evolve, events, INITIAL)


def joined(day: date, person_id: str = "person-1") -> MemberJoined:
    return MemberJoined(group_id=GROUP, person_id=person_id, role="family_member", from_date=day)


def admit(day: date, person_id: str = "person-1", role: str = "family_member") -> AdmitMember:
    return AdmitMember(group_id=GROUP, person_id=person_id, role=role, from_date=day)


def refused(command: GroupCommand, state: GroupState, error: type[CaseledgerError]) -> CaseledgerError:
    with pytest.raises(error) as caught:
        decide(command, state)
    return caught.value


def paths(error: CaseledgerError) -> list[tuple[str, str]]:
    return [(field.path, field.code) for field in error.fields]


def test_a_group_is_planned_opened_and_ended() -> None:
    assert decide(PLAN, given()) == [PLANNED]
    assert decide(OpenGroup(group_id=GROUP, on=START, today=TODAY), given(PLANNED)) == [OPENED]
    ended = GroupEnded(group_id=GROUP, on=TODAY)
    assert decide(EndGroup(group_id=GROUP, on=TODAY, today=TODAY), given(PLANNED, OPENED)) == [ended]


def test_every_wrong_field_of_a_plan_is_named_at_once() -> None:
    wrong = replace(
        PLAN, title=" ", activity="dancing", to_date=START - timedelta(days=1), intake_until=START + timedelta(days=7)
    )
    assert paths(refused(wrong, given(), Invalid)) == [
        ("title", "required"),
        ("activity", "unknown_code"),
        ("to_date", "end_before_start"),
        ("intake_until", "open_group_has_no_intake"),
    ]


def test_a_group_is_described_anew_and_its_intake_with_it() -> None:
    closed = given(replace(PLANNED, closed=True), OPENED)
    command = ChangeGroup(
        group_id=GROUP,
        title=" Morning circle ",
        activity="carer_self_care",
        closed=True,
        from_date=START,
        intake_until=date(2026, 4, 1),
    )
    (changed,) = decide(command, closed)
    assert isinstance(changed, GroupChanged)
    assert changed.title == "Morning circle"
    assert decide(admit(date(2026, 4, 1)), evolve(closed, changed))


def test_a_family_group_does_not_become_a_sector_series() -> None:
    command = ChangeGroup(group_id=GROUP, title="x", activity="training", closed=False, from_date=START)
    assert paths(refused(command, given(PLANNED), Invalid)) == [("activity", "group_of_other_kind")]


def test_a_group_of_the_same_id_is_not_planned_twice() -> None:
    assert refused(PLAN, given(PLANNED), RuleBroken).code == "group_exists"


@pytest.mark.parametrize(
    "command",
    [
        OpenGroup(group_id=GROUP, on=START, today=TODAY),
        EndGroup(group_id=GROUP, on=START, today=TODAY),
        admit(START),
        ReleaseMember(group_id=GROUP, person_id="person-1", to_date=START),
    ],
)
def test_nothing_happens_to_a_group_that_was_never_planned(command: GroupCommand) -> None:
    refused(command, given(), NotFound)


def test_a_group_opens_once_and_ends_once() -> None:
    ended = given(PLANNED, OPENED, GroupEnded(group_id=GROUP, on=TODAY))
    assert refused(OpenGroup(group_id=GROUP, on=START, today=TODAY), given(PLANNED, OPENED), RuleBroken).code == (
        "group_open_already"
    )
    assert refused(EndGroup(group_id=GROUP, on=TODAY, today=TODAY), ended, RuleBroken).code == "group_ended_already"


def test_a_group_neither_opens_nor_ends_in_the_future() -> None:
    tomorrow = TODAY + timedelta(days=1)
    for command in (
        OpenGroup(group_id=GROUP, on=tomorrow, today=TODAY),
        EndGroup(group_id=GROUP, on=tomorrow, today=TODAY),
    ):
        assert paths(refused(command, given(PLANNED), Invalid)) == [("on", "date_in_future")]


def test_a_group_does_not_end_before_it_opened() -> None:
    command = EndGroup(group_id=GROUP, on=START - timedelta(days=1), today=TODAY)
    assert paths(refused(command, given(PLANNED, OPENED), Invalid)) == [("on", "end_before_start")]


def test_a_person_joins_leaves_and_comes_back_as_a_second_membership() -> None:
    left = MemberLeft(group_id=GROUP, person_id="person-1", to_date=date(2026, 4, 1))
    away = given(PLANNED, OPENED, joined(START), left)
    back = decide(admit(date(2026, 5, 1)), away)
    assert back == [joined(date(2026, 5, 1))]
    memberships = reduce(evolve, back, away).memberships
    assert [(one.from_date, one.to_date) for one in memberships] == [
        (START, date(2026, 4, 1)),
        (date(2026, 5, 1), None),
    ]


@pytest.mark.parametrize(
    ("day", "belongs"),
    [(date(2026, 3, 1), False), (START, True), (date(2026, 4, 1), True), (date(2026, 4, 2), False)],
)
def test_both_days_of_a_membership_belong_to_it(day: date, belongs: bool) -> None:
    left = MemberLeft(group_id=GROUP, person_id="person-1", to_date=date(2026, 4, 1))
    (membership,) = given(PLANNED, joined(START), left).memberships
    assert membership.holds_on(day) is belongs


def test_nobody_is_a_member_twice_on_one_day() -> None:
    left = MemberLeft(group_id=GROUP, person_id="person-1", to_date=date(2026, 4, 1))
    for state in (given(PLANNED, joined(START)), given(PLANNED, joined(START), left)):
        assert paths(refused(admit(date(2026, 4, 1)), state, RuleBroken)) == [("person_id", "already_member")]


def test_a_member_has_a_known_role() -> None:
    assert paths(refused(admit(START, role="friend"), given(PLANNED), Invalid)) == [("role", "unknown_code")]


def test_a_closed_group_takes_nobody_in_after_it_opened() -> None:
    closed = given(replace(PLANNED, closed=True), OPENED)
    assert decide(admit(START), closed) == [joined(START)]
    assert paths(refused(admit(START + timedelta(days=1)), closed, RuleBroken)) == [("from_date", "group_closed")]


def test_a_closed_group_may_keep_its_intake_open_for_longer() -> None:
    closed = given(replace(PLANNED, closed=True, intake_until=date(2026, 3, 16)), OPENED)
    assert decide(admit(date(2026, 3, 16)), closed)
    assert refused(admit(date(2026, 3, 17)), closed, RuleBroken).code == "group_closed"


def test_a_late_entry_still_admits_somebody_to_a_group_that_has_ended_since() -> None:
    ended = given(PLANNED, OPENED, GroupEnded(group_id=GROUP, on=date(2026, 5, 1)))
    assert decide(admit(date(2026, 5, 1)), ended)
    assert paths(refused(admit(date(2026, 5, 2)), ended, RuleBroken)) == [("from_date", "group_ended")]


def test_only_a_member_leaves_and_not_before_joining() -> None:
    early = ReleaseMember(group_id=GROUP, person_id="person-1", to_date=START - timedelta(days=1))
    assert paths(refused(early, given(PLANNED, joined(START)), Invalid)) == [("to_date", "end_before_start")]
    assert paths(refused(early, given(PLANNED), RuleBroken)) == [("person_id", "not_a_member")]
