"""What is read of the other services' events: only the fields used, and every other one may change."""

from datetime import datetime
from typing import TypeVar

import msgspec

from shared.bus.envelope import Arrived


class Read(msgspec.Struct, gc=False):
    """The base of what is read: codes and ids, ISO dates left as text."""


class PublishedSegment(Read):
    contract_id: str
    minutes: int | None = None


class PublishedParticipant(Read):
    person_id: str
    role: str
    target_groups: tuple[str, ...] = ()
    status: str = "present"


class PublishedReferral(Read):
    on: str


class PublishedUnit(Read):
    unit_id: str
    kind: str
    occurred_on: str
    team_id: str
    status: str = "held"
    segments: tuple[PublishedSegment, ...] = ()
    minutes: int | None = None
    mode: str = "in_person"
    setting: str = "centre"
    activity: str | None = None
    group_id: str | None = None
    served_by: tuple[str, ...] = ()
    organisation_id: str | None = None
    participants: tuple[PublishedParticipant, ...] = ()
    unidentified_count: int = 0
    tags: tuple[str, ...] = ()
    starts_at: datetime | None = None
    case_id: str | None = None
    sign_in_sheet: str | None = None
    referrals: tuple[PublishedReferral, ...] = ()


class UnitWritten(Read):
    """`ServiceUnitRecorded` and `ServiceUnitCorrected`."""

    unit: PublishedUnit
    reason: str | None = None


class Ended(Read):
    """Any `...Voided`."""

    reason: str | None = None


class AssessmentWritten(Read):
    """`AssessmentRecorded` and `AssessmentCorrected`."""

    assessment_id: str
    instrument: str
    phase: str
    assessed_on: str
    person_id: str | None = None
    contract_id: str | None = None
    total: int | None = None
    team_id: str | None = None
    reason: str | None = None


class PublishedTotals(Read):
    satisfied: int
    not_satisfied: int


class TallyWritten(Read):
    """`QuestionnaireTallied` and its correction."""

    tally_id: str
    instrument: str
    assessed_on: str
    totals: PublishedTotals
    contract_id: str | None = None
    reason: str | None = None


class CaseMoved(Read):
    """`CaseOpened`, `CaseReopened` and `CaseClosed`; without a contract it is regular service."""

    case_id: str
    on: str
    contract_id: str | None = None
    reason: str | None = None


class CaseWay(Read):
    """Any step of a case: what is not said with one stays as it was."""

    case_id: str
    on: str | None = None
    kind: str | None = None
    team_id: str | None = None
    worker_id: str | None = None


class PersonMerged(Read):
    person_id: str
    into: str
    merge_id: str
    reason: str | None = None


class PersonUnmerged(Read):
    merge_id: str
    reason: str | None = None


class ContactIdentified(Read):
    contact_id: str
    person_id: str
    identification_id: str


class ContactIdentificationUndone(Read):
    identification_id: str
    reason: str | None = None


class PublishedAttributes(Read):
    gender: str | None = None
    birth_year_band: str | None = None
    district: str | None = None


class PersonDescribed(Read):
    """`PersonRegistered` and `PersonDetailsChanged`."""

    person_id: str
    attributes: PublishedAttributes | None = None


class PersonRole(Read):
    person_id: str
    role: str
    from_date: str | None = None
    to_date: str | None = None


class PersonTargetGroup(Read):
    person_id: str
    target_group: str
    from_date: str | None = None
    to_date: str | None = None


class PersonConsent(Read):
    """`ConsentGiven` and `ConsentWithdrawn`; withdrawn, it holds no more on that very day."""

    person_id: str
    purpose: str
    on: str


class PublishedMember(Read):
    person_id: str
    relationship: str
    from_date: str | None = None


class CaseRegistered(Read):
    members: tuple[PublishedMember, ...] = ()


class PersonErased(Read):
    person_id: str


T = TypeVar("T", bound=Read)

_DECODERS: dict[type[Read], "msgspec.json.Decoder[Read]"] = {}


def read(arrived: Arrived, as_type: type[T]) -> T:
    """Read an event's data; raises `msgspec.MsgspecError` when a field that is used is missing or of another type."""
    decoder = _DECODERS.get(as_type)
    if decoder is None:
        decoder = _DECODERS[as_type] = msgspec.json.Decoder(as_type)
    return decoder.decode(arrived.data)  # type: ignore[return-value]
