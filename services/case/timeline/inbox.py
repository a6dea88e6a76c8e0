"""What this service reads of meetings and visits, so that the page of a case shows them beside its own sessions."""

from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, update

from services.case.tables import contact_person, timeline_change, timeline_entry, timeline_person, timeline_referral
from shared.bus.envelope import Arrived
from shared.bus.versions import require_known
from shared.database import to_micros

_PHASES = {
    "ServiceUnitPlanned": "planned",
    "ServiceUnitRecorded": "recorded",
    "ServiceUnitCorrected": "recorded",
}
_SHOWN = {*_PHASES, "ServiceUnitVoided", "ContactIdentified", "ContactIdentificationUndone"}


class _Participant(msgspec.Struct, frozen=True):
    person_id: str


class _Referral(msgspec.Struct, frozen=True):
    person_id: str
    destination: str
    on: date
    taken_up: bool | None = None


class _Unit(msgspec.Struct, frozen=True):
    unit_id: str
    kind: str
    occurred_on: date
    status: str
    mode: str
    setting: str
    activity: str | None = None
    minutes: int | None = None
    case_id: str | None = None
    participants: tuple[_Participant, ...] = ()
    referrals: tuple[_Referral, ...] = ()


class _Saved(msgspec.Struct, frozen=True):
    unit: _Unit


class _Voided(msgspec.Struct, frozen=True):
    unit_id: str


class _Why(msgspec.Struct, frozen=True):
    reason: str | None = None


class _Identified(msgspec.Struct, frozen=True):
    contact_id: str
    person_id: str


class _Undone(msgspec.Struct, frozen=True):
    contact_id: str


_FORGET = tuple(
    delete(table).where(table.c.unit_id == bindparam("of"))
    for table in (timeline_entry, timeline_person, timeline_referral)
)


def learn(connection: Connection, events: Sequence[Arrived]) -> None:
    """Take in events of groups and outreach; those that no timeline shows are passed over."""
    for arrived in events:
        if arrived.service not in ("groups", "outreach") or arrived.type not in _SHOWN:
            continue
        require_known(arrived)
        if arrived.type in _PHASES:
            _keep(connection, arrived)
        elif arrived.type == "ServiceUnitVoided":
            unit_id = msgspec.json.decode(arrived.data, type=_Voided).unit_id
            voided = update(timeline_entry).where(timeline_entry.c.unit_id == unit_id)
            connection.execute(voided.values(phase="voided"))
            _keep_change(connection, arrived, unit_id)
        elif arrived.type == "ContactIdentified":
            identified = msgspec.json.decode(arrived.data, type=_Identified)
            _forget_contact(connection, identified.contact_id)
            row = {"contact_id": identified.contact_id, "person_id": identified.person_id}
            connection.execute(insert(contact_person), row)
        elif arrived.type == "ContactIdentificationUndone":
            _forget_contact(connection, msgspec.json.decode(arrived.data, type=_Undone).contact_id)


def _keep(connection: Connection, arrived: Arrived) -> None:
    unit = msgspec.json.decode(arrived.data, type=_Saved).unit
    for forget in _FORGET:
        connection.execute(forget, {"of": unit.unit_id})
    shown = ("unit_id", "kind", "case_id", "occurred_on", "status", "mode", "setting", "activity", "minutes")
    row = {name: getattr(unit, name) for name in shown}
    common = {"agency_id": arrived.agency_id, "service": arrived.service, "phase": _PHASES[arrived.type]}
    connection.execute(insert(timeline_entry), row | common)
    if arrived.type == "ServiceUnitCorrected":
        _keep_change(connection, arrived, unit.unit_id)
    people = [{"unit_id": unit.unit_id, "person_id": one.person_id} for one in unit.participants]
    if people:
        connection.execute(insert(timeline_person), people)
    referrals = [
        {
            "unit_id": unit.unit_id,
            "number": number,
            "person_id": one.person_id,
            "destination": one.destination,
            "referred_on": one.on,
            "taken_up": one.taken_up,
        }
        for number, one in enumerate(unit.referrals)
    ]
    if referrals:
        connection.execute(insert(timeline_referral), referrals)


def _keep_change(connection: Connection, arrived: Arrived, unit_id: str) -> None:
    """Keep that an entry was corrected or voided, by whom and why, for its story."""
    row = {
        "unit_id": unit_id,
        "version": arrived.version,
        "type": arrived.type,
        "reason": msgspec.json.decode(arrived.data, type=_Why).reason,
        "actor": arrived.actor,
        "recorded_at": to_micros(arrived.recorded_at),
    }
    connection.execute(insert(timeline_change), row)


def _forget_contact(connection: Connection, contact_id: str) -> None:
    connection.execute(delete(contact_person).where(contact_person.c.contact_id == contact_id))
