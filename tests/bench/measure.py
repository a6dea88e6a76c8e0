"""How a benchmark is measured and told: both numbers of a ratio, taken in turns within one run."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """`ours` against `other`, each a median of its rounds. `at_least`: more is better; no aim: it is only told."""

    name: str
    ours: float
    other: float
    unit: str
    aim: float | None
    at_least: bool = True

    @property
    def value(self) -> float:
        return self.ours / self.other

    @property
    def verdict(self) -> str:
        if self.aim is None:
            return ""
        return "met" if self._is_met(self.aim) else "MISSED"

    def _is_met(self, aim: float) -> bool:
        return self.value >= aim if self.at_least else self.value <= aim


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turns(rounds: int, *works: Callable[[], float]) -> list[float]:
    """The median of each work's own figure, the works taking turns so that a slow moment of the machine hits all."""
    figures: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, kept in zip(works, figures, strict=True):
            kept.append(work())
    return [statistics.median(kept) for kept in figures]
