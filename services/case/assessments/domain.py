"""The rules of assessments and tallies. Pure; that people, cases and contracts exist is checked by the caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict, assert_never

from services.case.assessments.events import (
    AssessmentCorrected,
    AssessmentEvent,
    AssessmentRecorded,
    AssessmentVoided,
    QuestionnaireTallied,
    QuestionnaireTallyCorrected,
    QuestionnaireTallyVoided,
    TallyEvent,
)
from services.case.assessments.instruments import INSTRUMENTS, Instrument
from shared.errors import FieldError, Invalid, NotFound, RuleBroken
from shared.serviceunit import codes
from shared.serviceunit.checks import unknown_code

MOST_RESPONDENTS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One administration of a questionnaire, as it is entered."""

    assessment_id: str
    person_id: str | None
    team_id: str
    instrument: str
    instrument_version: str
    language: str
    phase: str
    assessed_on: date
    contract_id: str
    total: int | None = None
    answers: tuple[int, ...] | None = None
    case_id: str | None = None
    unit_id: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentState:
    """What the stream says so far: `phase` is absent, recorded or voided."""

    phase: str = "absent"
    entry: Assessment | None = None
    risk: bool | None = None
    note_subject: str = ""


INITIAL = AssessmentState()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAssessment:
    entry: Assessment
    note_subject: str
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectAssessment:
    """The full new content, and why."""

    entry: Assessment
    note_subject: str
    today: date
    reason: str
    reason_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidEntry:
    """Voids an assessment or a tally."""

    entry_id: str
    reason: str
    reason_text: str | None = None


class _Content(TypedDict):
    assessment_id: str
    person_id: str | None
    team_id: str
    instrument: str
    instrument_version: str
    language: str
    phase: str
    assessed_on: date
    total: int
    contract_id: str
    case_id: str | None
    unit_id: str | None
    note_subject: str
    answers: tuple[int, ...] | None
    risk: bool | None
    note: str | None


def decide(command: RecordAssessment | CorrectAssessment | VoidEntry, state: AssessmentState) -> list[AssessmentEvent]:
    """The events of `command`, or why it cannot be."""
    match command:
        case RecordAssessment(entry=entry):
            if state.phase != "absent":
                raise RuleBroken("entry_already_recorded", "This entry is already recorded. Correct it instead.")
            total, risk = _scored(entry, command.today)
            return [AssessmentRecorded(**_content(entry, total, risk, command.note_subject))]
        case CorrectAssessment(entry=entry):
            _require_recorded(state.phase)
            _check_reason(command.reason)
            total, risk = _scored(entry, command.today)
            corrected = AssessmentCorrected(
                **_content(entry, total, risk, command.note_subject),
                reason=command.reason,
                reason_text=command.reason_text,
            )
            if _entry_of(corrected) == state.entry:
                raise RuleBroken("nothing_changed", "Nothing was changed, so there is nothing to correct.")
            return [corrected]
        case VoidEntry():
            _require_recorded(state.phase)
            _check_reason(command.reason)
            return [
                AssessmentVoided(
                    assessment_id=command.entry_id,
                    reason=command.reason,
                    reason_text=command.reason_text,
                    note_subject=state.note_subject,
                )
            ]
        case _:
            assert_never(command)


def evolve(state: AssessmentState, event: AssessmentEvent) -> AssessmentState:
    """The state after `event`; a fact is never refused."""
    match event:
        case AssessmentRecorded() | AssessmentCorrected():
            return AssessmentState(
                phase="recorded", entry=_entry_of(event), risk=event.risk, note_subject=event.note_subject
            )
        case AssessmentVoided():
            return AssessmentState(phase="voided", entry=state.entry, risk=state.risk, note_subject=state.note_subject)
        case _:
            assert_never(event)


def _content(entry: Assessment, total: int, risk: bool | None, note_subject: str) -> _Content:
    return {
        "assessment_id": entry.assessment_id,
        "person_id": entry.person_id,
        "team_id": entry.team_id,
        "instrument": entry.instrument,
        "instrument_version": entry.instrument_version,
        "language": entry.language,
        "phase": entry.phase,
        "assessed_on": entry.assessed_on,
        "total": total,
        "contract_id": entry.contract_id,
        "case_id": entry.case_id,
        "unit_id": entry.unit_id,
        "note_subject": note_subject,
        "answers": entry.answers,
        "risk": risk,
        "note": entry.note,
    }


def _entry_of(event: AssessmentRecorded | AssessmentCorrected) -> Assessment:
    return Assessment(**{name: getattr(event, name) for name in Assessment.__dataclass_fields__})


def _scored(entry: Assessment, today: date) -> tuple[int, bool | None]:
    """The total, scored from the answers where the instrument has them, and whether an answer speaks of a risk."""
    instrument = _instrument(entry.instrument)
    wrong = [*_wrong_choice(entry, instrument), *_wrong_day(entry.assessed_on, today)]
    if instrument.items is not None:
        wrong += _wrong_answers(entry, instrument)
    elif entry.answers is not None:
        wrong.append(FieldError("answers", "answers_not_scored", "Only the total of this questionnaire is recorded."))
    elif entry.total is None:
        wrong.append(FieldError("total", "required", "Please fill this in."))
    else:
        wrong += _out_of_range("total", entry.total, instrument.lowest, instrument.highest)
    if wrong:
        raise Invalid.of(wrong)
    if entry.answers is None:
        assert entry.total is not None
        return entry.total, None
    risk = None if instrument.risk_item is None else entry.answers[instrument.risk_item - 1] > 0
    return sum(entry.answers), risk


def _instrument(instrument_id: str) -> Instrument:
    if instrument_id not in INSTRUMENTS:
        raise Invalid.of([unknown_code("instrument", instrument_id, INSTRUMENTS)])
    return INSTRUMENTS[instrument_id]


def _wrong_choice(entry: Assessment, instrument: Instrument) -> list[FieldError]:
    choices = (
        ("instrument_version", entry.instrument_version, instrument.versions),
        ("language", entry.language, instrument.languages),
        ("phase", entry.phase, instrument.phases),
    )
    return [unknown_code(path, value, known) for path, value, known in choices if value not in known]


def _wrong_answers(entry: Assessment, instrument: Instrument) -> list[FieldError]:
    answers, items = entry.answers, instrument.items
    if answers is None or len(answers) != items:
        return [FieldError("answers", "answers_missing", "Give exactly %(items)s answers.", {"items": items})]
    wrong = []
    for index, one in enumerate(answers):
        wrong += _out_of_range(f"answers.{index}", one, 0, instrument.highest_answer)
    if not wrong and entry.total is not None and entry.total != sum(answers):
        message = "The answers add up to %(total)s. Please check."
        wrong = [FieldError("total", "total_differs", message, {"total": sum(answers)})]
    return wrong


def _out_of_range(path: str, value: int, lowest: int, highest: int) -> list[FieldError]:
    if lowest <= value <= highest:
        return []
    message = "This must be between %(least)s and %(most)s."
    return [FieldError(path, "out_of_range", message, {"least": lowest, "most": highest})]


def _wrong_day(day: date, today: date) -> list[FieldError]:
    if day <= today:
        return []
    return [FieldError("assessed_on", "date_in_future", "This date is in the future. Please change it.")]


def _require_recorded(phase: str) -> None:
    match phase:
        case "absent":
            raise NotFound("entry_not_found", "There is no such entry.")
        case "voided":
            raise RuleBroken("entry_voided", "This entry was voided. Make a new one instead.")


def _check_reason(reason: str) -> None:
    if reason not in codes.REASONS:
        raise Invalid.of([unknown_code("reason", reason, codes.REASONS)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What nobody signed, as it is entered: two totals, or single scores and from which one on is satisfied."""

    tally_id: str
    team_id: str
    instrument: str
    instrument_version: str
    contract_id: str
    assessed_on: date
    unit_id: str | None = None
    totals: Mapping[str, int] | None = None
    scores: Sequence[int] | None = None
    satisfied_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyState:
    """What the stream says so far: `phase` is absent, recorded or voided."""

    phase: str = "absent"
    event: QuestionnaireTallied | QuestionnaireTallyCorrected | None = None


NO_TALLY = TallyState()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTally:
    entry: Tally
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectTally:
    entry: Tally
    today: date
    reason: str


def decide_tally(command: RecordTally | CorrectTally | VoidEntry, state: TallyState) -> list[TallyEvent]:
    """The events of `command`, or why it cannot be."""
    match command:
        case RecordTally(entry=entry):
            if state.phase != "absent":
                raise RuleBroken("entry_already_recorded", "This entry is already recorded. Correct it instead.")
            return [QuestionnaireTallied(**_tallied(entry, command.today))]
        case CorrectTally(entry=entry, reason=reason):
            _require_recorded(state.phase)
            _check_reason(reason)
            return [QuestionnaireTallyCorrected(**_tallied(entry, command.today), reason=reason)]
        case VoidEntry(entry_id=tally_id, reason=reason):
            _require_recorded(state.phase)
            _check_reason(reason)
            return [QuestionnaireTallyVoided(tally_id=tally_id, reason=reason)]
        case _:
            assert_never(command)


def evolve_tally(state: TallyState, event: TallyEvent) -> TallyState:
    """The state after `event`; a fact is never refused."""
    match event:
        case QuestionnaireTallied() | QuestionnaireTallyCorrected():
            return TallyState(phase="recorded", event=event)
        case QuestionnaireTallyVoided():
            return TallyState(phase="voided", event=state.event)
        case _:
            assert_never(event)


class _Tallied(TypedDict):
    tally_id: str
    team_id: str
    instrument: str
    instrument_version: str
    contract_id: str
    unit_id: str | None
    assessed_on: date
    totals: dict[str, int]
    scores: tuple[int, ...]


def _tallied(entry: Tally, today: date) -> _Tallied:
    instrument = _instrument(entry.instrument)
    wrong = _wrong_day(entry.assessed_on, today)
    if entry.instrument_version not in instrument.versions:
        wrong.append(unknown_code("instrument_version", entry.instrument_version, instrument.versions))
    if (entry.totals is None) == (entry.scores is None):
        wrong.append(FieldError("totals", "totals_or_rows", "Give either the totals or the single rows."))
    if entry.scores is not None:
        wrong += _wrong_rows(entry.scores, entry.satisfied_from, instrument)
    for name, count in (entry.totals or {}).items():
        wrong += _out_of_range(f"totals.{name}", count, 0, MOST_RESPONDENTS)
    if wrong:
        raise Invalid.of(wrong)
    return {
        "tally_id": entry.tally_id,
        "team_id": entry.team_id,
        "instrument": entry.instrument,
        "instrument_version": entry.instrument_version,
        "contract_id": entry.contract_id,
        "unit_id": entry.unit_id,
        "assessed_on": entry.assessed_on,
        "totals": dict(entry.totals) if entry.totals is not None else _counted(entry),
        "scores": tuple(entry.scores or ()),
    }


def _wrong_rows(scores: Sequence[int], satisfied_from: int | None, instrument: Instrument) -> list[FieldError]:
    wrong = []
    if satisfied_from is None:
        wrong.append(FieldError("satisfied_from", "required", "Please fill this in."))
    for index, score in enumerate(scores):
        wrong += _out_of_range(f"rows.{index}", score, instrument.lowest, instrument.highest)
    return wrong


def _counted(entry: Tally) -> dict[str, int]:
    assert entry.scores is not None
    assert entry.satisfied_from is not None
    satisfied = sum(score >= entry.satisfied_from for score in entry.scores)
    return {"satisfied": satisfied, "not_satisfied": len(entry.scores) - satisfied}
