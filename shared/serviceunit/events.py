"""The facts in the life of a service unit, and that it was read; published by case, groups and outreach alike."""

from shared.events import Sealed, event
from shared.serviceunit.unit import ServiceUnit


@event("ServiceUnitPlanned", subject="note_subject")
class ServiceUnitPlanned:
    """Somebody means to do this, or somebody else does now; nothing planned counts until it is recorded."""

    unit: ServiceUnit
    note_subject: str
    note: Sealed[str | None] = None
    helpers: Sealed[dict[str, str] | None] = None


@event("ServiceUnitRecorded", subject="note_subject")
class ServiceUnitRecorded:
    """It happened, or it was tried: the status says which. `helpers` names those in `served_by` without an account."""

    unit: ServiceUnit
    note_subject: str
    note: Sealed[str | None] = None
    helpers: Sealed[dict[str, str] | None] = None


@event("ServiceUnitCorrected", subject="note_subject")
class ServiceUnitCorrected:
    """The full new content, with the coded reason for the change; the earlier content stays in the stream."""

    unit: ServiceUnit
    reason: str
    note_subject: str
    reason_text: Sealed[str | None] = None
    note: Sealed[str | None] = None
    helpers: Sealed[dict[str, str] | None] = None


@event("ServiceUnitVoided", subject="note_subject")
class ServiceUnitVoided:
    """It should never have been entered; it counts no more and stays readable."""

    unit_id: str
    reason: str
    note_subject: str
    reason_text: Sealed[str | None] = None


@event("ServiceUnitRead")
class ServiceUnitRead:
    """A leader has read this version of it and signs for that; nothing that is counted changes."""

    unit_id: str
    version: int


@event("ServiceUnitReturned", subject="note_subject")
class ServiceUnitReturned:
    """A leader has read this version and asks its author to look at it again; it counts as before."""

    unit_id: str
    version: int
    note_subject: str
    comment: Sealed[str | None] = None


ServiceUnitEvent = ServiceUnitPlanned | ServiceUnitRecorded | ServiceUnitCorrected | ServiceUnitVoided
ReadingEvent = ServiceUnitRead | ServiceUnitReturned
EVENTS: tuple[type, ...] = (
    ServiceUnitPlanned,
    ServiceUnitRecorded,
    ServiceUnitCorrected,
    ServiceUnitVoided,
    ServiceUnitRead,
    ServiceUnitReturned,
)
