"""What moved a figure: every event that changed it, with the value before and after; years of events, walked once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Protocol

import msgspec

from services.reporting.indicators.facts import Facts, Identities, Score, Stage, Tally, Unit, cases_of

Thing = Unit | Score | Tally | Stage
"""What a version of an entry says: a session, a questionnaire's score, totals of anonymous ones, a stage of a case."""


class Happened(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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


class Step(msgspec.Struct, frozen=True, gc=False):
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

    def apply(self, step: Step) -> bool:
        """Take a step; says whether anything in it counts here, without which the figure has not moved."""


def in_order(events: Iterable[Happened]) -> list[Happened]:
    """Events in the order they were recorded."""
    return sorted(events, key=lambda one: (one.recorded_at, one.service, one.position))


def living(events: Iterable[Happened]) -> Facts:
    """What all these events leave: the facts as they are in the end. The events of one entry come in their order."""
    things: dict[str, Thing] = {}
    stages: list[Stage] = []
    edges: list[tuple[str, str]] = []
    for happened in events:
        if isinstance(happened.begun, Stage):
            stages.append(happened.begun)
        elif happened.begun is not None:
            things[happened.about] = happened.begun
        elif happened.ended is not None:
            del things[happened.about]
        elif happened.joined is not None:
            edges.append(happened.joined)
        elif happened.parted is not None:
            edges.remove(happened.parted)
    return Facts(
        units=tuple(one for one in things.values() if isinstance(one, Unit)),
        scores=tuple(one for one in things.values() if isinstance(one, Score)),
        tallies=tuple(one for one in things.values() if isinstance(one, Tally)),
        cases=cases_of(stages),
        identities=Identities(edges),
    )


def moves(running: Running, steps: Iterable[Step]) -> Iterator[Moved]:
    """The events, in the order they were recorded, that changed the figure."""
    value = running.value
    for step in steps:
        if running.apply(step):
            before, value = value, running.value
            if value != before:
                yield Moved(step.happened, before, value)
