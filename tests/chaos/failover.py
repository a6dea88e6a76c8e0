"""Consumers come and go: how long it takes until what was just saved is among the figures."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from statistics import median

import psutil

from deploy.demo.staff import AGENCY
from deploy.stack.stack import Stack
from tests.api_client import unique
from tests.chaos.run import contract_for, report, sign_in, teams_for, verified, working
from tests.chaos.stores import Stores, opened_stores
from tests.chaos.work import Team
from tests.recount.compare import differences
from tests.recount.counting import Recount

TAKEN_OVER = 12.0
"""How long, in seconds, until the broker has given up a member that says nothing, and others have its partitions."""
_CALM = 4.0
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


@dataclass(slots=True)
class Failover:
    """What was seen while consumers came and went."""

    entries: int = 0
    delays: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The account in words."""
        return [
            f"{self.entries} entries while consumers came and went: among the figures after {median(self.delays):.2f} s"
            f" in the median, {max(self.delays):.1f} s at worst",
            *(self.problems or ["no problem found"]),
        ]


def failover(stack: Stack, tell: Callable[[str], None] = lambda _: None) -> Failover:
    """Change the consumers of reporting under load, and account for every entry."""
    seen, tokens = Failover(), sign_in(stack)
    document = contract_for(stack, tokens, f"failover-{unique('')}-{int(time.time())}")
    contract = document["contract"]
    teams = teams_for(stack, tokens, contract, Random(5), many=2)
    over = threading.Event()
    with opened_stores(stack) as stores:
        arrivals = Arrivals(stores)
        watching = threading.Thread(target=arrivals.watch, args=(teams,))
        watching.start()
        with working(teams, lambda team: over.is_set(), 0.35):
            change_consumers(stack, tell)
            over.set()
        arrivals.stop()
        watching.join()
        seen.problems += stores.settle(60)
        living = stores.living(contract)
    accepted = [one for team in teams for one in team.phone.accepted]
    recount = Recount(accepted, AGENCY)
    seen.entries, seen.delays = len(accepted), arrivals.delays
    seen.problems += [f"never arrived: {one}" for one in arrivals.waiting]
    seen.problems += differences(report(stack, tokens["admin"], contract), recount, document)
    if sorted(living) != sorted(recount.alive().units):
        seen.problems.append("the entries that live in the ledger are not those that were accepted")
    seen.problems += filter(None, [verified(stack)])
    return seen


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
