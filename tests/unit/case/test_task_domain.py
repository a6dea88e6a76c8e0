"""Given facts, when a command, then facts: tasks for the same day and their chains."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest

from services.case.codes import TASK_DECISIONS, TASK_KINDS
from services.case.tasks.domain import (
    DECISIONS_OF,
    INITIAL,
    DecideTask,
    Note,
    RaiseTask,
    ReportTask,
    Task,
    TaskCommand,
    WithdrawTask,
    decide,
    evolve,
)
from services.case.tasks.events import (
    Decision,
    Matter,
    Report,
    TaskDecided,
    TaskEvent,
    TaskNoted,
    TaskRaised,
    TaskReported,
    TaskWithdrawn,
)
from shared.errors import CaseledgerError, Invalid, NotFound, RuleBroken

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
CHILD = Matter(kind="child_safety", service="case", entry_id="session-a", case_id="case-a", worker_id="account-w")
RISK = replace(CHILD, kind="self_harm_risk", entry_id="assessment-a", person_id="person-a")
RAISED = TaskRaised(task_id="task-a", team_id="team-1", matter=CHILD)
TO_REPORT = TaskDecided(task_id="task-a", closed=False, decision=Decision(code="report", bodies=("police", "fcpsu")))


def given(*events: TaskEvent) -> Task:
    return reduce(evolve, events, INITIAL)


def to(code: str, *bodies: str, note: Note | None = None) -> DecideTask:
    return DecideTask(decision=Decision(code=code, bodies=bodies), note=note)


def told(body: str, at: datetime = NOW) -> ReportTask:
    return ReportTask(report=Report(body=body, reported_at=at), now=NOW)


def test_a_task_is_raised_and_waits_for_a_decision() -> None:
    command = RaiseTask(task_id="task-a", team_id="team-1", matter=CHILD)
    assert decide(command, INITIAL) == [RAISED]
    assert given(RAISED).awaits == "decision"
    with pytest.raises(RuleBroken, match="exists"):
        decide(command, given(RAISED))


def test_every_kind_has_decisions_and_every_decision_a_label() -> None:
    assert DECISIONS_OF.keys() == TASK_KINDS.keys()
    assert {code for codes in DECISIONS_OF.values() for code in codes} == TASK_DECISIONS.keys()


@pytest.mark.parametrize(
    ("matter", "code", "awaits"),
    [
        (CHILD, "no_further_action", None),
        (CHILD, "consult", "advice"),
        (RISK, "safety_plan", None),
        (RISK, "emergency", None),
    ],
)
def test_a_decision_ends_the_task_or_says_what_is_next(matter: Matter, code: str, awaits: str | None) -> None:
    task = given(replace(RAISED, matter=matter))
    (decided,) = decide(to(code), task)
    assert decided == TaskDecided(task_id="task-a", closed=awaits is None, decision=Decision(code=code))
    assert evolve(task, decided).awaits == awaits


def test_a_report_is_done_when_every_body_was_told() -> None:
    assert decide(to("report", "police", "fcpsu"), given(RAISED)) == [TO_REPORT]
    (first,) = decide(told("police"), given(RAISED, TO_REPORT))
    assert first == TaskReported(task_id="task-a", closed=False, report=Report(body="police", reported_at=NOW))
    assert given(RAISED, TO_REPORT, first).unreported == ("fcpsu",)
    (last,) = decide(told("fcpsu"), given(RAISED, TO_REPORT, first))
    assert (last.closed, given(RAISED, TO_REPORT, first, last).phase) == (True, "closed")


def test_more_may_be_told_than_was_decided() -> None:
    (more,) = decide(told("school"), given(RAISED, TO_REPORT))
    assert given(RAISED, TO_REPORT, more).unreported == ("police", "fcpsu")


def test_a_leader_may_decide_anew_after_the_end() -> None:
    nothing = TaskDecided(task_id="task-a", closed=True, decision=Decision(code="no_further_action"))
    anew = decide(to("report", "police", "fcpsu"), given(RAISED, nothing))
    assert anew == [TO_REPORT]
    assert given(RAISED, nothing, *anew).awaits == "report"


def test_a_note_stands_beside_under_its_own_key() -> None:
    note = Note(note_id="note-1", text="已致電主管")
    assert decide(to("consult", note=note), given(RAISED))[1:] == [
        TaskNoted(task_id="task-a", note_id="note-1", note="已致電主管")
    ]


def test_a_wrong_entry_withdraws_what_is_open_and_nothing_else() -> None:
    withdraw = WithdrawTask(reason="entry_corrected")
    withdrawn = TaskWithdrawn(task_id="task-a", reason="entry_corrected")
    assert decide(withdraw, given(RAISED)) == [withdrawn]
    closed = TaskDecided(task_id="task-a", closed=True, decision=Decision(code="no_further_action"))
    assert decide(withdraw, given(RAISED, closed)) == []
    assert given(RAISED, withdrawn).awaits is None


@pytest.mark.parametrize(
    ("command", "events", "error", "code"),
    [
        (to("consult"), [], NotFound, "task_not_found"),
        (to("safety_plan"), [RAISED], Invalid, "invalid"),
        (to("report"), [RAISED], Invalid, "invalid"),
        (to("report", "newspaper"), [RAISED], Invalid, "invalid"),
        (to("consult", "police"), [RAISED], Invalid, "invalid"),
        (to("report", "police", "fcpsu"), [RAISED, TO_REPORT], RuleBroken, "decided_already"),
        (told("police"), [RAISED], RuleBroken, "no_report_decided"),
        (told("newspaper"), [RAISED, TO_REPORT], Invalid, "invalid"),
        (told("police", NOW + timedelta(minutes=1)), [RAISED, TO_REPORT], Invalid, "date_in_future"),
        (to("consult"), [RAISED, TaskWithdrawn(task_id="task-a", reason="entry_voided")], RuleBroken, "task_withdrawn"),
        (to("consult"), [replace(RAISED, matter=None)], RuleBroken, "task_erased"),
    ],
)
def test_what_cannot_be(command: TaskCommand, events: list[TaskEvent], error: type[CaseledgerError], code: str) -> None:
    with pytest.raises(error) as caught:
        decide(command, given(*events))
    assert caught.value.code == code or error is Invalid


def test_no_body_is_told_twice() -> None:
    first = TaskReported(task_id="task-a", closed=False, report=Report(body="police", reported_at=NOW))
    with pytest.raises(RuleBroken, match="already"):
        decide(told("police"), given(RAISED, TO_REPORT, first))
