"""The fact of an erasure in this service."""

from shared.events import event


@event("PersonKeysDropped")
class PersonKeysDropped:
    """Nothing sealed under this person's key can be read here; there never was anything."""

    person_id: str
    service: str


EVENTS: tuple[type, ...] = (PersonKeysDropped,)
