"""The value objects of a service unit: one occasion of service, as every service publishes it."""

from dataclasses import dataclass, replace
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The part of an occasion that one contract pays for. `minutes` may be absent where the occasion has none."""

    contract_id: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One person at one occasion. `person_id` may be a person, a contact token or a sector practitioner."""

    person_id: str
    role: str
    target_groups: tuple[str, ...] = ()
    status: str = "present"
    walk_in: bool = False
    mode: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What is to be done after an occasion: by which day, and a code that says what."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """A participant was referred elsewhere on a day; `taken_up` says whether they went, None while nobody knows."""

    person_id: str
    destination: str
    on: date
    taken_up: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceUnit:
    """One occasion of service.

    `occurred_on` is the Hong Kong date of its start and decides the period; `minutes` is a whole number or absent
    for messages; `served_by` holds account ids and ids of helpers who have no account. `case_ids` names all cases of an
    occasion that served several; `case_id` is then the first of them. `partner_count` is the headcount of people whom a
    partner agency brought and counts itself. `sign_in_sheet` is the file reference of the signed list, never anybody's
    words. `child_safety_concern` says that somebody saw reason to look after a child, of which the case service opens a
    task; its own sessions open theirs themselves, and do not say so here.
    """

    unit_id: str
    kind: str
    occurred_on: date
    team_id: str
    entered_by: str
    status: str = "held"
    segments: tuple[Segment, ...] = ()
    split_approval: str | None = None
    starts_at: datetime | None = None
    minutes: int | None = None
    mode: str = "in_person"
    setting: str = "centre"
    activity: str | None = None
    case_id: str | None = None
    case_ids: tuple[str, ...] = ()
    group_id: str | None = None
    place_id: str | None = None
    organisation_id: str | None = None
    served_by: tuple[str, ...] = ()
    participants: tuple[Participant, ...] = ()
    unidentified_count: int = 0
    late_reason: str | None = None
    origin: str = "typed"
    tags: tuple[str, ...] = ()
    follow_up: FollowUp | None = None
    partner_count: int = 0
    sign_in_sheet: str | None = None
    referrals: tuple[Referral, ...] = ()
    child_safety_concern: bool = False

    def with_minutes_in_segments(self) -> "ServiceUnit":
        """A single segment without minutes carries all of the occasion's minutes."""
        match self.segments:
            case (Segment(minutes=None) as only,) if self.minutes is not None:
                return replace(self, segments=(replace(only, minutes=self.minutes),))
        return self
