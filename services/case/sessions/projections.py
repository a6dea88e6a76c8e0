"""The read tables of sessions, written in the transaction of the events and again at every rebuild."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, update

from services.case.tables import session_case, session_person, session_referral, session_unit, session_worker
from shared.eventstore import Pending
from shared.serviceunit.events import (
    ServiceUnitCorrected,
    ServiceUnitPlanned,
    ServiceUnitRecorded,
    ServiceUnitVoided,
)
from shared.serviceunit.unit import Referral, ServiceUnit
from shared.together import Inserts, Rows

_LINKED = (session_worker, session_person, session_case, session_referral)
_INSERT, _LINK = Inserts(session_unit, *_LINKED), Inserts(*_LINKED)
_UNLINK = tuple(delete(table).where(table.c.unit_id == bindparam("of")) for table in _LINKED)
_UPDATE = update(session_unit).where(session_unit.c.unit_id == bindparam("of"))


def project(connection: Connection, pending: Sequence[Pending]) -> None:
    for one in pending:
        match one.event:
            case ServiceUnitPlanned(unit=unit) | ServiceUnitRecorded(unit=unit) if one.version == 1:
                row = {"unit_id": unit.unit_id, "agency_id": one.agency_id} | _row(one)
                _INSERT.run(connection, {session_unit.name: [row]} | _links(unit))
            case ServiceUnitPlanned(unit=unit) | ServiceUnitRecorded(unit=unit) | ServiceUnitCorrected(unit=unit):
                connection.execute(_UPDATE, {"of": unit.unit_id} | _row(one))
                for unlink in _UNLINK:
                    connection.execute(unlink, {"of": unit.unit_id})
                _LINK.run(connection, _links(unit))
            case ServiceUnitVoided(unit_id=unit_id):
                voided = update(session_unit).where(session_unit.c.unit_id == unit_id)
                connection.execute(voided.values(phase="voided", version=one.version))
            case _:
                pass


def _row(pending: Pending) -> dict[str, Any]:
    event = pending.event
    unit: ServiceUnit = event.unit
    return {
        "team_id": unit.team_id,
        "kind": unit.kind,
        "occurred_on": unit.occurred_on,
        "phase": "planned" if isinstance(event, ServiceUnitPlanned) else "recorded",
        "status": unit.status,
        "unit": msgspec.json.encode(unit),
        "has_note": event.note is not None,
        "note_subject": event.note_subject,
        "version": pending.version,
        "follow_up_on": unit.follow_up.on if unit.follow_up else None,
    }


def _links(unit: ServiceUnit) -> dict[str, Rows]:
    """Who served, who was there, for which cases, and who was referred; with the day, so that it is found by index."""
    common = {"unit_id": unit.unit_id, "occurred_on": unit.occurred_on}
    cases = dict.fromkeys([*([unit.case_id] if unit.case_id else []), *unit.case_ids])
    return {
        session_worker.name: [{"worker_id": worker} | common for worker in dict.fromkeys(unit.served_by)],
        session_person.name: [{"person_id": person.person_id} | common for person in unit.participants],
        session_case.name: [{"case_id": case_id} | common for case_id in cases],
        session_referral.name: [_referral(unit.unit_id, number, one) for number, one in enumerate(unit.referrals)],
    }


def _referral(unit_id: str, number: int, one: Referral) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "number": number,
        "person_id": one.person_id,
        "destination": one.destination,
        "referred_on": one.on,
        "taken_up": one.taken_up,
    }
