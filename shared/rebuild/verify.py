"""Checks that nothing was lost, changed or invented between the stores, the topics, the arrivals and the read tables.

Every event is looked at where it was stored, where it was published and where it arrived, and every row of the read
tables beside what the events give. It all streams: memory holds one portion of events and a bit for each position.
The services go on meanwhile; what is merely on its way is no difference.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from shared.bus import arrivals, tables
from shared.bus.envelope import Arrived, digest
from shared.bus.parking import readable
from shared.bus.port import Bus, Received, events_topic
from shared.eventstore import RawEvent
from shared.rebuild.log import Log
from shared.rebuild.made_again import made_again
from shared.rebuild.positions import Positions
from shared.rebuild.replay import LogIncomplete
from shared.service import Service

_AT_ONCE = 1000

Progress = Callable[[str, int, int], None]
"""Called with what is being checked, how much of it was, and how much there is."""

_arrival = tables.arrival.c


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """A service that takes in the events of another: what had arrived there when the check began."""

    service: Service
    mark: int
    last: int


def verify(
    services: Sequence[Service], bus: Bus, progress: Progress = lambda _part, _done, _total: None
) -> Iterator[Difference]:
    """Name whatever differs between these services, as it is found."""
    for source in services:
        readers = [_reader(each, source.name) for each in services if source.name in each.reads]
        published = _published(source, bus)
        yield from _of_store(source, readers, progress)
        yield from _of_topic(source, bus, published, progress)
    for service in services:
        yield from _forks(service)
        yield from _of_read_tables(service, bus, progress)


def _of_store(source: Service, readers: Sequence[_Reader], progress: Progress) -> Iterator[Difference]:
    """Walk the store once, beside the arrivals of everybody who reads it."""
    part, reached = f"{source.name}, store and arrivals", 0
    with source.database.read() as connection:
        head, _ = source.store.head(connection)
    while batch := _after(source, reached):
        stored = {event.position: event for event in batch}
        for missing in range(reached + 1, batch[-1].position + 1):
            if missing not in stored:
                yield Difference(f"{source.name}, store", f"position {missing} is missing")
        prints = {event.position: (event.event_id, digest(event)) for event in batch}
        for reader in readers:
            yield from _of_arrivals(source.name, reader, prints, reached)
        reached = batch[-1].position
        progress(part, reached, max(head, reached))
    for reader in readers:
        yield from _beyond(source.name, reader, reached)


def _of_arrivals(
    source: str, reader: _Reader, stored: dict[int, tuple[str, bytes]], after: int
) -> Iterator[Difference]:
    """Compare a portion of the store with what has arrived of it at one reader."""
    where, upto = _where(source, reader), max(stored)
    wanted = select(_arrival.position, _arrival.event_id, _arrival.digest).where(
        _arrival.service == source, _arrival.position > after, _arrival.position <= upto
    )
    with reader.service.database.read() as connection:
        arrived = {row[0]: (row[1], row[2]) for row in connection.execute(wanted)}
    for position, (event_id, fingerprint) in stored.items():
        if position not in arrived:
            if position <= reader.mark:
                yield Difference(where, f"position {position} is missing, event {event_id}")
        elif arrived[position] != (event_id, fingerprint):
            yield Difference(where, _says_otherwise(position, event_id, arrived[position][0]))
    for position in sorted(arrived.keys() - stored.keys()):
        yield Difference(where, _unknown(position, arrived[position][0]))


def _beyond(source: str, reader: _Reader, reached: int) -> Iterator[Difference]:
    """What has arrived of positions that the store does not reach."""
    while reached < reader.last:
        wanted = (
            select(_arrival.position, _arrival.event_id)
            .where(_arrival.service == source, _arrival.position > reached, _arrival.position <= reader.last)
            .order_by(_arrival.position)
            .limit(_AT_ONCE)
        )
        with reader.service.database.read() as connection:
            rows = connection.execute(wanted).all()
        if not rows:
            return
        for position, event_id in rows:
            yield Difference(_where(source, reader), _unknown(position, event_id))
        reached = rows[-1].position


def _of_topic(source: Service, bus: Bus, published: int, progress: Progress) -> Iterator[Difference]:
    """Read the topic once; the store is asked for the events of each portion."""
    where, seen, read = f"{source.name}, topic", Positions(), 0
    with Log(bus, [source.name]) as log:
        ends = log.ends()
        total = sum(ends.values())
        for received in log.read({}, ends):
            events: list[Arrived] = []
            for message in received:
                event = readable(message)
                if event is not None and event.service == source.name:
                    events.append(event)
                else:
                    yield Difference(where, _foreign(message, event))
            yield from _of_messages(source, where, events, seen)
            read += len(received)
            progress(where, read, total)
    for position in range(1, published + 1):
        if position not in seen:
            yield Difference(where, f"position {position} is missing")


def _of_messages(source: Service, where: str, events: Sequence[Arrived], seen: Positions) -> Iterator[Difference]:
    with source.database.read() as connection:
        found = source.store.read_at(connection, [event.position for event in events])
    stored = {event.position: event for event in found}
    for event in events:
        seen.add(event.position)
        known = stored.get(event.position)
        if known is None:
            yield Difference(where, _unknown(event.position, event.event_id))
        elif (known.event_id, digest(known)) != (event.event_id, digest(event)):
            yield Difference(where, _says_otherwise(event.position, known.event_id, event.event_id))


def _of_read_tables(service: Service, bus: Bus, progress: Progress) -> Iterator[Difference]:
    """Make the read tables again, put nothing in place, and name the rows that differ."""
    where = f"{service.name}, read tables"
    try:
        with (
            made_again(service, bus, lambda done, total: progress(where, done, total)) as new,
            new.compared() as connection,
        ):
            for row in new.differences(connection):
                yield Difference(where, str(row))
    except LogIncomplete as incomplete:
        yield Difference(where, str(incomplete))


def _forks(service: Service) -> Iterator[Difference]:
    with service.database.read() as connection:
        for fork in arrivals.forks(connection):
            yield Difference(f"{service.name}, arrivals", str(fork))


def _reader(service: Service, source: str) -> _Reader:
    with service.database.read() as connection:
        mark = service.intake.watermark(connection, source)
        last = connection.scalar(select(func.max(_arrival.position)).where(_arrival.service == source)) or 0
    return _Reader(service, mark, last)


def _published(source: Service, bus: Bus) -> int:
    """Up to where the relay has published into the topic that there is now; to be read before the topic's ends."""
    checkpoint = tables.relay_checkpoint
    with source.database.read() as connection:
        row = connection.execute(select(checkpoint).where(checkpoint.c.service == source.name)).first()
    same = row is not None and row.topic_identity == bus.topic_identity(events_topic(source.name))
    return int(row.position) if row is not None and same else 0


def _after(source: Service, position: int) -> list[RawEvent]:
    with source.database.read() as connection:
        return source.store.read_raw(connection, position, _AT_ONCE)


def _where(source: str, reader: _Reader) -> str:
    return f"{source}, arrivals in {reader.service.name}"


def _unknown(position: int, event_id: str) -> str:
    return f"position {position} is unknown to the service's own store, event {event_id}"


def _says_otherwise(position: int, stored_id: str, other_id: str) -> str:
    if stored_id == other_id:
        return f"position {position} has other content, event {stored_id}"
    return f"position {position} has another event, {other_id} instead of {stored_id}"


def _foreign(message: Received, event: Arrived | None) -> str:
    place = f"partition {message.partition}, offset {message.offset}"
    if event is None:
        return f"{place} cannot be read"
    return f"{place} holds an event of {event.service}"
