"""The fact that somebody has looked at a note."""

from shared.events import event


@event("NoteReviewed")
class NoteReviewed:
    """Somebody has looked at the notes of a session that an erased person took part in: kept, or destroyed."""

    unit_id: str
    decision: str


EVENTS: tuple[type, ...] = (NoteReviewed,)
