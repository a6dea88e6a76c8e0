"""Which cut is meant: what has arrived by now, what was known on a day, or one that was written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, and_, func, or_, select

from services.reporting import tables
from services.reporting.ledger.cut import SOURCES, Cut
from shared.bus import arrivals
from shared.clock import HONG_KONG
from shared.database import from_micros, to_micros
from shared.errors import Invalid
from shared.health.contact import contact_ages


def cut_now(connection: Connection) -> Cut:
    """Everything that has arrived without a gap, less what could not be read, and all of this service's own events."""
    marks = arrivals.watermarks(connection)
    own = connection.execute(select(func.max(tables.event.c.position))).scalar() or 0
    positions = {service: marks.get(service, 0) for service in SOURCES}
    return Cut({**positions, "reporting": own}, _parked_by(connection, positions))


def _parked_by(connection: Connection, positions: Mapping[str, int]) -> dict[str, frozenset[int]]:
    """The messages that wait to be read, of each service up to a position."""
    parked = tables.bus.parked.c
    waiting: dict[str, set[int]] = {}
    rows = connection.execute(select(parked.service, parked.position).where(parked.position.is_not(None)))
    for service, position in rows:
        if position <= positions.get(service, 0):
            waiting.setdefault(service, set()).add(position)
    return {service: frozenset(found) for service, found in waiting.items()}


def cut_on(connection: Connection, day: date, today: date, *, field: str = "as_of") -> Cut:
    """What was known at the end of a day in Hong Kong: the last position each service had recorded by then.

    Raises `Invalid` for a day to come: what will be known then is not known, and would not stay as it was shown.
    """
    if day > today:
        raise Invalid("date_in_future", "This date is in the future. Please change it.", field=field)
    end = to_micros(datetime.combine(day + timedelta(days=1), time(), tzinfo=HONG_KONG))
    now = cut_now(connection)
    event = tables.event.c
    own = connection.execute(select(func.max(event.position)).where(event.recorded_at < end)).scalar() or 0
    # What lies behind a gap is not known yet.
    known = {service: min(_last_recorded_before(connection, service, end), now[service]) for service in SOURCES}
    return Cut({**known, "reporting": own}, _parked_by(connection, known))


def _last_recorded_before(connection: Connection, service: str, end: int) -> int:
    """The highest position of a service that was recorded before `end` (microseconds), of all that have arrived.

    Times follow positions, so that the latest time has the highest position, but for parked messages: of one whose
    time could not be read, only the later time of its publication is known. They are few, and looked at apart.
    """
    arrival, parked = tables.bus.arrival.c, tables.bus.parked.c
    before = select(arrival.position).where(arrival.service == service, arrival.recorded_at < end)
    waiting = select(parked.position).where(parked.service == service, parked.position.is_not(None))
    latest = (
        before.where(arrival.position.not_in(waiting))
        .order_by(arrival.recorded_at.desc(), arrival.position.desc())
        .limit(1)
    )
    found = (
        *connection.execute(latest).scalars(),
        *connection.execute(before.where(arrival.position.in_(waiting))).scalars(),
    )
    return max(found, default=0)


def cut_asked(connection: Connection, today: date, *, cut: str | None = None, as_of: date | None = None) -> Cut:
    """The cut of a request; raises `Invalid` for one that lies ahead of what has arrived."""
    if cut is None:
        return cut_now(connection) if as_of is None else cut_on(connection, as_of, today)
    if as_of is not None:
        raise Invalid("cut_or_date", "Ask either for a date or for a cut.", field="cut")
    return cut_written(connection, cut)


def cut_written(connection: Connection, text: str) -> Cut:
    """A cut that was written down; raises `Invalid` for one that lies ahead of what has arrived."""
    asked, now = Cut.parse(text), cut_now(connection)
    for service, position in asked.positions.items():
        if position > now[service]:
            raise Invalid(
                "cut_ahead",
                "This cut lies ahead of what has arrived from %(service)s (%(position)s).",
                field="cut",
                service=service,
                position=now[service],
            )
    return asked


def newest_in(connection: Connection, cut: Cut) -> datetime | None:
    """When the newest entry that a cut holds was recorded; None of one that holds nothing."""
    arrival = tables.bus.arrival.c
    last = or_(*(and_(arrival.service == service, arrival.position == cut[service]) for service in SOURCES))
    found = connection.execute(select(func.max(arrival.recorded_at)).where(last)).scalar()
    return from_micros(found) if found is not None else None


SILENT_AFTER = timedelta(seconds=15)
"""A consumer notes every few seconds that the bus answers it; after three misses it does not."""


def silence(connection: Connection) -> timedelta:
    """For how long the bus has told nothing, while the other services may have saved much; nothing while it answers."""
    age = timedelta(seconds=contact_ages(connection).get("intake", 0.0))
    return age if age > SILENT_AFTER else timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far this service has heard one other."""

    service: str
    arrived: int
    head: int
    recorded_at: datetime | None
    parked: int

    @property
    def behind(self) -> int:
        return max(self.head - self.arrived, 0)


def freshness(connection: Connection) -> list[Freshness]:
    """The heads against the watermarks, and how many messages wait because they could not be read."""
    marks, heads = arrivals.watermarks(connection), arrivals.heads(connection)
    parked = tables.bus.parked
    waiting: dict[str, int] = dict(
        connection.execute(select(parked.c.service, func.count()).group_by(parked.c.service)).all()
    )
    return [
        Freshness(
            service=service,
            arrived=marks.get(service, 0),
            head=heads[service].position if service in heads else 0,
            recorded_at=heads[service].recorded_at if service in heads else None,
            parked=waiting.get(service, 0),
        )
        for service in SOURCES
    ]
