"""What a service's own database says of its events: stored, published, taken in from others. Ages are in seconds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from shared.bus import arrivals, tables
from shared.clock import Clock
from shared.database import from_micros
from shared.health.contact import contact_ages
from shared.relay.relay import Outbox, checkpoint
from shared.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """How far what is stored is published."""

    stored: int
    published: int
    oldest_unpublished: float
    appends_closed: bool

    @property
    def unpublished(self) -> int:
        """How many stored events are not known to be published."""
        return max(0, self.stored - self.published)


@dataclass(frozen=True, slots=True)
class Source:
    """How much of another service's events is here. `age`: of the picture; 0 while nothing is known to be missing."""

    head: int
    watermark: int
    age: float

    @property
    def missing(self) -> int:
        """How many events are known to exist and have not arrived."""
        return self.head - self.watermark


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """How far what others have published is taken in; `contacts`: how long ago the broker answered which part."""

    sources: dict[str, Source]
    parked: int
    forks: int
    contacts: dict[str, float]


def read_outgoing(service: str, outbox: Outbox, clock: Clock) -> Outgoing:
    """Read what a relay's database role may read too."""
    closed = outbox.closed() is not None
    with outbox.database.read() as conn:
        published = checkpoint(conn, service)
        waiting = outbox.read_raw(conn, published, 1)
        return Outgoing(
            stored=outbox.head(conn)[0],
            published=published,
            oldest_unpublished=_age(clock.now(), waiting[0].recorded_at) if waiting else 0.0,
            appends_closed=closed,
        )


def read_incoming(service: Service) -> Incoming:
    """Read it all in one picture of the database."""
    with service.database.read() as conn:
        return Incoming(
            sources=_sources(conn, service),
            parked=conn.scalar(select(func.count()).select_from(tables.parked)) or 0,
            forks=len(arrivals.forks(conn)),
            contacts=contact_ages(conn),
        )


def _sources(conn: Connection, service: Service) -> dict[str, Source]:
    heads, marks = arrivals.heads(conn), arrivals.watermarks(conn)
    found = {}
    for name in sorted(service.intake.sources):
        head, mark = heads.get(name), marks.get(name, 0)
        if head is None or head.position <= mark:
            found[name] = Source(mark, mark, 0.0)
        else:
            newest = _recorded_at(conn, name, mark) or head.recorded_at
            found[name] = Source(head.position, mark, _age(service.clock.now(), newest))
    return found


def _recorded_at(conn: Connection, service: str, position: int) -> datetime | None:
    column = tables.arrival.c
    micros = conn.scalar(select(column.recorded_at).where(column.service == service, column.position == position))
    return None if micros is None else from_micros(micros)


def _age(now: datetime, moment: datetime) -> float:
    return max(0.0, (now - moment).total_seconds())
