"""The events that a service's read tables follow from, shown again to what writes them: its own, and the others'.

What the service had taken in decides, not what the log holds by now: an event that has not arrived is left for later,
and one that is parked stays out with all that waits behind it. Each run goes on where the last one ended, so that the
runs become short while the service goes on writing. Memory holds one portion of events and a bit for each position.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from shared.bus import arrivals, tables
from shared.bus.envelope import Arrived
from shared.bus.parking import Stream, readable
from shared.bus.port import Partition, Received
from shared.rebuild.log import Log
from shared.rebuild.positions import Positions
from shared.service import Service

OWN_AT_ONCE = 1000
_NAMED = 5

Writing = Callable[[], AbstractContextManager[Connection]]
"""Opens the transaction of one portion."""

_arrival, _parked = tables.arrival.c, tables.parked.c


class LogIncomplete(Exception):
    """The log does not hold all that has arrived here: tables made from it would lack what was counted."""


class _Waiting(NamedTuple):
    """The first event of a stream that was parked when it was read, and where it stands in the log."""

    event_id: str
    partition: Partition
    offset: int


@dataclass(frozen=True, slots=True)
class _TakenIn:
    """What the service has taken in, as one transaction sees it."""

    marks: dict[str, int]
    beyond: frozenset[tuple[str, int]]
    parked: frozenset[str]

    def has(self, event: Arrived) -> bool:
        return event.position <= self.marks.get(event.service, 0) or (event.service, event.position) in self.beyond


class Replay:
    """Shows a service's projector and learner every event once, in the order of each stream."""

    def __init__(self, service: Service, log: Log) -> None:
        self._service, self._log = service, log
        self.own = 0
        self._learnt: dict[str, Positions] = defaultdict(Positions)
        self._identities: dict[str, str] = {}
        self._next: dict[Partition, int] = {}
        self._waiting: dict[Stream, _Waiting] = {}
        # By service how many events had arrived, and were not parked, when the last run began.
        self._expected: Counter[str] = Counter()

    @property
    def learnt(self) -> int:
        """How many events of others were shown."""
        return sum(map(len, self._learnt.values()))

    def catch_up(self, writing: Writing, progress: Callable[[int], None] = lambda _: None) -> int:
        """Show what has come since the last run; say how many events that were."""
        before = self.own + self.learnt
        self._project(writing, progress)
        if not self._service.read_tables.learnt:
            return self.own - before
        self._learn(writing, self._taken_in_ends(writing), progress)
        if self._lacking():
            # The topic was made anew and is being read again: what arrived before may stand anywhere in it.
            self._learn(writing, self._log.ends(), progress)
        return self.own + self.learnt - before

    def total(self, connection: Connection) -> int:
        """How many events there are to show."""
        arrived = sum(_arrived(connection).values()) if self._service.read_tables.learnt else 0
        head = self._service.store.head(connection)[0] if self._service.read_tables.projected else 0
        return head + arrived

    def check_complete(self, writing: Writing) -> None:
        """Raise `LogIncomplete` unless all that had arrived here when the last run began was found in the log."""
        lacking = self._lacking()
        if lacking:
            with writing() as connection:
                named = [text for source in lacking for text in self._named(connection, source)]
            counts = ", ".join(f"{count:,} of the events of {source}" for source, count in lacking.items())
            raise LogIncomplete(
                f"The log lacks {counts} that arrived here ({', '.join(named)}), so that nothing is put in place."
                " Publish them again with `caseledger republish SERVICE` first."
            )

    def _project(self, writing: Writing, progress: Callable[[int], None]) -> None:
        moved = bool(self._service.read_tables.projected)
        while moved:
            with writing() as connection:
                reached = self._service.store.project_next(connection, self.own, OWN_AT_ONCE)
            moved, self.own = reached > self.own, reached
            progress(self.own + self.learnt)

    def _taken_in_ends(self, writing: Writing) -> dict[Partition, int]:
        """Up to where the service has taken in each partition, of a topic it does not know yet all there is."""
        identities, ends = self._log.identities(), self._log.ends()
        self._forget_topics_made_anew(identities)
        with writing() as connection:
            # In this order: the places cover at least all that had arrived before.
            self._expected = _arrived(connection)
            places, parked = arrivals.places(connection), _parked_ids(connection)
        self._return_to_retried(parked)
        for partition, place in places.items():
            if partition in ends and place.topic_identity == identities[partition.topic]:
                ends[partition] = min(place.next_offset, ends[partition])
        return ends

    def _forget_topics_made_anew(self, identities: dict[str, str]) -> None:
        anew = {topic for topic, identity in identities.items() if self._identities.get(topic, identity) != identity}
        self._next = {each: offset for each, offset in self._next.items() if each.topic not in anew}
        self._identities = identities

    def _return_to_retried(self, parked: frozenset[str]) -> None:
        """What was parked when it was read and no longer is has been learnt meanwhile."""
        for stream, waiting in list(self._waiting.items()):
            if waiting.event_id not in parked:
                del self._waiting[stream]
                self._next[waiting.partition] = min(waiting.offset, self._next.get(waiting.partition, 0))

    def _learn(self, writing: Writing, ends: dict[Partition, int], progress: Callable[[int], None]) -> None:
        left: dict[Partition, int] = {}
        for received in self._log.read(self._next, ends):
            with writing() as connection:
                fresh = self._fresh(connection, received, left)
                if fresh:
                    self._service.read_tables.learn(connection, fresh)
            progress(self.own + self.learnt)
        self._next |= {**{each: max(end, self._next.get(each, 0)) for each, end in ends.items()}, **left}

    def _fresh(self, connection: Connection, received: list[Received], left: dict[Partition, int]) -> list[Arrived]:
        """Those of the events that are to be shown now. `left` gets the place where a partition is to be read on."""
        found = [(message, event) for message in received if (event := readable(message)) is not None]
        taken_in = _taken_in(connection, [event for _, event in found])
        fresh = []
        for message, event in found:
            shown = self._learnt[event.service]
            if event.position in shown or (left and _partition(message) in left):
                continue
            if (taken_in.parked or self._waiting) and self._waits(message, event, taken_in.parked):
                continue
            if taken_in.has(event):
                shown.add(event.position)
                fresh.append(event)
            else:
                left[_partition(message)] = message.offset
        return fresh

    def _waits(self, message: Received, event: Arrived, parked: frozenset[str]) -> bool:
        """Say whether an event is parked or stands behind one that is, and remember the first of its stream."""
        stream = (event.service, event.stream_id)
        waits = event.event_id in parked or stream in self._waiting
        if waits:
            self._waiting.setdefault(stream, _Waiting(event.event_id, _partition(message), message.offset))
        return waits

    def _lacking(self) -> dict[str, int]:
        expected = self._expected
        return {source: count for source in expected if (count := expected[source] - len(self._learnt[source])) > 0}

    def _named(self, connection: Connection, source: str) -> Iterator[str]:
        """The first positions that are lacking."""
        shown = self._learnt[source]
        parked = set(connection.scalars(select(_parked.position).where(_parked.service == source)))
        positions = select(_arrival.position).where(_arrival.service == source).order_by(_arrival.position)
        named = 0
        for position in connection.execute(positions, execution_options={"yield_per": 1000}).scalars():
            if position not in shown and position not in parked:
                yield f"{source} {position}"
                named += 1
                if named == _NAMED:
                    yield "..."
                    return


def _partition(message: Received) -> Partition:
    return Partition(message.topic, message.partition)


def _taken_in(connection: Connection, events: list[Arrived]) -> _TakenIn:
    """What was taken in, as far as these events ask for it: up to the watermarks all, of what lies beyond the few."""
    marks = arrivals.watermarks(connection)
    asked: dict[str, list[int]] = defaultdict(list)
    for event in events:
        if event.position > marks.get(event.service, 0):
            asked[event.service].append(event.position)
    beyond = frozenset(
        (source, position)
        for source, positions in asked.items()
        for position in connection.scalars(
            select(_arrival.position).where(_arrival.service == source, _arrival.position.in_(positions))
        )
    )
    return _TakenIn(marks, beyond, _parked_ids(connection))


def _parked_ids(connection: Connection) -> frozenset[str]:
    return frozenset(connection.scalars(select(_parked.event_id)))


def _arrived(connection: Connection) -> Counter[str]:
    """By service how many events have arrived, without those that are parked."""
    found: Counter[str] = Counter()
    for row in connection.execute(select(_arrival.service, func.count()).group_by(_arrival.service)):
        found[row[0]] = row[1]
    of_parked = select(_parked.service, func.count()).where(_parked.position.is_not(None)).group_by(_parked.service)
    for row in connection.execute(of_parked):
        found[row[0]] -= row[1]
    return found
