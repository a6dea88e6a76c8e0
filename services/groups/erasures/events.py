"""The facts of an erasure in this service."""

from shared.events import event


@event("PersonKeysDropped")
class PersonKeysDropped:
    """Whatever was sealed here under this person's key can never be read again."""

    person_id: str
    service: str


EVENTS: tuple[type, ...] = (PersonKeysDropped,)
