"""The entries that wait: for a leader, or with their author again. One row an entry, gone once it is read."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    update,
)

from shared.eventstore import Pending
from shared.prepared import Prepared
from shared.serviceunit.events import (
    ServiceUnitCorrected,
    ServiceUnitRead,
    ServiceUnitRecorded,
    ServiceUnitReturned,
    ServiceUnitVoided,
)

entry_waiting = Table(
    "entry_waiting",
    MetaData(),
    Column("unit_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("version", Integer, nullable=False),
    Column("returned", Boolean, nullable=False),
    Column("unit", LargeBinary, nullable=False),  # the whole public content as JSON
    Index("entry_waiting_of_agency", "agency_id", "returned", "occurred_on", "unit_id"),
    Index("entry_waiting_of_author", "author", "returned"),
)

_INSERT = Prepared(insert(entry_waiting))
_OWN = entry_waiting.c.unit_id == bindparam("of")
_DELETE = delete(entry_waiting).where(_OWN)
_THIS_VERSION = entry_waiting.c.version == bindparam("was")
_DELETE_READ = _DELETE.where(_THIS_VERSION)
_RETURN = update(entry_waiting).where(_OWN, _THIS_VERSION).values(returned=True)


def waiting_table(metadata: MetaData) -> Table:
    """Add `entry_waiting` to a service's metadata."""
    return entry_waiting.to_metadata(metadata)


def project(connection: Connection, events: Sequence[Pending]) -> None:
    """Keep what waits; events of other aggregates are passed over."""
    for pending in events:
        match pending.event:
            case ServiceUnitRecorded() | ServiceUnitCorrected():
                _wait(connection, pending)
            case ServiceUnitVoided(unit_id=unit_id):
                connection.execute(_DELETE, {"of": unit_id})
            case ServiceUnitRead(unit_id=unit_id, version=version):
                connection.execute(_DELETE_READ, {"of": unit_id, "was": version})
            case ServiceUnitReturned(unit_id=unit_id, version=version):
                connection.execute(_RETURN, {"of": unit_id, "was": version})


def _wait(connection: Connection, pending: Pending) -> None:
    unit = pending.event.unit
    if pending.version > 1:
        connection.execute(_DELETE, {"of": unit.unit_id})
    row = {
        "unit_id": unit.unit_id,
        "agency_id": pending.agency_id,
        "team_id": unit.team_id,
        "author": unit.entered_by,
        "occurred_on": unit.occurred_on,
        "version": pending.version,
        "returned": False,
        "unit": msgspec.json.encode(unit),
    }
    _INSERT.run(connection, [row])
