"""The facts in the life of a reporting period. A report and its narrative are public to the funder; a draft is not."""

from dataclasses import field
from datetime import date
from typing import Any

from shared.events import Sealed, event


@event("PeriodLocked")
class PeriodLocked:
    """What was known at the cut is what will be reported; what is recorded later for these days is late."""

    contract_id: str
    first_day: date
    last_day: date
    locked_on: date
    cut: str


@event("PeriodReopened", subject="note_subject")
class PeriodReopened:
    """The period is to be reported again, with what was recorded since."""

    contract_id: str
    reason: str
    note_subject: str
    note: Sealed[str | None] = None


@event("DraftWritten", subject="narrative_subject")
class DraftWritten:
    """Why figures are short, by `indicator/measure`; all of it, as it is now."""

    contract_id: str
    narrative_subject: str
    narrative: Sealed[dict[str, str] | None] = None


@event("ReportSubmitted")
class ReportSubmitted:
    """A report went to the funder, and is kept as it was sent: `document` is all of it.

    `digest` is of the events that it was counted from, in the order of their ids, and `entries` says how many they are;
    `files` holds the digest of every file that it becomes. `whole` is what the contract comes to at this cut, each
    session and person once: `people`, `practitioners`, `sessions`, `attendances`, `minutes` and `kinds` of sessions.
    """

    contract_id: str
    number: int
    definition_version: int
    cut: str
    document: dict[str, Any]
    digest: str
    entries: int
    files: dict[str, str] = field(default_factory=dict)
    whole: dict[str, Any] | None = None


@event("ReportReturned", subject="note_subject")
class ReportReturned:
    """The funder asks for changes."""

    contract_id: str
    number: int
    reason: str
    note_subject: str
    note: Sealed[str | None] = None


@event("ReportAccepted")
class ReportAccepted:
    """The funder has accepted the report."""

    contract_id: str
    number: int


@event("LateEntryConfirmed")
class LateEntryConfirmed:
    """The leader has seen an entry that was written after the period was locked; `event_id` is what was written."""

    contract_id: str
    event_id: str
    reason: str


PeriodEvent = (
    PeriodLocked
    | PeriodReopened
    | DraftWritten
    | ReportSubmitted
    | ReportReturned
    | ReportAccepted
    | LateEntryConfirmed
)
EVENTS: tuple[type, ...] = (
    PeriodLocked,
    PeriodReopened,
    DraftWritten,
    ReportSubmitted,
    ReportReturned,
    ReportAccepted,
    LateEntryConfirmed,
)
