"""The facts in the life of a person as this agency knows them. Names and notes are sealed under the person's key."""

from dataclasses import dataclass
from datetime import date

from shared.events import Sealed, event


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What may be published for breakdowns: codes only, the year of birth as a band of five years."""

    gender: str | None = None
    birth_year_band: str | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What tells a person apart; never leaves this service."""

    name_zh: str | None = None
    name_en: str | None = None
    alias: str | None = None
    phone: str | None = None
    birth_year: int | None = None
    note: str | None = None


@event("PersonRegistered", subject="person_id")
class PersonRegistered:
    """Somebody became known to the agency, perhaps by an alias alone."""

    person_id: str
    client_number: str
    team_id: str
    alias_only: bool
    attributes: Attributes
    particulars: Sealed[Particulars | None] = None


@event("PersonDetailsChanged", subject="person_id")
class PersonDetailsChanged:
    """The full details as they are now."""

    person_id: str
    client_number: str
    alias_only: bool
    attributes: Attributes
    particulars: Sealed[Particulars | None] = None


@event("PersonRoleGiven")
class PersonRoleGiven:
    """Somebody has this role from a day on; a person may have several."""

    person_id: str
    role: str
    from_date: date


@event("PersonRoleEnded")
class PersonRoleEnded:
    """`to_date` is the last day."""

    person_id: str
    role: str
    to_date: date


@event("TargetGroupGiven")
class TargetGroupGiven:
    """Somebody counts to this target group from a day on."""

    person_id: str
    target_group: str
    from_date: date


@event("TargetGroupEnded")
class TargetGroupEnded:
    """`to_date` is the last day."""

    person_id: str
    target_group: str
    to_date: date


@event("ConsentGiven")
class ConsentGiven:
    """Somebody agreed to a purpose; it holds from this day on."""

    person_id: str
    purpose: str
    on: date


@event("ConsentWithdrawn")
class ConsentWithdrawn:
    """It holds no more, from this very day on."""

    person_id: str
    purpose: str
    on: date


@event("PersonMergedInto")
class PersonMergedInto:
    """On the stream of the one who was found to be somebody else as well."""

    person_id: str
    into: str
    merge_id: str
    reason: str


@event("PersonAbsorbed")
class PersonAbsorbed:
    """On the stream of the one who remains."""

    person_id: str
    absorbed: str
    merge_id: str


@event("PersonUnmerged")
class PersonUnmerged:
    """On the stream of the one who had been merged away: they are two people after all."""

    person_id: str
    from_person: str
    merge_id: str
    reason: str


@event("PersonReleased")
class PersonReleased:
    """On the stream of the one who had remained."""

    person_id: str
    released: str
    merge_id: str


@event("PersonErased")
class PersonErased:
    """The person's key was destroyed here; the other services destroy theirs when they read this."""

    person_id: str
    reason: str


@event("PersonErasureCompleted")
class PersonErasureCompleted:
    """Every service has said that it holds no key of this person any more."""

    person_id: str
    services: tuple[str, ...]


PersonEvent = (
    PersonRegistered
    | PersonDetailsChanged
    | PersonRoleGiven
    | PersonRoleEnded
    | TargetGroupGiven
    | TargetGroupEnded
    | ConsentGiven
    | ConsentWithdrawn
    | PersonMergedInto
    | PersonAbsorbed
    | PersonUnmerged
    | PersonReleased
    | PersonErased
    | PersonErasureCompleted
)
EVENTS: tuple[type, ...] = (
    PersonRegistered,
    PersonDetailsChanged,
    PersonRoleGiven,
    PersonRoleEnded,
    TargetGroupGiven,
    TargetGroupEnded,
    ConsentGiven,
    ConsentWithdrawn,
    PersonMergedInto,
    PersonAbsorbed,
    PersonUnmerged,
    PersonReleased,
    PersonErased,
    PersonErasureCompleted,
)
