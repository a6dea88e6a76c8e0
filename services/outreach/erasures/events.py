"""The facts of an erasure in this service."""

from shared.events import event


@event("PersonKeysDropped")
class PersonKeysDropped:
    """Whatever was sealed here under the key of this person, or of a contact identified as them, is gone for good."""

    person_id: str
    service: str
    contact_ids: tuple[str, ...] = ()


@event("NoteReviewed")
class NoteReviewed:
    """Somebody looked at a note about several people, one of whom was erased: it was kept, or destroyed."""

    unit_id: str
    decision: str


ErasureEvent = PersonKeysDropped | NoteReviewed
EVENTS: tuple[type, ...] = (PersonKeysDropped, NoteReviewed)
