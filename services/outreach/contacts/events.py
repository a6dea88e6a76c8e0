"""The facts in the life of a contact token. What tells the person apart is sealed under the token's own key."""

from dataclasses import dataclass
from datetime import date

from shared.events import Sealed, event


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedGroup:
    """A target group from a day to a last day; without a first day it held ever since anybody knew the contact."""

    target_group: str
    from_date: date | None = None
    to_date: date | None = None


@event("ContactRegistered", subject="contact_id")
class ContactRegistered:
    """Somebody was met who has no name here. The alias and the worker's marks serve to find them again."""

    contact_id: str
    team_id: str
    place_id: str | None = None
    role: str = "drug_user"
    target_groups: tuple[DatedGroup, ...] = ()
    alias: Sealed[str | None] = None
    marks: Sealed[str | None] = None


@event("ContactTargetGroupGiven")
class ContactTargetGroupGiven:
    """The contact counts to this target group from a day on."""

    contact_id: str
    target_group: str
    from_date: date


@event("ContactTargetGroupEnded")
class ContactTargetGroupEnded:
    """`to_date` is the last day."""

    contact_id: str
    target_group: str
    to_date: date


@event("ContactIdentified")
class ContactIdentified:
    """The token turned out to be a registered person; from now on both count as one."""

    contact_id: str
    person_id: str
    identification_id: str


@event("ContactIdentificationUndone")
class ContactIdentificationUndone:
    """That was a mistake: they are two people again."""

    contact_id: str
    identification_id: str
    reason: str


ContactEvent = (
    ContactRegistered
    | ContactTargetGroupGiven
    | ContactTargetGroupEnded
    | ContactIdentified
    | ContactIdentificationUndone
)
EVENTS: tuple[type, ...] = (
    ContactRegistered,
    ContactTargetGroupGiven,
    ContactTargetGroupEnded,
    ContactIdentified,
    ContactIdentificationUndone,
)
