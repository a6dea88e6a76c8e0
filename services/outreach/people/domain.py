"""What can be said of somebody on one day, as far as this service has heard. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonOnDay:
    """A contact or a registered person on the day of a visit. `same_as` is the id after identification and merges."""

    person_id: str
    same_as: str
    erased: bool = False
    role: str | None = None
    target_groups: tuple[str, ...] = ()
