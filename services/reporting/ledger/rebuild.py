"""Making the ledger anew from the log, beside the old one: compare, then switch. Pages are served from the old one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, Table, delete, except_, func, insert, select, text, update

from services.reporting import tables
from services.reporting.ledger.inbox import fill
from services.reporting.ledger.log import read_log
from services.reporting.tables import LedgerTables, ledger_tables
from shared.bus.envelope import Arrived
from shared.bus.port import Bus
from shared.service import Service


@dataclass(frozen=True, slots=True)
class TableDifference:
    """How a table differs: rows that only the old ledger has, and rows that only the new one has."""

    table: str
    only_old: int
    only_new: int


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild has read and found."""

    events: int
    differences: tuple[TableDifference, ...]


def rebuild(
    service: Service, bus: Bus, *, switch: bool = True, progress: Callable[[int], None] = lambda _: None
) -> Rebuilt:
    """Replay the log from its start into tables beside, compare, and (unless `switch` is off) put them in place.

    One transaction: nobody sees half a ledger, and the intake waits meanwhile. Exactly what has been taken in is
    replayed; what arrives later is learnt afterwards.
    """
    with service.database.write() as connection:
        _keep_intake_out(connection)
        beside = MetaData()
        new = ledger_tables(beside, "rebuilt_")
        beside.create_all(connection)
        count = _replay(connection, bus, new, progress)
        differences = tuple(
            found
            for old_table, new_table in zip(tables.ledger.all(), new.all(), strict=True)
            if (found := _compared(connection, old_table, new_table)) is not None
        )
        if switch and differences:
            _switch(connection, new)
        beside.drop_all(connection)
    return Rebuilt(count, differences)


def _keep_intake_out(connection: Connection) -> None:
    """SQLite's writers are alone; PostgreSQL's intake must not write to the tables that are about to be replaced."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in tables.ledger.all())
        connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))


def _replay(connection: Connection, bus: Bus, into: LedgerTables, progress: Callable[[int], None]) -> int:
    parked = set(connection.execute(select(tables.bus.parked.c.event_id)).scalars())
    done: set[tuple[str, int]] = set()
    for events in read_log(bus):
        fresh = []
        for event in events:
            place = (event.service, event.position)
            if place not in done and event.event_id not in parked:
                done.add(place)
                fresh.append(event)
        fill(connection, _taken_in(connection, fresh), into)
        progress(len(done))
    return len(done)


def _taken_in(connection: Connection, events: Sequence[Arrived]) -> list[Arrived]:
    """Those that have arrived here; the log may be ahead of the intake."""
    arrival = tables.bus.arrival.c
    known = set(
        connection.execute(select(arrival.event_id).where(arrival.event_id.in_([one.event_id for one in events])))
        .scalars()
        .all()
    )
    return [event for event in events if event.event_id in known]


def _compared(connection: Connection, old: Table, new: Table) -> TableDifference | None:
    only_old = _count(connection, old, new)
    only_new = _count(connection, new, old)
    return TableDifference(old.name, only_old, only_new) if only_old or only_new else None


def _count(connection: Connection, one: Table, other: Table) -> int:
    """How many rows the one table has and the other has not."""
    missing = except_(select(one), select(other)).subquery()
    return connection.execute(select(func.count()).select_from(missing)).scalar_one()


def _switch(connection: Connection, new: LedgerTables) -> None:
    for old_table, new_table in zip(tables.ledger.all(), new.all(), strict=True):
        connection.execute(delete(old_table))
        names = [column.name for column in old_table.columns]
        connection.execute(insert(old_table).from_select(names, select(new_table)))
    # Whatever was kept ready may rest on what was wrong.
    connection.execute(update(tables.touched).values(times=tables.touched.c.times + 1))
