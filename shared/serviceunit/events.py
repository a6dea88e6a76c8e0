"""The four facts in the life of a service unit; published by case, groups and outreach alike."""

from shared.events import Sealed, event
from shared.serviceunit.unit import ServiceUnit


@event("ServiceUnitPlanned", subject="note_subject")
class ServiceUnitPlanned:
    """Somebody means to do this; nothing planned counts until it is recorded."""

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


ServiceUnitEvent = ServiceUnitPlanned | ServiceUnitRecorded | ServiceUnitCorrected | ServiceUnitVoided
EVENTS: tuple[type, ...] = (ServiceUnitPlanned, ServiceUnitRecorded, ServiceUnitCorrected, ServiceUnitVoided)
