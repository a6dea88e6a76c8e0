"""The read tables of meetings: one row a meeting as it is now, one row a participant."""

from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, update

from services.groups.tables import meeting, meeting_participant
from shared.database import to_micros
from shared.eventstore import Pending
from shared.prepared import Prepared
from shared.serviceunit.events import (
    ServiceUnitCorrected,
    ServiceUnitPlanned,
    ServiceUnitRecorded,
    ServiceUnitVoided,
)
from shared.serviceunit.unit import ServiceUnit

_INSERT, _INSERT_PEOPLE = Prepared(insert(meeting)), Prepared(insert(meeting_participant))
_DELETE = delete(meeting).where(meeting.c.unit_id == bindparam("of"))
_DELETE_PEOPLE = delete(meeting_participant).where(meeting_participant.c.unit_id == bindparam("of"))


def project(connection: Connection, pending: Pending) -> None:
    """Write what this event changes; events of other aggregates are passed over."""
    match pending.event:
        case ServiceUnitPlanned(unit=unit, note=note):
            _write(connection, pending, unit, phase="planned", has_note=note is not None)
        case ServiceUnitRecorded(unit=unit, note=note) | ServiceUnitCorrected(unit=unit, note=note):
            _write(connection, pending, unit, phase="recorded", has_note=note is not None)
        case ServiceUnitVoided(unit_id=unit_id):
            own = update(meeting).where(meeting.c.unit_id == unit_id)
            connection.execute(own.values(phase="voided", version=pending.version))


def _write(connection: Connection, pending: Pending, unit: ServiceUnit, *, phase: str, has_note: bool) -> None:
    if pending.version > 1:
        for unwrite in (_DELETE, _DELETE_PEOPLE):
            connection.execute(unwrite, {"of": unit.unit_id})
    row = {**_row(unit), "agency_id": pending.agency_id, "version": pending.version}
    _INSERT.run(connection, [{**row, "phase": phase, "has_note": has_note}])
    people = [{"unit_id": unit.unit_id, "person_id": person.person_id} for person in unit.participants]
    _INSERT_PEOPLE.run(connection, people)


def _row(unit: ServiceUnit) -> dict[str, Any]:
    return {
        "unit_id": unit.unit_id,
        "team_id": unit.team_id,
        "kind": unit.kind,
        "group_id": unit.group_id,
        "occurred_on": unit.occurred_on,
        "starts_at": None if unit.starts_at is None else to_micros(unit.starts_at),
        "minutes": unit.minutes,
        "status": unit.status,
        "unit": msgspec.to_builtins(unit),
    }
