"""Checks that nothing was lost, changed or invented between the services' stores, the log, and the ledger."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from services.reporting import tables
from services.reporting.ledger.cut import SOURCES
from services.reporting.ledger.log import read_log
from services.reporting.ledger.rebuild import rebuild
from shared.bus.envelope import digest
from shared.bus.port import Bus
from shared.service import Service

_AT_ONCE = 1000

Seen = Mapping[int, tuple[str, bytes]]
"""Positions of one service with the id and the fingerprint of the event there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def verify(
    reporting: Service, bus: Bus, services: Sequence[Service], progress: Callable[[str], None] = lambda _: None
) -> list[Difference]:
    """Compare every service's store with the log and with what has arrived here, and the ledger with a replay.

    What is merely on its way is no difference: positions behind the head of the log, and behind the watermark.
    """
    found: list[Difference] = []
    for service in services:
        if service.name in SOURCES:
            progress(service.name)
            stored, logged, arrived = _stored(service), _logged(bus, service.name), _arrived(reporting, service.name)
            found += _compared(f"{service.name}, log", stored, logged, max(logged, default=0))
            found += _compared(f"{service.name}, arrivals", stored, arrived, _watermark(reporting, service.name))
    progress("ledger")
    for table in rebuild(reporting, bus, switch=False).differences:
        what = f"{table.only_old} rows that the log does not give, {table.only_new} rows missing"
        found.append(Difference(f"ledger, {table.table}", what))
    return found


def _compared(where: str, stored: Seen, other: Seen, upto: int) -> Iterator[Difference]:
    for position in sorted(stored.keys() | other.keys()):
        if position not in stored:
            yield Difference(where, f"position {position} is unknown to the service's own store")
        elif position not in other:
            if position <= upto:
                yield Difference(where, f"position {position} is missing")
        elif stored[position] != other[position]:
            same_id = stored[position][0] == other[position][0]
            yield Difference(where, f"position {position} has {'other content' if same_id else 'another event'}")


def _stored(service: Service) -> Seen:
    found: dict[int, tuple[str, bytes]] = {}
    position = 0
    with service.database.read() as connection:
        while batch := service.store.read_raw(connection, position, _AT_ONCE):
            found.update({event.position: (event.event_id, digest(event)) for event in batch})
            position = batch[-1].position
    return found


def _logged(bus: Bus, service: str) -> Seen:
    return {event.position: (event.event_id, digest(event)) for events in read_log(bus, [service]) for event in events}


def _arrived(reporting: Service, service: str) -> Seen:
    arrival = tables.bus.arrival.c
    query = select(arrival.position, arrival.event_id, arrival.digest).where(arrival.service == service)
    with reporting.database.read() as connection:
        return {row.position: (row.event_id, row.digest) for row in connection.execute(query)}


def _watermark(reporting: Service, service: str) -> int:
    with reporting.database.read() as connection:
        return reporting.intake.watermark(connection, service)
