"""Consumers come and go: how long it takes until what was just saved is among the figures."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from deploy.stack.stack import Stack
from tests.chaos.stores import Stores
from tests.chaos.work import Team

TAKEN_OVER = 12.0
"""How long, in seconds, until the broker has given up a member that says nothing, and others have its partitions."""
_CALM = 6.0
_FIRST, _SECOND, _THIRD = (f"consume reporting {nth}" for nth in ("first", "second", "third"))


@dataclass(slots=True)
class Arrivals:
    """How long each entry took from its acceptance until reporting had it and everything before it."""

    stores: Stores
    waiting: list[tuple[float, str, int]] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def watch(self, teams: list[Team]) -> None:
        """Look until told to stop and nothing is missing any more."""
        seen = dict.fromkeys(range(len(teams)), 0)
        while True:
            over = self._over.is_set()
            for number, team in enumerate(teams):
                fresh = team.phone.accepted[seen[number] :]
                seen[number] += len(fresh)
                self.waiting += [(one.recorded_at.timestamp(), one.service, one.position) for one in fresh]
            marks = self.stores.watermarks("reporting")
            now = time.time()
            arrived = [one for one in self.waiting if one[1] in marks and one[2] <= marks[one[1]]]
            self.delays += [now - at for at, _, _ in arrived]
            self.waiting = [one for one in self.waiting if one not in arrived]
            if over and (not self.waiting or time.time() - self.waiting[0][0] > 60):
                return
            time.sleep(0.05)

    def stop(self) -> None:
        """Look until everything has arrived, and no longer."""
        self._over.set()


def change_consumers(stack: Stack, tell: Callable[[str], None] = lambda _: None) -> None:
    """Two consumers: one is stopped hard, one joins, one is paused past its time-out and woken."""
    stack.remove("consume reporting")
    try:
        for name in (_FIRST, _SECOND):
            stack.add(name, "consume", "reporting")
        tell("two share the partitions")
        time.sleep(2 * _CALM)
        _processes(stack, _FIRST)[0].kill()
        stack.remove(_FIRST)
        tell("one was stopped hard")
        time.sleep(TAKEN_OVER)
        stack.add(_THIRD, "consume", "reporting")
        tell("one joins")
        time.sleep(_CALM)
        paused = _processes(stack, _SECOND)
        for process in paused:
            process.suspend()
        tell("one stands still")
        time.sleep(TAKEN_OVER)
        for process in paused:
            process.resume()
        tell("it was woken")
        time.sleep(_CALM)
    finally:
        stack.add("consume reporting", "consume", "reporting")
        for name in (_FIRST, _SECOND, _THIRD):
            if name in stack.parts:
                stack.remove(name)


def _processes(stack: Stack, name: str) -> list[psutil.Process]:
    pid = stack.parts[name].pid
    assert pid is not None, f"{name} does not run"
    return [psutil.Process(pid)]
