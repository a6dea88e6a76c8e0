"""The read tables of visits: one row a visit as it is now, one row a participant."""

from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from services.outreach.tables import visit, visit_participant
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

_INSERT, _INSERT_PEOPLE = Prepared(insert(visit)), Prepared(insert(visit_participant))
_OURS = visit_participant.c.unit_id == bindparam("of")
_MARK_GONE = update(visit_participant).where(_OURS).values(current=False)
_DELETE_PEOPLE = delete(visit_participant).where(
    _OURS, visit_participant.c.person_id.in_(bindparam("people", expanding=True))
)


def project(connection: Connection, pending: Pending) -> None:
    """Write what this event changes; events of other aggregates are passed over."""
    match pending.event:
        case ServiceUnitPlanned() as planned:
            _write(connection, pending, planned, phase="planned")
        case ServiceUnitRecorded() | ServiceUnitCorrected() as entered:
            _write(connection, pending, entered, phase="recorded")
        case ServiceUnitVoided(unit_id=unit_id):
            own = update(visit).where(visit.c.unit_id == unit_id)
            connection.execute(own.values(phase="voided", version=pending.version))


def _write(
    connection: Connection,
    pending: Pending,
    entered: ServiceUnitPlanned | ServiceUnitRecorded | ServiceUnitCorrected,
    *,
    phase: str,
) -> None:
    unit, own_subject = entered.unit, None
    people = {person.person_id for person in unit.participants}
    if entered.note is not None and entered.note_subject not in people:
        own_subject = entered.note_subject
    if pending.version > 1:
        earlier = connection.scalars(select(visit.c.own_subject).where(visit.c.unit_id == unit.unit_id)).one_or_none()
        own_subject = own_subject or earlier
        connection.execute(delete(visit).where(visit.c.unit_id == unit.unit_id))
    row = {
        **_row(unit),
        "agency_id": pending.agency_id,
        "version": pending.version,
        "phase": phase,
        "has_note": entered.note is not None,
        "note_subject": entered.note_subject,
        "own_subject": own_subject,
    }
    _INSERT.run(connection, [row])
    _write_people(connection, unit.unit_id, people, again=pending.version > 1)


def _write_people(connection: Connection, unit_id: str, people: set[str], *, again: bool) -> None:
    """Those taken out by a correction stay, marked: an earlier note may tell of them."""
    if again:
        connection.execute(_MARK_GONE, {"of": unit_id})
        connection.execute(_DELETE_PEOPLE, {"of": unit_id, "people": list(people)})
    rows = [{"unit_id": unit_id, "person_id": person_id, "current": True} for person_id in sorted(people)]
    _INSERT_PEOPLE.run(connection, rows)


def _row(unit: ServiceUnit) -> dict[str, Any]:
    return {
        "unit_id": unit.unit_id,
        "team_id": unit.team_id,
        "case_id": unit.case_id,
        "occurred_on": unit.occurred_on,
        "starts_at": None if unit.starts_at is None else to_micros(unit.starts_at),
        "minutes": unit.minutes,
        "unit": msgspec.to_builtins(unit),
    }
