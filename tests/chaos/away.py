"""The broker is away under load: how fast requests are answered before, meanwhile and afterwards."""

import time
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import Any

import requests

from deploy.demo.staff import AGENCY
from deploy.stack.stack import Stack
from shared.web.access import COOKIE
from tests.api_client import unique
from tests.chaos.run import contract_for, report, sign_in, teams_for, verified, working
from tests.chaos.stores import opened_stores
from tests.chaos.work import ENTRIES_ALONE, Team
from tests.recount.compare import differences
from tests.recount.counting import Recount

SILENT = ("Nothing has been heard of the other services since", "此後未收到其他服務的消息")
"""What the page says while the bus is silent, in the language of whoever reads it."""
PHASES = ("before", "away", "after")


@dataclass(slots=True)
class Outage:
    """What was seen, by phase."""

    medians: dict[str, float] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    failed: int = 0
    page: str = ""
    """The contract's page, read while the broker was away."""
    refused: str = ""
    """What a leader was told who locked a reporting period meanwhile."""
    locked: int = 0
    """The status of the answer when the period was locked after everything had arrived."""
    arrived_after: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def told_age(self) -> bool:
        """Whether the page said how old its figures were."""
        return any(words in self.page for words in SILENT)

    def lines(self) -> list[str]:
        """The outage in words."""
        phases = (f"{name} {self.requests[name]} at {self.medians[name] * 1000:.1f} ms" for name in PHASES)
        return [
            f"accepted requests and their median: {', '.join(phases)}; failed {self.failed}",
            f"the page said how old its figures were: {self.told_age}",
            f"whoever locked a period meanwhile was told: {self.refused}; afterwards it was answered {self.locked}",
            f"everything arrived {self.arrived_after:.1f} s after the broker was back",
            *(self.problems or ["no problem found"]),
        ]


def broker_away(stack: Stack, seconds: float, calm: float, pause: float = 0.05) -> Outage:
    """Take the broker away for so long under load, with a calm before and after it."""
    outage, tokens = Outage(), sign_in(stack)
    document = contract_for(stack, tokens, f"away-{unique('')}-{int(time.time())}")
    contract = document["contract"]
    teams = teams_for(stack, tokens, contract, Random(1), many=2)
    with working(teams, lambda team: len(team.phone.accepted) >= 40, pause):
        pass
    with opened_stores(stack) as stores:
        outage.problems += stores.settle(60)
        turns: list[float] = [time.monotonic()]
        end = turns[0] + calm + seconds + calm

        def until(_: Team) -> bool:
            return time.monotonic() >= end and len(turns) == 3

        before = {id(team): team.phone.answers.copy() for team in teams}
        with working(teams, until, pause, ENTRIES_ALONE):
            time.sleep(calm)
            with stack.without("kafka"):
                turns.append(time.monotonic())
                time.sleep(seconds)
                outage.page = _page(stack, tokens["leader1"], contract)
                outage.refused = _lock(stack, tokens["leader1"], document).text
            back = time.monotonic()
            turns.append(back)
            end = max(end, back + calm)
        outage.problems += stores.settle(120)
        outage.arrived_after = time.monotonic() - back
        outage.locked = _lock(stack, tokens["leader1"], document).status_code
    for team in teams:
        answers = team.phone.answers - before[id(team)]
        outage.failed += sum(count for status, count in answers.items() if status[0] != "2")
    _speeds(outage, teams, turns)
    accepted = [one for team in teams for one in team.phone.accepted]
    outage.problems += differences(report(stack, tokens["admin"], contract), Recount(accepted, AGENCY), document)
    outage.problems += filter(None, [verified(stack)])
    return outage


def _page(stack: Stack, token: str, contract: str) -> str:
    address = f"{stack.layout.address}/reporting/contracts/{contract}"
    return requests.get(address, cookies={COOKIE: token}, headers={"Accept-Language": "en"}, timeout=60).text


def _lock(stack: Stack, token: str, document: dict[str, Any]) -> requests.Response:
    """Lock the contract's first reporting period."""
    base = f"{stack.layout.address}/reporting/api/v1/contracts/{document['contract']}/periods"
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": unique("lock-"), "If-Match": '"0"'}
    first = requests.get(base, headers=headers, timeout=60).json()["items"][0]["to"]
    return requests.post(f"{base}/{first}/lock", headers=headers, timeout=60)


def _speeds(outage: Outage, teams: list[Team], turns: list[float]) -> None:
    took = [one for team in teams for one in team.phone.took]
    for name, first, last in zip(PHASES, turns, [*turns[1:], float("inf")], strict=True):
        of_phase = [seconds for at, seconds in took if first <= at < last]
        outage.requests[name], outage.medians[name] = len(of_phase), median(of_phase or [0.0])
