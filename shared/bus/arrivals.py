"""What has arrived, in SQL: arrivals, log offsets, watermarks and heads in a service's own database."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from shared.bulk import insert_rows
from shared.bus import tables
from shared.bus.envelope import Arrived, Head, digest
from shared.bus.port import Partition
from shared.database import from_micros, to_micros


class Forked(Exception):
    """Two different events claim the same position of a service: one of two histories is wrong."""

    def __init__(self, service: str, position: int, event_id: str, other_event_id: str) -> None:
        super().__init__(
            f"{service} has two events at position {position}: {event_id} arrived first, then {other_event_id}."
            " Nothing more is taken in before an operator has found out which history is right."
        )
        self.service, self.position = service, position
        self.event_id, self.other_event_id = event_id, other_event_id


class Place(NamedTuple):
    """Up to where a partition was taken in, and in which life of its topic."""

    topic_identity: str
    next_offset: int


class Arrival(NamedTuple):
    """What is kept for ever of an event that arrived: the columns of its row, in their order."""

    service: str
    position: int
    event_id: str
    digest: bytes
    recorded_at: int


_arrival = tables.arrival.c
_offset = tables.log_offset.c

# Parameters are named once, so that SQLAlchemy and the database compile each statement once.
# The positions are one parameter, however many they are.
_POSITIONS = bindparam("positions", type_=Text)
_GIVEN = {
    "sqlite": select(func.json_each(_POSITIONS).table_valued("value").c.value),
    "postgresql": select(func.json_array_elements_text(cast(_POSITIONS, JSON)).column_valued().cast(BigInteger)),
}
_KNOWN = {
    dialect: select(_arrival.position, _arrival.event_id).where(
        _arrival.service == bindparam("service"), _arrival.position.in_(given)
    )
    for dialect, given in _GIVEN.items()
}
_MOVE = update(tables.log_offset).where(
    _offset.topic == bindparam("in_topic"),
    _offset.partition == bindparam("number"),
    _offset.topic_identity == bindparam("identity"),
    _offset.next_offset == bindparam("before"),
)
_AT_ONCE = 2000
_FOLLOWING = (
    select(_arrival.position)
    .where(_arrival.service == bindparam("service"), _arrival.position > bindparam("mark"))
    .order_by(_arrival.position)
    .limit(_AT_ONCE)
)


def arrival_of(event: Arrived) -> Arrival:
    """The row that is kept of an event."""
    return Arrival(event.service, event.position, event.event_id, digest(event), to_micros(event.recorded_at))


def fresh(conn: Connection, arrivals: Iterable[Arrival]) -> list[Arrival]:
    """Those that were not seen before, each once, in the order given; raises `Forked`."""
    given = list(arrivals)
    known: dict[tuple[str, int], str] = {}
    for service in {arrival.service for arrival in given}:
        positions = [arrival.position for arrival in given if arrival.service == service]
        rows = conn.execute(_KNOWN[conn.dialect.name], {"service": service, "positions": json.dumps(positions)})
        known.update({(service, row.position): row.event_id for row in rows})
    unseen = []
    for arrival in given:
        place = (arrival.service, arrival.position)
        seen = known.get(place)
        if seen is None:
            known[place] = arrival.event_id
            unseen.append(arrival)
        elif seen != arrival.event_id:
            raise Forked(*place, seen, arrival.event_id)
    return unseen


def add(conn: Connection, arrivals: Sequence[Arrival]) -> None:
    """Keep that these have arrived."""
    if arrivals:
        insert_rows(conn, tables.arrival, arrivals)


def correct(conn: Connection, arrival: Arrival) -> None:
    """Put right what is kept of an event whose envelope could not be read in full when it arrived."""
    own = (_arrival.service == arrival.service, _arrival.position == arrival.position)
    conn.execute(update(tables.arrival).where(*own), {"digest": arrival.digest, "recorded_at": arrival.recorded_at})


def places(conn: Connection) -> dict[Partition, Place]:
    """Up to where every partition was taken in."""
    rows = conn.execute(select(tables.log_offset))
    return {Partition(row.topic, row.partition): Place(row.topic_identity, row.next_offset) for row in rows}


def begin(conn: Connection, partition: Partition, place: Place) -> bool:
    """Keep where a partition begins; says no, and does nothing, when somebody has done so."""
    return _added(conn, tables.log_offset, {"topic": partition.topic, "partition": partition.number, **place._asdict()})


def move(conn: Connection, moves: Mapping[Partition, tuple[Place, Place]]) -> bool:
    """Move partitions on; says no when one is not where the caller believes it is, who then rolls back.

    They move in the order of their names, so that two who move the same ones never wait for each other.
    """
    rows = [
        {
            "in_topic": partition.topic,
            "number": partition.number,
            "identity": before.topic_identity,
            "before": before.next_offset,
            **after._asdict(),
        }
        for partition, (before, after) in sorted(moves.items())
    ]
    return conn.execute(_MOVE, rows).rowcount == len(rows)


def _added(conn: Connection, table: Table, row: dict[str, object]) -> bool:
    """Add a row, unless a twin has added it first."""
    try:
        with conn.begin_nested():
            conn.execute(insert(table), [row])
    except IntegrityError:
        return False
    return True


def advance(conn: Connection, services: Collection[str]) -> None:
    """Move the watermarks of these services to the last position before which nothing is missing."""
    for service in sorted(services):
        # The row lock comes first, in a statement of its own: the next one then sees what the twin has committed.
        own = tables.watermark.c.service == service
        mark = conn.execute(select(tables.watermark.c.position).where(own).with_for_update()).scalar()
        if mark is None:
            _added(conn, tables.watermark, {"service": service, "position": 0})
            mark = conn.execute(select(tables.watermark.c.position).where(own).with_for_update()).scalar_one()
        end = _end_of_run(conn, service, mark)
        if end > mark:
            conn.execute(update(tables.watermark).where(own), {"position": end})


def _end_of_run(conn: Connection, service: str, mark: int) -> int:
    """The last position from `mark` on before which nothing is missing."""
    while True:
        following = conn.execute(_FOLLOWING, {"service": service, "mark": mark}).scalars().all()
        for position in following:
            if position != mark + 1:
                return mark
            mark = position
        if len(following) < _AT_ONCE:
            return mark


def watermarks(conn: Connection) -> dict[str, int]:
    """For every service the highest position up to which everything has arrived."""
    return {row.service: row.position for row in conn.execute(select(tables.watermark))}


def keep_heads(conn: Connection, found: Iterable[Head]) -> None:
    """Keep the furthest head of every service."""
    known = heads(conn)
    for head in found:
        values = {"position": head.position, "recorded_at": to_micros(head.recorded_at)}
        if head.service not in known:
            conn.execute(insert(tables.head), [{"service": head.service, **values}])
        elif head.position > known[head.service].position:
            conn.execute(update(tables.head).where(tables.head.c.service == head.service), values)
        else:
            continue
        known[head.service] = head


def heads(conn: Connection) -> dict[str, Head]:
    """How far every service's event store reaches, as far as this one has heard."""
    rows = conn.execute(select(tables.head))
    return {
        row.service: Head(service=row.service, position=row.position, recorded_at=from_micros(row.recorded_at))
        for row in rows
    }


def forks(conn: Connection) -> list[Forked]:
    """The forks found so far; while there is one, nothing is taken in."""
    rows = conn.execute(select(tables.fork))
    return [Forked(row.service, row.position, row.event_id, row.other_event_id) for row in rows]


def forget_forks(conn: Connection) -> None:
    """Take forks for resolved; one that still stands in the log is found again."""
    conn.execute(delete(tables.fork))


def keep_fork(conn: Connection, fork: Forked) -> None:
    """Keep a fork until an operator has resolved it."""
    if not any((known.service, known.position) == (fork.service, fork.position) for known in forks(conn)):
        names = ("service", "position", "event_id", "other_event_id")
        conn.execute(insert(tables.fork), [{name: getattr(fork, name) for name in names}])
