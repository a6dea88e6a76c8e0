"""The facts of assessments. Answers, notes and what they say of a risk are sealed; the total is public."""

from datetime import date

from shared.events import Sealed, event


@event("AssessmentRecorded", subject="note_subject")
class AssessmentRecorded:
    """Somebody answered a questionnaire; `person_id` is absent when nobody signed it."""

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
    case_id: str | None = None
    unit_id: str | None = None
    note_subject: str
    answers: Sealed[tuple[int, ...] | None] = None
    risk: Sealed[bool | None] = None
    note: Sealed[str | None] = None


@event("AssessmentCorrected", subject="note_subject")
class AssessmentCorrected:
    """The full new content, with the coded reason; the earlier content stays in the stream."""

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
    case_id: str | None = None
    unit_id: str | None = None
    reason: str
    note_subject: str
    answers: Sealed[tuple[int, ...] | None] = None
    risk: Sealed[bool | None] = None
    note: Sealed[str | None] = None
    reason_text: Sealed[str | None] = None


@event("AssessmentVoided", subject="note_subject")
class AssessmentVoided:
    """It should never have been entered; it counts no more."""

    assessment_id: str
    reason: str
    note_subject: str
    reason_text: Sealed[str | None] = None


@event("QuestionnaireTallied")
class QuestionnaireTallied:
    """What nobody signed, counted: how many were satisfied. `scores` holds the single totals where rows were given."""

    tally_id: str
    team_id: str
    instrument: str
    instrument_version: str
    contract_id: str
    unit_id: str | None
    assessed_on: date
    totals: dict[str, int]
    scores: tuple[int, ...] = ()


@event("QuestionnaireTallyCorrected")
class QuestionnaireTallyCorrected:
    """The full new count, with the coded reason."""

    tally_id: str
    team_id: str
    instrument: str
    instrument_version: str
    contract_id: str
    unit_id: str | None
    assessed_on: date
    totals: dict[str, int]
    scores: tuple[int, ...] = ()
    reason: str


@event("QuestionnaireTallyVoided")
class QuestionnaireTallyVoided:
    """It should never have been entered; it counts no more."""

    tally_id: str
    reason: str


AssessmentEvent = AssessmentRecorded | AssessmentCorrected | AssessmentVoided
TallyEvent = QuestionnaireTallied | QuestionnaireTallyCorrected | QuestionnaireTallyVoided
EVENTS: tuple[type, ...] = (
    AssessmentRecorded,
    AssessmentCorrected,
    AssessmentVoided,
    QuestionnaireTallied,
    QuestionnaireTallyCorrected,
    QuestionnaireTallyVoided,
)
