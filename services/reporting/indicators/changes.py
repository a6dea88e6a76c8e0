"""What moved a figure: every event that changed it, with the value before and after; years of events, walked once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Protocol

from services.reporting.indicators.facts import Score, Stage, Tally, Unit

Thing = Unit | Score | Tally | Stage
"""What a version of an entry says: a session, a questionnaire's score, totals of anonymous ones, a stage of a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event of the ledger: an entry's version that ends, one that begins, or a merge that begins or ends."""

    recorded_at: datetime
    service: str
    position: int
    event_id: str
    actor: str
    reason: str | None
    what: str
    about: str
    ended: Thing | None = None
    begun: Thing | None = None
    joined: tuple[str, str] | None = None
    parted: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What an event takes away and what it brings, every person under the id that stands for them from then on."""

    happened: Happened
    gone: tuple[Thing, ...]
    come: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """An event, and the figure before and after it."""

    happened: Happened
    before: Fraction | None
    after: Fraction | None


class Running(Protocol):
    """A figure that is kept up to date step by step."""

    @property
    def value(self) -> Fraction | None: ...

    def apply(self, step: Step) -> None: ...


def in_order(events: Iterable[Happened]) -> list[Happened]:
    """Events in the order they were recorded."""
    return sorted(events, key=lambda one: (one.recorded_at, one.service, one.position))


def moves(running: Running, steps: Iterable[Step]) -> Iterator[Moved]:
    """The events, in the order they were recorded, that changed the figure."""
    value = running.value
    for step in steps:
        running.apply(step)
        before, value = value, running.value
        if value != before:
            yield Moved(step.happened, before, value)
