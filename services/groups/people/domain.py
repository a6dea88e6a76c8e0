"""What can be said of a person on one day, as far as this service has heard. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonOnDay:
    """A known person on the day of a meeting. `same_as` is the id after merges; practitioners have no target groups."""

    person_id: str
    same_as: str
    erased: bool = False
    roles: frozenset[str] = frozenset()
    target_groups: tuple[str, ...] = ()
