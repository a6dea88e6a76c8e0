"""What goes wrong: processes of the stack are killed or stand still for a while, in an order that a seed decides."""

import heapq
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import psutil

from deploy.stack.stack import Stack

# How long something stands still: a hiccup, longer than a request waits, past the broker's session time-out.
FREEZES = (0.3, 2.0, 5.0, 11.0)
KINDS = {"kill": 35, "kill all": 25, "freeze": 20, "freeze all": 20}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happened to which part, `at` seconds after the start."""

    at: float
    kind: str
    part: str
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.at:7.1f} s  {self.kind} {self.part}" + (f" for {self.seconds} s" if self.seconds else "")


@dataclass(slots=True)
class Faults:
    """Brings `count` faults over the parts of a stack, one after the other; freezes may overlap with what follows."""

    stack: Stack
    rng: Random
    count: int
    pause: tuple[float, float] = (0.5, 4.0)
    tell: Callable[[str], None] = lambda _: None
    happened: list[Fault] = field(default_factory=list)
    _frozen: list[tuple[float, int, psutil.Process]] = field(default_factory=list)

    def run(self) -> None:
        """Let all of them happen, and leave nothing standing still."""
        began = time.monotonic()
        parts = sorted(self.stack.parts)
        try:
            while len(self.happened) < self.count:
                self._wait(self.rng.uniform(*self.pause))
                kind = self.rng.choices(list(KINDS), list(KINDS.values()))[0]
                fault = Fault(
                    round(time.monotonic() - began, 1),
                    kind,
                    self.rng.choice(parts),
                    self.rng.choice(FREEZES) if "freeze" in kind else 0.0,
                )
                if self._bring(fault):
                    self.happened.append(fault)
                    self.tell(str(fault))
        finally:
            self._thaw(float("inf"))

    def _bring(self, fault: Fault) -> bool:
        """Say no when the part is down already."""
        pid = self.stack.parts[fault.part].pid
        try:
            tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)] if pid else []
        except psutil.NoSuchProcess:
            tree = []
        if not tree:
            return False
        hit = tree if "all" in fault.kind else [self.rng.choice(tree)]
        for process in hit:
            with suppress(psutil.NoSuchProcess):
                if fault.seconds:
                    process.suspend()
                    heapq.heappush(self._frozen, (time.monotonic() + fault.seconds, process.pid, process))
                else:
                    process.kill()
        return True

    def _wait(self, seconds: float) -> None:
        """Wait, and wake meanwhile what has stood still long enough."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            self._thaw(now)
            time.sleep(min(0.05, end - now))

    def _thaw(self, now: float) -> None:
        while self._frozen and self._frozen[0][0] <= now:
            _, _, process = heapq.heappop(self._frozen)
            with suppress(psutil.NoSuchProcess):
                process.resume()
