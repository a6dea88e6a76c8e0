"""A reporting period is locked, reported, answered, and where need be opened again. Pure decide and evolve.

open -> locked -> submitted -> accepted
 ^        |          |            |
 |        |       returned -> submitted again
 +--------+----------+------------+   reopened by a leader, with a reason
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, assert_never

from services.reporting.indicators.definition import Period
from services.reporting.submissions.events import (
    DraftWritten,
    LateEntryConfirmed,
    PeriodEvent,
    PeriodLocked,
    PeriodReopened,
    ReportAccepted,
    ReportReturned,
    ReportSubmitted,
)
from shared.errors import Invalid, NotFound, RuleBroken
from shared.serviceunit import codes
from shared.serviceunit.checks import unknown_code

LONGEST_NARRATIVE = 2000
"""Characters of what is said about one figure."""

Standing = Literal["submitted", "returned", "accepted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPeriod:
    contract_id: str
    period: Period
    cut: str
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenPeriod:
    reason: str
    stream_id: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteDraft:
    """`figures` are the `indicator/measure` that the contract has."""

    narrative: Mapping[str, str]
    stream_id: str
    figures: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitReport:
    """`waiting` is how many late entries nobody has confirmed, of those the report would have to name."""

    definition_version: int
    document: Mapping[str, Any]
    digest: str
    entries: int
    files: Mapping[str, str]
    waiting: int
    whole: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReport:
    number: int
    reason: str
    stream_id: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptReport:
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmLateEntries:
    """`late` are the events that are late for this period now."""

    event_ids: Sequence[str]
    reason: str
    late: Collection[str]


PeriodCommand = LockPeriod | ReopenPeriod | WriteDraft | SubmitReport | ReturnReport | AcceptReport | ConfirmLateEntries


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One report as it was sent, and where it stands."""

    number: int
    definition_version: int
    cut: str
    document: Mapping[str, Any]
    digest: str
    entries: int
    files: Mapping[str, str]
    standing: Standing = "submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodState:
    """What the stream says so far; `cut` is None while the period is open.

    `confirmed` holds the reason of each late entry, by the id of its event.
    """

    contract_id: str = ""
    period: Period | None = None
    cut: str | None = None
    locked_on: date | None = None
    narrative: Mapping[str, str] = field(default_factory=dict)
    reports: tuple[Sent, ...] = ()
    may_submit: bool = False
    confirmed: Mapping[str, str] = field(default_factory=dict)

    @property
    def last_report(self) -> Sent | None:
        return self.reports[-1] if self.reports else None


INITIAL = PeriodState()


def decide(command: PeriodCommand, state: PeriodState) -> list[PeriodEvent]:
    """The events of `command`; raises `RuleBroken`, `Invalid` or `NotFound`."""
    if isinstance(command, LockPeriod):
        return [_locked(command, state)]
    if state.period is None:
        raise NotFound("period_not_found", "This reporting period has not been locked yet.")
    match command:
        case ReopenPeriod():
            return [_reopened(command, state)]
        case WriteDraft():
            return _drafted(command, state)
        case SubmitReport():
            return [_submitted(command, state)]
        case ReturnReport():
            _require_unanswered(command.number, state)
            _require_code("reason", command.reason, codes.RETURN_REASONS)
            return [
                ReportReturned(
                    contract_id=state.contract_id,
                    number=command.number,
                    reason=command.reason,
                    note_subject=command.stream_id,
                    note=command.note,
                )
            ]
        case AcceptReport(number=number):
            _require_unanswered(number, state)
            return [ReportAccepted(contract_id=state.contract_id, number=number)]
        case ConfirmLateEntries():
            return _confirmed(command, state)
        case _:
            assert_never(command)


def evolve(state: PeriodState, event: PeriodEvent) -> PeriodState:
    match event:
        case PeriodLocked(contract_id=contract_id, cut=cut):
            period = Period(first=event.first_day, last=event.last_day)
            return replace(
                state, contract_id=contract_id, period=period, cut=cut, locked_on=event.locked_on, may_submit=True
            )
        case PeriodReopened():
            return replace(state, cut=None, may_submit=False)
        case DraftWritten():
            return replace(state, narrative=event.narrative or {})
        case ReportSubmitted():
            return replace(state, reports=(*state.reports, _sent(event)), may_submit=False)
        case ReportReturned():
            return replace(state, reports=_standing(state, "returned"), may_submit=state.cut is not None)
        case ReportAccepted():
            return replace(state, reports=_standing(state, "accepted"))
        case LateEntryConfirmed():
            return replace(state, confirmed={**state.confirmed, event.event_id: event.reason})
        case _:
            assert_never(event)


def _sent(event: ReportSubmitted) -> Sent:
    return Sent(
        number=event.number,
        definition_version=event.definition_version,
        cut=event.cut,
        document=event.document,
        digest=event.digest,
        entries=event.entries,
        files=event.files,
    )


def _standing(state: PeriodState, standing: Standing) -> tuple[Sent, ...]:
    *earlier, last = state.reports
    return (*earlier, replace(last, standing=standing))


def _locked(command: LockPeriod, state: PeriodState) -> PeriodLocked:
    if state.cut is not None:
        raise RuleBroken("period_locked", "This reporting period is locked already.")
    if command.period.last >= command.today:
        raise RuleBroken("period_not_over", "This reporting period is not over yet.")
    return PeriodLocked(
        contract_id=command.contract_id,
        first_day=command.period.first,
        last_day=command.period.last,
        locked_on=command.today,
        cut=command.cut,
    )


def _reopened(command: ReopenPeriod, state: PeriodState) -> PeriodReopened:
    if state.cut is None:
        raise RuleBroken("period_open", "This reporting period is open.")
    _require_code("reason", command.reason, codes.REOPEN_REASONS)
    return PeriodReopened(
        contract_id=state.contract_id, reason=command.reason, note_subject=command.stream_id, note=command.note
    )


def _drafted(command: WriteDraft, state: PeriodState) -> list[PeriodEvent]:
    narrative = {figure: text.strip() for figure, text in command.narrative.items() if text.strip()}
    for figure, text in narrative.items():
        if figure not in command.figures:
            raise Invalid("figure_not_found", "This contract has no such figure.", field=f"narrative.{figure}")
        if len(text) > LONGEST_NARRATIVE:
            raise Invalid(
                "too_long",
                "Write at most %(most)s characters here.",
                field=f"narrative.{figure}",
                most=LONGEST_NARRATIVE,
            )
    if narrative == state.narrative:
        return []
    return [DraftWritten(contract_id=state.contract_id, narrative_subject=command.stream_id, narrative=narrative)]


def _submitted(command: SubmitReport, state: PeriodState) -> ReportSubmitted:
    if state.cut is None:
        raise RuleBroken("period_open", "Lock this reporting period first: a report says what was known then.")
    if not state.may_submit:
        raise RuleBroken(
            "report_submitted", "This report was submitted already. To send another one, open the period again."
        )
    if command.waiting:
        raise RuleBroken(
            "late_entries_wait",
            "%(count)s late entries wait for confirmation. Confirm them first: the report names them.",
            count=command.waiting,
        )
    return ReportSubmitted(
        contract_id=state.contract_id,
        number=len(state.reports) + 1,
        definition_version=command.definition_version,
        cut=state.cut,
        document=dict(command.document),
        digest=command.digest,
        entries=command.entries,
        files=dict(command.files),
        whole=dict(command.whole),
    )


def _require_unanswered(number: int, state: PeriodState) -> None:
    last = state.last_report
    if number not in {one.number for one in state.reports}:
        raise NotFound("report_not_found", "There is no such report.")
    if last is None or last.number != number or last.standing != "submitted":
        raise RuleBroken("report_answered", "This report has been answered already, or a newer one was sent.")


def _confirmed(command: ConfirmLateEntries, state: PeriodState) -> list[PeriodEvent]:
    _require_code("reason", command.reason, codes.LATE_REASONS)
    if not command.event_ids:
        raise Invalid("required", "Please choose at least one entry.", field="event_ids")
    unknown = [one for one in command.event_ids if one not in command.late]
    if unknown:
        raise Invalid("not_late", "This entry is not late for this reporting period.", field="event_ids")
    return [
        LateEntryConfirmed(contract_id=state.contract_id, event_id=event_id, reason=command.reason)
        for event_id in dict.fromkeys(command.event_ids)
        if event_id not in state.confirmed
    ]


def _require_code(path: str, code: str, known: Mapping[str, Any]) -> None:
    if code not in known:
        raise Invalid.of([unknown_code(path, code, known)])
