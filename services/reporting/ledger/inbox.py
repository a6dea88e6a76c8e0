"""The intake: events of the other services become rows. Their positions decide, never the order of arrival."""

from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import Connection

from services.reporting.indicators.definition import Counting
from services.reporting.ledger import published
from services.reporting.ledger.batch import Batch
from services.reporting.ledger.published import PublishedUnit, read
from shared.bus.envelope import Arrived
from shared.bus.versions import require_known
from shared.database import to_micros

Handler = Callable[[Batch, Arrived], None]

_encoder = msgspec.json.Encoder()
_ATTENDED = Counting().participant_status


def learn(connection: Connection, events: Sequence[Arrived]) -> None:
    """Take a batch in and mark the contracts it touches; no figure is counted here."""
    fill(connection, events).mark()


def fill(connection: Connection, events: Sequence[Arrived]) -> Batch:
    """Write the rows of a batch; an event that does not count is passed over."""
    batch = Batch(connection)
    # The first event of a stream has nothing before it; most sessions are never touched again.
    batch.prepare(event.stream_id for event in events if event.version > 1 and event.type in _ENTRY_EVENTS)
    for event in events:
        kind = event.type
        handle = HANDLERS.get(kind)
        if handle is not None:
            require_known(event, VERSIONS.get(kind, 1))
            handle(batch, event)
    batch.write()
    return batch


def _unit(batch: Batch, arrived: Arrived) -> None:
    written = read(arrived, published.UnitWritten)
    unit = written.unit
    batch.add_entry(arrived, "unit", [segment.contract_id for segment in unit.segments], written.reason)
    batch.add_occasion(
        arrived,
        unit.team_id,
        unit.group_id,
        unit.kind,
        unit.status,
        unit.occurred_on,
        unit.minutes,
        ",".join(unit.served_by),
        sum(one.status in _ATTENDED for one in unit.participants) + unit.unidentified_count,
        to_micros(arrived.recorded_at),
        to_micros(unit.starts_at) if unit.starts_at else None,
        unit.case_id,
        unit.sign_in_sheet,
        ",".join(one.on for one in unit.referrals) or None,
    )
    people = _encoder.encode([(one.person_id, one.role, one.target_groups, one.status) for one in unit.participants])
    for segment in unit.segments:
        minutes = unit.minutes if segment.minutes is None and len(unit.segments) == 1 else segment.minutes
        _segment(batch, arrived, unit, segment.contract_id, minutes, people)
        batch.add_people(arrived, segment.contract_id, (one.person_id for one in unit.participants))


def _segment(
    batch: Batch, arrived: Arrived, unit: PublishedUnit, contract_id: str, minutes: int | None, people: bytes
) -> None:
    batch.add_row(
        "segment",
        arrived,
        contract_id,
        unit.kind,
        unit.status,
        unit.occurred_on,
        minutes,
        unit.mode,
        unit.setting,
        unit.activity,
        ",".join(unit.tags),
        unit.organisation_id,
        unit.unidentified_count,
        people,
    )


def _assessment(batch: Batch, arrived: Arrived) -> None:
    written = read(arrived, published.AssessmentWritten)
    batch.add_entry(arrived, "score", [written.contract_id] if written.contract_id else [], written.reason)
    if written.contract_id is None:
        return
    batch.add_row(
        "score",
        arrived,
        written.contract_id,
        written.person_id,
        written.instrument,
        written.phase,
        written.assessed_on,
        written.total,
        written.team_id,
    )
    if written.person_id is not None:
        batch.add_people(arrived, written.contract_id, [written.person_id])


def _tally(batch: Batch, arrived: Arrived) -> None:
    written = read(arrived, published.TallyWritten)
    batch.add_entry(arrived, "tally", [written.contract_id] if written.contract_id else [], written.reason)
    if written.contract_id is not None:
        batch.add_row(
            "tally",
            arrived,
            written.contract_id,
            written.instrument,
            written.assessed_on,
            written.totals.satisfied,
            written.totals.not_satisfied,
        )


def _voided(batch: Batch, arrived: Arrived) -> None:
    batch.void_entry(arrived, read(arrived, published.Ended).reason)


_STAGES = {"CaseOpened": "opened", "CaseReopened": "opened", "CaseClosed": "closed"}
_MOVES = {
    **_STAGES,
    "CaseRegistered": "registered",
    "CaseEnquired": "enquired",
    "CaseIntakeStarted": "intake",
    "CaseAssigned": "assigned",
    "CaseTransferred": "transferred",
}


def _case_moved(batch: Batch, arrived: Arrived) -> None:
    if arrived.type in _STAGES:
        batch.add_stage(arrived, read(arrived, published.CaseMoved), _STAGES[arrived.type])
    batch.add_move(arrived, _MOVES[arrived.type], read(arrived, published.CaseWay))


def _merged(batch: Batch, arrived: Arrived) -> None:
    merged = read(arrived, published.PersonMerged)
    batch.add_identity(arrived, merged.merge_id, merged.person_id, merged.into, merged.reason)


def _unmerged(batch: Batch, arrived: Arrived) -> None:
    unmerged = read(arrived, published.PersonUnmerged)
    batch.end_identity(arrived, unmerged.merge_id, unmerged.reason)


def _identified(batch: Batch, arrived: Arrived) -> None:
    found = read(arrived, published.ContactIdentified)
    batch.add_identity(arrived, found.identification_id, found.contact_id, found.person_id, None)


def _unidentified(batch: Batch, arrived: Arrived) -> None:
    undone = read(arrived, published.ContactIdentificationUndone)
    batch.end_identity(arrived, undone.identification_id, undone.reason)


def _described(batch: Batch, arrived: Arrived) -> None:
    person = read(arrived, published.PersonDescribed)
    for name in ("gender", "birth_year_band", "district"):
        if arrived.version > 1:  # Before a person's first event nothing was written that could end.
            batch.end_attribute(arrived, person.person_id, name)
        value = getattr(person.attributes, name, None)
        if value is not None:
            batch.add_attribute(arrived, person.person_id, name, value)


def _role_given(batch: Batch, arrived: Arrived) -> None:
    given = read(arrived, published.PersonRole)
    batch.add_attribute(arrived, given.person_id, "role", given.role, given.from_date)


def _role_ended(batch: Batch, arrived: Arrived) -> None:
    ended = read(arrived, published.PersonRole)
    batch.add_attribute(arrived, ended.person_id, "role", ended.role, None, ended.to_date)


def _target_group_given(batch: Batch, arrived: Arrived) -> None:
    given = read(arrived, published.PersonTargetGroup)
    batch.add_attribute(arrived, given.person_id, "target_group", given.target_group, given.from_date)


def _target_group_ended(batch: Batch, arrived: Arrived) -> None:
    ended = read(arrived, published.PersonTargetGroup)
    batch.add_attribute(arrived, ended.person_id, "target_group", ended.target_group, None, ended.to_date)


def _consent_given(batch: Batch, arrived: Arrived) -> None:
    given = read(arrived, published.PersonConsent)
    batch.add_attribute(arrived, given.person_id, "consent", given.purpose, given.on)


def _consent_withdrawn(batch: Batch, arrived: Arrived) -> None:
    withdrawn = read(arrived, published.PersonConsent)
    batch.add_attribute(arrived, withdrawn.person_id, "consent", withdrawn.purpose, None, withdrawn.on)


def _erased(batch: Batch, arrived: Arrived) -> None:
    """Whoever is erased consents to nothing any more; codes stay, since they are counted by."""
    batch.end_attribute(arrived, read(arrived, published.PersonErased).person_id, "consent")


def _registered(batch: Batch, arrived: Arrived) -> None:
    _case_moved(batch, arrived)
    for member in read(arrived, published.CaseRegistered).members:
        _related(batch, arrived, member)


def _member(batch: Batch, arrived: Arrived) -> None:
    _related(batch, arrived, read(arrived, published.PublishedMember))


def _related(batch: Batch, arrived: Arrived, member: published.PublishedMember) -> None:
    """Who somebody is to a case stays so when they leave it."""
    batch.add_attribute(arrived, member.person_id, "relationship", member.relationship, member.from_date)


_ENTRIES: dict[str, Handler] = {
    "ServiceUnitRecorded": _unit,
    "ServiceUnitCorrected": _unit,
    "ServiceUnitVoided": _voided,
    "AssessmentRecorded": _assessment,
    "AssessmentCorrected": _assessment,
    "AssessmentVoided": _voided,
    "QuestionnaireTallied": _tally,
    "QuestionnaireTallyCorrected": _tally,
    "QuestionnaireTallyVoided": _voided,
}
_ENTRY_EVENTS = frozenset(_ENTRIES)
HANDLERS: dict[str, Handler] = {
    **_ENTRIES,
    **dict.fromkeys(_MOVES, _case_moved),
    "CaseRegistered": _registered,
    "CaseMemberJoined": _member,
    "PersonMergedInto": _merged,
    "PersonUnmerged": _unmerged,
    "ContactIdentified": _identified,
    "ContactIdentificationUndone": _unidentified,
    "PersonRegistered": _described,
    "PersonDetailsChanged": _described,
    "PersonRoleGiven": _role_given,
    "PersonRoleEnded": _role_ended,
    "TargetGroupGiven": _target_group_given,
    "TargetGroupEnded": _target_group_ended,
    "ConsentGiven": _consent_given,
    "ConsentWithdrawn": _consent_withdrawn,
    "PersonErased": _erased,
}
VERSIONS: dict[str, int] = {}
"""The newest version read of an event, where it is not the first."""
