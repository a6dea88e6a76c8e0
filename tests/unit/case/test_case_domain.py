"""Given facts, when a command, then facts: cases and their members."""

from dataclasses import replace
from datetime import date, timedelta
from functools import reduce

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from services.case.cases.domain import (
    INITIAL,
    AssignCase,
    Case,
    CaseCommand,
    CloseCase,
    JoinCase,
    LeaveCase,
    OpenCase,
    Period,
    RegisterCase,
    ReopenCase,
    StartIntake,
    TransferCase,
    decide,
    evolve,
)
from services.case.cases.events import CaseAssigned, CaseEnquired, CaseEvent, CaseOpened, CaseRegistered, Member
from shared.errors import CaseledgerError, Invalid, NotFound, RuleBroken

TODAY = date(2026, 6, 1)
START = date(2026, 3, 2)
MOTHER = Member(person_id="person-a", relationship="mother", from_date=START)
REGISTER = RegisterCase(
    case_id="case-a",
    case_number="C1",
    kind="family",
    contract_id="kachi-2",
    team_id="team-1",
    worker_id=None,
    stage="open",
    on=START,
    members=(MOTHER,),
    today=TODAY,
)


def run(*commands: CaseCommand) -> Case:
    case = INITIAL
    for command in commands:
        case = reduce(evolve, decide(command, case), case)
    return case


def refused(command: CaseCommand, case: Case, error: type[CaseledgerError]) -> str:
    with pytest.raises(error) as caught:
        decide(command, case)
    return caught.value.code


def on(days: int) -> dict[str, date]:
    return {"on": START + timedelta(days=days), "today": TODAY}


def test_a_case_is_registered_at_its_first_stage() -> None:
    events = decide(replace(REGISTER, worker_id="account-1"), INITIAL)
    assert [type(event) for event in events] == [CaseRegistered, CaseOpened, CaseAssigned]
    enquiry: list[CaseEvent] = decide(replace(REGISTER, stage="enquiry"), INITIAL)
    assert isinstance(enquiry[1], CaseEnquired)
    assert refused(REGISTER, run(REGISTER), RuleBroken) == "case_exists"
    assert refused(replace(REGISTER, on=TODAY + timedelta(days=1)), INITIAL, Invalid) == "date_in_future"


def test_stages_follow_each_other_and_leave_periods_behind() -> None:
    case = run(
        replace(REGISTER, stage="enquiry"),
        StartIntake(**on(1)),
        OpenCase(**on(2)),
        CloseCase(**on(10), reason="goals_met"),
        ReopenCase(**on(20)),
    )
    day = START.__add__
    assert case.periods == (
        Period(opened_on=day(timedelta(2)), closed_on=day(timedelta(10))),
        Period(opened_on=day(timedelta(20))),
    )
    assert case.stage == "open"


def test_an_enquiry_may_close_without_ever_having_been_open() -> None:
    assert run(replace(REGISTER, stage="enquiry"), CloseCase(**on(1), reason=None)).periods == ()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (StartIntake(**on(1)), "stage_passed"),
        (OpenCase(**on(1)), "stage_passed"),
        (ReopenCase(**on(1)), "case_not_closed"),
        (TransferCase(team_id="team-1", worker_id=None, **on(1)), "same_team"),
        (JoinCase(person_id="person-a", relationship="self", from_date=START), "member_already"),
        (LeaveCase(person_id="person-x", to_date=START), "not_a_member"),
    ],
)
def test_what_an_open_case_refuses(command: CaseCommand, code: str) -> None:
    assert refused(command, run(REGISTER), RuleBroken) == code


@pytest.mark.parametrize(
    "command",
    [
        CloseCase(**on(9), reason=None),
        AssignCase(worker_id="account-1", **on(9)),
        TransferCase(team_id="team-2", worker_id=None, **on(9)),
        JoinCase(person_id="person-b", relationship="son", from_date=START),
    ],
)
def test_a_closed_case_refuses_everything_but_reopening(command: CaseCommand) -> None:
    closed = run(REGISTER, CloseCase(**on(5), reason=None))
    assert refused(command, closed, RuleBroken) == "case_closed"
    assert refused(command, INITIAL, NotFound) == "case_not_found"


def test_no_stage_begins_before_the_one_it_follows() -> None:
    assert refused(CloseCase(**on(-1), reason=None), run(REGISTER), Invalid) == "before_last_stage"


def test_a_member_who_left_may_come_back_later() -> None:
    last = START + timedelta(days=3)
    case = run(REGISTER, LeaveCase(person_id="person-a", to_date=last))
    again = JoinCase(person_id="person-a", relationship="mother", from_date=last)
    assert refused(again, case, RuleBroken) == "member_already"
    assert (
        len(run(REGISTER, LeaveCase(person_id="person-a", to_date=last), replace(again, from_date=TODAY)).members) == 2
    )
    early = LeaveCase(person_id="person-a", to_date=START - timedelta(days=1))
    assert refused(early, run(REGISTER), Invalid) == "end_before_start"


def test_a_case_of_one_person_has_one_member_at_a_time() -> None:
    alone = replace(REGISTER, kind="person")
    assert refused(JoinCase(person_id="person-b", relationship="son", from_date=TODAY), run(alone), RuleBroken) == (
        "one_person_only"
    )


moves = st.lists(
    st.tuples(st.sampled_from([StartIntake, OpenCase, CloseCase, ReopenCase]), st.integers(0, 90)), max_size=12
)


@any_of(moves)
def test_periods_never_overlap_whatever_is_tried(tried: list[tuple[type, int]]) -> None:
    case = run(replace(REGISTER, stage="enquiry"))
    for kind, days in tried:
        more = {"reason": None} if kind is CloseCase else {}
        try:
            case = reduce(evolve, decide(kind(**on(days), **more), case), case)
        except CaseledgerError:
            continue
    for earlier, later in zip(case.periods, case.periods[1:], strict=False):
        assert earlier.closed_on is not None
        assert earlier.opened_on <= earlier.closed_on <= later.opened_on
    assert (case.stage == "open") == bool(case.periods and case.periods[-1].closed_on is None)
