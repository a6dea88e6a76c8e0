"""The facts in the life of a case. Only codes and random ids; nothing is sealed."""

from dataclasses import dataclass
from datetime import date

from shared.events import event


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of a case, from a day to a last day, or still."""

    person_id: str
    relationship: str
    from_date: date
    to_date: date | None = None


@event("CaseRegistered")
class CaseRegistered:
    """A case got its number; its first stage follows at once. `contract_id` None is regular service."""

    case_id: str
    case_number: str
    kind: str
    contract_id: str | None
    team_id: str
    members: tuple[Member, ...]


@event("CaseEnquired")
class CaseEnquired:
    """Somebody asked for help; nothing is agreed yet."""

    case_id: str
    case_number: str
    contract_id: str | None
    team_id: str
    on: date


@event("CaseIntakeStarted")
class CaseIntakeStarted:
    """From this day on it is found out whether and how the agency can help."""

    case_id: str
    case_number: str
    contract_id: str | None
    team_id: str
    on: date


@event("CaseOpened")
class CaseOpened:
    """From this day on sessions of the case count."""

    case_id: str
    case_number: str
    contract_id: str | None
    team_id: str
    on: date
    members: tuple[Member, ...]


@event("CaseAssigned")
class CaseAssigned:
    """A worker of the team carries the case from this day on."""

    case_id: str
    worker_id: str
    on: date


@event("CaseTransferred")
class CaseTransferred:
    """Another team carries the case from this day on."""

    case_id: str
    from_team_id: str
    team_id: str
    worker_id: str | None
    on: date


@event("CaseClosed")
class CaseClosed:
    """`on` is the last day."""

    case_id: str
    case_number: str
    contract_id: str | None
    team_id: str
    on: date
    reason: str | None


@event("CaseReopened")
class CaseReopened:
    """A closed case is open again from this day on."""

    case_id: str
    case_number: str
    contract_id: str | None
    team_id: str
    on: date


@event("CaseMemberJoined")
class CaseMemberJoined:
    """A person belongs to the case from this day on."""

    case_id: str
    person_id: str
    relationship: str
    from_date: date


@event("CaseMemberLeft")
class CaseMemberLeft:
    """`to_date` is the last day."""

    case_id: str
    person_id: str
    to_date: date


CaseEvent = (
    CaseRegistered
    | CaseEnquired
    | CaseIntakeStarted
    | CaseOpened
    | CaseAssigned
    | CaseTransferred
    | CaseClosed
    | CaseReopened
    | CaseMemberJoined
    | CaseMemberLeft
)
EVENTS: tuple[type, ...] = (
    CaseRegistered,
    CaseEnquired,
    CaseIntakeStarted,
    CaseOpened,
    CaseAssigned,
    CaseTransferred,
    CaseClosed,
    CaseReopened,
    CaseMemberJoined,
    CaseMemberLeft,
)
