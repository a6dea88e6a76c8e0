"""What moved a figure: every event that changed it, with the value before and after; years of events, walked once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from services.reporting.indicators.definition import Counting, Measure
from services.reporting.indicators.facts import Identities, Unit
from services.reporting.indicators.filters import Counted, Filter
from services.reporting.indicators.indicators import MEASURES


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event of the ledger: a session's version that ends, one that begins, or a merge that begins or ends."""

    recorded_at: datetime
    service: str
    position: int
    event_id: str
    actor: str
    reason: str | None
    what: str
    about: str
    ended: Unit | None = None
    begun: Unit | None = None
    joined: tuple[str, str] | None = None
    parted: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """An event, and the figure before and after it."""

    happened: Happened
    before: Fraction
    after: Fraction


def moves(measure: Measure, chosen: Filter, counting: Counting, events: Iterable[Happened]) -> Iterator[Moved]:
    """The events, in the order they were recorded, that changed the figure."""
    running = _Running(measure, chosen, counting)
    value = Fraction(0)
    for happened in sorted(events, key=lambda one: (one.recorded_at, one.service, one.position)):
        running.apply(happened)
        before, value = value, running.value
        if value != before:
            yield Moved(happened, before, value)


class _Running:
    """A figure that is kept up to date session by session."""

    def __init__(self, measure: Measure, chosen: Filter, counting: Counting) -> None:
        self._measure, self._filter, self._counting = measure, chosen, counting
        self._edges: list[tuple[str, str]] = []
        self._identities = Identities()
        self._units: dict[str, Unit] = {}
        self._members: Counter[str] = Counter()
        self._sum = Fraction(0)

    @property
    def value(self) -> Fraction:
        """Sets are counted once; everything else adds up over sessions."""
        return Fraction(len(self._members)) if self._is_set else self._sum

    @property
    def _is_set(self) -> bool:
        return self._measure.kind in ("headcount", "organisations")

    def apply(self, happened: Happened) -> None:
        if happened.ended is not None:
            self._add(self._units.pop(happened.ended.unit_id), -1)
        if happened.begun is not None:
            self._units[happened.begun.unit_id] = happened.begun
            self._add(happened.begun, 1)
        if happened.joined is not None:
            self._edges.append(happened.joined)
        if happened.parted is not None:
            self._edges.remove(happened.parted)
        if happened.joined or happened.parted:
            self._identities = Identities(self._edges)
            self._count_again()

    def _count_again(self) -> None:
        self._members.clear()
        self._sum = Fraction(0)
        for unit in self._units.values():
            self._add(unit, 1)

    def _add(self, unit: Unit, sign: int) -> None:
        counted = self._filter.counted(unit, self._identities)
        if counted is None:
            return
        if not self._is_set:
            self._sum += sign * MEASURES[self._measure.kind]([counted], self._counting)
            return
        for member in self._members_of(counted):
            self._members[member] += sign
            if not self._members[member]:
                del self._members[member]

    def _members_of(self, counted: Counted) -> Iterable[str]:
        if self._measure.kind == "headcount":
            return counted.people
        return [counted.unit.organisation_id] if counted.unit.organisation_id else []
