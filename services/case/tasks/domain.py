"""The rules of tasks. Pure: now is an input; that entries and cases exist is checked by the caller."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from services.case.codes import REPORT_BODIES, TASK_KINDS
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
from shared.errors import FieldError, Invalid, NotFound, RuleBroken
from shared.serviceunit.checks import unknown_code

DECISIONS_OF: Mapping[str, tuple[str, ...]] = {
    "child_safety": ("no_further_action", "consult", "report"),
    "self_harm_risk": ("no_further_action", "consult", "safety_plan", "emergency"),
}
"""What can be decided about each kind of task."""

NOT_THE_END = ("consult", "report")
"""Decisions after which something remains to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the stream says so far: `phase` is absent, open, closed or withdrawn."""

    phase: str = "absent"
    task_id: str = ""
    team_id: str = ""
    matter: Matter | None = None
    decision: Decision | None = None
    reported: tuple[str, ...] = ()

    @property
    def awaits(self) -> str | None:
        """What remains to be done: a decision, advice, a report; None when nothing does."""
        return awaited(self.phase, self.decision.code if self.decision else None)

    @property
    def unreported(self) -> tuple[str, ...]:
        """The bodies still to be told."""
        return tuple(one for one in (self.decision.bodies if self.decision else ()) if one not in self.reported)


INITIAL = Task()


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseTask:
    task_id: str
    team_id: str
    matter: Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Free text under a key of its own, so that it can be destroyed while the chain stays."""

    note_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideTask:
    decision: Decision
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTask:
    report: Report
    now: datetime
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawTask:
    """`reason` is entry_corrected or entry_voided."""

    reason: str


TaskCommand = RaiseTask | DecideTask | ReportTask | WithdrawTask


def awaited(phase: str, decision: str | None) -> str | None:
    """What an open task waits for after its last decision."""
    if phase != "open":
        return None
    return {"consult": "advice", "report": "report"}.get(decision or "", "decision")


def decide(command: TaskCommand, task: Task) -> list[TaskEvent]:
    """The events of `command`, or why it cannot be."""
    match command:
        case RaiseTask(task_id=task_id, team_id=team_id, matter=matter):
            if task.phase != "absent":
                raise RuleBroken("task_exists", "This task exists already.", field="id")
            if matter.kind not in TASK_KINDS:
                raise Invalid.of([unknown_code("kind", matter.kind, TASK_KINDS)])
            return [TaskRaised(task_id=task_id, team_id=team_id, matter=matter)]
        case DecideTask():
            return [*_decide(command.decision, task), *_noted(command.note, task)]
        case ReportTask():
            return [_report(command, task), *_noted(command.note, task)]
        case WithdrawTask(reason=reason):
            _known(task)
            return [TaskWithdrawn(task_id=task.task_id, reason=reason)] if task.phase == "open" else []
        case _:
            assert_never(command)


def evolve(task: Task, event: TaskEvent) -> Task:
    """The state after `event`; a fact is never refused."""
    match event:
        case TaskRaised(task_id=task_id, team_id=team_id, matter=matter):
            return Task(phase="open", task_id=task_id, team_id=team_id, matter=matter)
        case TaskDecided(closed=closed, decision=decision):
            # What was reported before stays told; a new decision begins a new list of whom to tell.
            return replace(task, phase=_phase(closed=closed), decision=decision, reported=())
        case TaskReported(closed=closed, report=report):
            told = (*task.reported, report.body) if report else task.reported
            return replace(task, phase=_phase(closed=closed), reported=told)
        case TaskNoted():
            return task
        case TaskWithdrawn():
            return replace(task, phase="withdrawn")
        case _:
            assert_never(event)


def _phase(*, closed: bool) -> str:
    return "closed" if closed else "open"


def _decide(decision: Decision, task: Task) -> list[TaskEvent]:
    """A decision may follow another, also after the end: a leader may see more reason to act than a worker did."""
    matter = _known(task)
    wrong = []
    if decision.code not in DECISIONS_OF[matter.kind]:
        wrong.append(unknown_code("decision", decision.code, DECISIONS_OF[matter.kind]))
    elif decision.code == "report":
        if not decision.bodies:
            wrong.append(FieldError("bodies", "body_missing", "Say to whom it is to be reported."))
        wrong += [unknown_code("bodies", one, REPORT_BODIES) for one in decision.bodies if one not in REPORT_BODIES]
    elif decision.bodies:
        wrong.append(FieldError("bodies", "body_not_asked", "Only a report names a body."))
    if wrong:
        raise Invalid.of(wrong)
    if decision == task.decision:
        raise RuleBroken("decided_already", "This is what was decided last already.", field="decision")
    return [TaskDecided(task_id=task.task_id, closed=decision.code not in NOT_THE_END, decision=decision)]


def _report(command: ReportTask, task: Task) -> TaskReported:
    _known(task)
    report = command.report
    if report.body not in REPORT_BODIES:
        raise Invalid.of([unknown_code("body", report.body, REPORT_BODIES)])
    if report.reported_at > command.now:
        raise Invalid("date_in_future", "This date is in the future. Please change it.", field="reported_at")
    if task.awaits != "report":
        raise RuleBroken("no_report_decided", "Decide first that this is to be reported.", field="body")
    if report.body in task.reported:
        raise RuleBroken("reported_already", "The report to this body is recorded already.", field="body")
    left = set(task.unreported) - {report.body}
    return TaskReported(task_id=task.task_id, closed=not left, report=report)


def _noted(note: Note | None, task: Task) -> list[TaskEvent]:
    return [TaskNoted(task_id=task.task_id, note_id=note.note_id, note=note.text)] if note else []


def _known(task: Task) -> Matter:
    """What the task is about; raise where there is nothing to act on."""
    if task.phase == "absent":
        raise NotFound("task_not_found", "There is no such task.")
    if task.phase == "withdrawn":
        raise RuleBroken("task_withdrawn", "This task was withdrawn, since its entry was wrong.")
    if task.matter is None:
        raise RuleBroken("task_erased", "The person of this task was erased; nothing is left to decide.")
    return task.matter
