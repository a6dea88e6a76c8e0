"""The fact that a person of the sector is known here."""

from shared.events import Sealed, event


@event("PractitionerRegistered", subject="practitioner_id")
class PractitionerRegistered:
    """Somebody who works in the sector. `organisation_id` is a keyed hash: it counts organisations and names none."""

    practitioner_id: str
    organisation_id: str | None
    name: Sealed[str | None] = None
    organisation: Sealed[str | None] = None
    post: Sealed[str | None] = None


PractitionerEvent = PractitionerRegistered
EVENTS: tuple[type, ...] = (PractitionerRegistered,)
