"""The facts of an erasure in this service."""

from shared.events import event


@event("PersonKeysDropped")
class PersonKeysDropped:
    """Whatever was sealed here under this person's key can never be read again.

    The same goes for `same_person`: contacts identified as this person, and people merged into them.
    """

    person_id: str
    service: str
    same_person: tuple[str, ...] = ()


@event("NoteReviewed")
class NoteReviewed:
    """Somebody looked at a note about several people, one of whom was erased: it was kept, or destroyed."""

    unit_id: str
    decision: str


ErasureEvent = PersonKeysDropped | NoteReviewed
EVENTS: tuple[type, ...] = (PersonKeysDropped, NoteReviewed)
