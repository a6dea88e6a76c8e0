"""Parking: a message that cannot be read waits with its reason, and later ones of its stream wait behind it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

from shared.bus import arrivals, tables
from shared.bus.arrivals import Arrival, Forked
from shared.bus.envelope import Arrived, decode, told
from shared.bus.port import Received, service_of
from shared.database import from_micros, to_micros
from shared.errors import StaleVersion, Unavailable
from shared.failures import failure

log = structlog.get_logger()

Learn = Callable[[Connection, Sequence[Arrived]], None]

Stream = tuple[str, str]
"""A service and a stream id."""

WAITS = "An earlier message of this stream is parked."

TRY_AGAIN = (OperationalError, InternalError, InterfaceError, StaleVersion, Unavailable)
"""Errors that are the database's or another writer's, not the message's: nothing is parked for them."""

_parked = tables.parked.c


class Opened(msgspec.Struct, frozen=True, gc=False):
    """A message and what could be read of it: the event, or the reason why not; and its place, where it tells it."""

    message: Received
    event: Arrived | None
    arrival: Arrival | None
    reason: str = ""

    @property
    def stream(self) -> Stream:
        if self.event is None:
            return service_of(self.message.topic), self.message.key
        return self.event.service, self.event.stream_id

    @property
    def event_id(self) -> str:
        return self.arrival.event_id if self.arrival else sha256(self.message.value).hexdigest()


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked message: what it tells of itself, why it waits, and its bytes, in which nothing is sealed."""

    parked_id: int
    service: str
    position: int | None
    stream_id: str
    type: str | None
    reason: str
    published_at: datetime
    value: bytes


class _Place(msgspec.Struct):
    """The little that lets an unreadable message count as arrived."""

    id: str
    position: int
    recordedat: datetime | None = None


def readable(message: Received) -> Arrived | None:
    """The event of a message, None when it cannot be read: for those who keep nothing of its arrival."""
    try:
        return decode(message.value)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def opened(message: Received) -> Opened:
    """Read a message as far as it can be read."""
    try:
        event = decode(message.value)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return Opened(message, None, _salvaged(message), str(error))
    return Opened(message, event, arrivals.arrival_of(event))


def _salvaged(message: Received) -> Arrival | None:
    try:
        place = msgspec.json.decode(message.value, type=_Place)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    recorded_at = to_micros(place.recordedat) if place.recordedat else message.published_at
    service = service_of(message.topic)
    return Arrival(service, place.position, place.id, sha256(message.value).digest(), recorded_at)


def learn_or_park(conn: Connection, found: Iterable[Opened], learn: Learn, *, singly: bool) -> None:
    """Have everything learnt that can be; park what cannot be read, and what comes behind it in the same stream.

    `singly` shows `learn` one event at a time, each under a savepoint, to find those that it cannot take.
    """
    blocked = _blocked_streams(conn)
    clear: list[Arrived] = []
    for each in found:
        reason = WAITS if each.stream in blocked else each.reason
        if not reason and each.event is not None:
            if not singly:
                clear.append(each.event)
                continue
            reason = _attempt(conn, each.event, learn)
        if reason:
            _park(conn, each, reason)
            blocked.add(each.stream)
    if clear:
        learn(conn, clear)


class _Typed(msgspec.Struct):
    type: str


def parked_messages(conn: Connection) -> list[Parked]:
    """Everything that is parked, in the order of parking."""
    rows = conn.execute(select(tables.parked).order_by(_parked.parked_id))
    return [
        Parked(
            row.parked_id,
            row.service,
            row.position,
            row.stream_id,
            _type_in(row.value),
            row.reason,
            from_micros(row.published_at),
            row.value,
        )
        for row in rows
    ]


def _type_in(value: bytes) -> str | None:
    try:
        return msgspec.json.decode(value, type=_Typed).type
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def retry(conn: Connection, learn: Learn) -> int:
    """Try what is parked again, each stream in its order up to what still cannot be read; say how many were learnt."""
    learnt, blocked = 0, set[Stream]()
    for row in conn.execute(select(tables.parked).order_by(_parked.parked_id)).all():
        if (row.service, row.stream_id) in blocked:
            continue
        reason = _retry_one(conn, row, learn)
        this = _parked.parked_id == row.parked_id
        if reason:
            blocked.add((row.service, row.stream_id))
            conn.execute(update(tables.parked).where(this), {"reason": reason})
        else:
            learnt += 1
            conn.execute(delete(tables.parked).where(this))
    arrivals.advance(conn, {row.service for row in conn.execute(select(tables.arrival.c.service).distinct())})
    return learnt


def _retry_one(conn: Connection, row: Row[Any], learn: Learn) -> str:
    again = opened(Received(row.topic, 0, 0, row.stream_id, row.value, row.published_at))
    if again.event is None or again.arrival is None:
        return again.reason
    if row.position is None:
        # Its place was unknown until now, so it is a newcomer like any other.
        if not arrivals.fresh(conn, [again.arrival]):
            return ""
        arrivals.add(conn, [again.arrival])
    else:
        arrivals.correct(conn, again.arrival)
    return _attempt(conn, again.event, learn)


def _attempt(conn: Connection, event: Arrived, learn: Learn) -> str:
    """Have one event learnt; return why that failed, or nothing."""
    try:
        with conn.begin_nested():
            learn(conn, [event])
    except (Forked, *TRY_AGAIN):
        raise
    except Exception as error:
        log.error("intake.unreadable", service=event.service, **told(event), **failure(error))
        return f"{type(error).__name__}: {error}"
    return ""


def _blocked_streams(conn: Connection) -> set[Stream]:
    rows = conn.execute(select(_parked.service, _parked.stream_id).distinct())
    return {(row.service, row.stream_id) for row in rows}


def _park(conn: Connection, found: Opened, reason: str) -> None:
    """Put a message aside; one that is there already stays as it is."""
    if conn.execute(select(_parked.parked_id).where(_parked.event_id == found.event_id)).first():
        return
    service, stream_id = found.stream
    position = found.arrival.position if found.arrival else None
    log.error(
        "intake.parked",
        service=service,
        position=position,
        stream_id=stream_id,
        correlation_id=found.event.correlation_id if found.event else None,
    )
    row = {
        "event_id": found.event_id,
        "service": service,
        "position": position,
        "stream_id": stream_id,
        "topic": found.message.topic,
        "reason": reason,
        "value": found.message.value,
        "published_at": found.message.published_at,
    }
    conn.execute(insert(tables.parked), [row])
