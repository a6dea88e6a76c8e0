"""The facts of an erasure in this service."""

from shared.events import event


@event("PersonKeysDropped")
class PersonKeysDropped:
    """Whatever was sealed here under this person's key can never be read again."""

    person_id: str
    service: str


@event("NoteReviewed")
class NoteReviewed:
    """Somebody has looked at the notes of a meeting that an erased person took part in: kept, or destroyed."""

    unit_id: str
    decision: str


EVENTS: tuple[type, ...] = (PersonKeysDropped, NoteReviewed)
