"""The crash test: a load over HTTP, faults meanwhile, and afterwards an account of what became of every command."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import requests

from deploy.demo.loader import Loader, Network
from deploy.demo.staff import AGENCY, PASSWORD
from deploy.stack.layout import StackFailed
from deploy.stack.stack import Stack
from tests.api_client import unique
from tests.chaos.faults import Fault, Faults
from tests.chaos.phone import Phone
from tests.chaos.stores import Stores, opened_stores
from tests.chaos.work import SHARES, Team
from tests.recount.compare import differences
from tests.recount.counting import Recount
from tests.stories import CONTRACTS, kachi

TEAMS = (("worker1", "worker5"), ("worker2", "worker6"), ("worker3", "worker7"), ("worker4", "worker5"))
PEOPLE = ("admin", "leader1", *{name for team in TEAMS for name in team})


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is to be done, how much is to go wrong, and how fast; the seed decides the rest."""

    commands: int
    faults: int
    seed: int
    pause: float = 0.1
    settle_seconds: float = 180.0


@dataclass(slots=True)
class Account:
    """What was done, what went wrong, and what was found afterwards."""

    plan: Plan
    commands: int = 0
    again: int = 0
    faults: list[Fault] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    settled_after: float = 0.0
    unfinished: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    stored_twice: list[str] = field(default_factory=list)
    counted_twice: list[str] = field(default_factory=list)
    never_answered: list[str] = field(default_factory=list)
    answered_differently: list[str] = field(default_factory=list)
    figures_wrong: list[str] = field(default_factory=list)
    counted: int = 0
    verify: str = ""

    @property
    def problems(self) -> list[str]:
        """Everything that should not be."""
        named = {
            "unfinished": self.unfinished,
            "lost": self.lost,
            "stored twice": self.stored_twice,
            "counted twice": self.counted_twice,
            "stored, but never answered": self.never_answered,
            "answered differently": self.answered_differently,
            "figures": self.figures_wrong,
            "verify": [self.verify] if self.verify else [],
        }
        return [f"{name}: {one}" for name, found in named.items() for one in found]

    def lines(self) -> Iterator[str]:
        """The account in words."""
        by_kind = Counter(fault.kind for fault in self.faults)
        yield f"seed {self.plan.seed}, {self.seconds:.0f} s of load"
        yield f"faults {len(self.faults)}: {', '.join(f'{kind} {count}' for kind, count in sorted(by_kind.items()))}"
        yield f"commands accepted {self.commands}; answers {dict(sorted(self.answers.items()))}"
        yield f"duplicates sent {self.again}, stored {len(self.stored_twice)}, counted {len(self.counted_twice)}"
        yield f"lost {len(self.lost)}; settled after {self.settled_after:.1f} s; living entries counted {self.counted}"
        yield from self.problems or ["no problem found"]


def crash(stack: Stack, plan: Plan, tell: Callable[[str], None] = lambda _: None) -> Account:
    """Load the stack while it is being hurt, let it settle, and check every promise. `tell` hears of every fault."""
    account = Account(plan)
    rng = Random(plan.seed)
    tokens = sign_in(stack)
    document = contract_for(stack, tokens, f"chaos-{plan.seed}-{unique('')}-{int(time.time())}")
    teams = teams_for(stack, tokens, document["contract"], rng)
    phones = [team.phone for team in teams]
    faults = Faults(stack, Random(rng.random()), plan.faults, tell=tell)
    began = time.monotonic()
    each = -(-plan.commands // len(teams))
    over = threading.Event()
    with working(teams, lambda team: over.is_set() and len(team.phone.accepted) >= each, plan.pause):
        faults.run()
        over.set()
    account.seconds = time.monotonic() - began
    account.faults = faults.happened
    with opened_stores(stack) as stores:
        began = time.monotonic()
        account.unfinished = stores.settle(plan.settle_seconds)
        account.settled_after = time.monotonic() - began
        add_up(account, phones)
        compare_stores(account, phones, stores, document["contract"])
    compare_figures(account, stack, tokens["admin"], phones, document)
    account.verify = verified(stack)
    return account


def sign_in(stack: Stack) -> dict[str, str]:
    """The agencies of the demo, made when they are not there yet, and the tokens of those who work here."""
    network = Network(stack.layout.address)
    Loader(network, stack.layout.data, lambda done, total: None).found_agencies()
    tokens = {}
    for name in PEOPLE:
        answer = network.send("POST", "/api/v1/sessions", {}, {"username": name, "password": PASSWORD})
        tokens[name] = str(answer.body["token"])
    return tokens


def contract_for(stack: Stack, tokens: Mapping[str, str], name: str) -> dict[str, Any]:
    """A contract that counts nothing but what is done here; returns its document."""
    document = {**kachi(), "contract": re.sub("[^a-z0-9-]", "", name)}
    Phone(stack.layout.address, tokens, AGENCY, f"contract-of-{name}", Random(0)).post(
        "admin", CONTRACTS, {"document": document}
    )
    return document


def teams_for(stack: Stack, tokens: Mapping[str, str], contract: str, rng: Random, many: int = 4) -> list[Team]:
    """Teams who have not begun yet."""
    return [
        Team(
            Phone(stack.layout.address, tokens, AGENCY, f"{contract}-{number}", Random(rng.random())),
            contract,
            family,
            outreach,
        )
        for number, (family, outreach) in enumerate(TEAMS[:many])
    ]


@contextmanager
def working(
    teams: Sequence[Team], until: Callable[[Team], bool], pause: float, what: Mapping[str, int] = SHARES
) -> Iterator[None]:
    """Teams at work while the block runs, and until each has done enough; what fails in a team fails the block."""
    stop = threading.Event()
    with ThreadPoolExecutor(len(teams)) as threads:
        running = [threads.submit(team.work, partial(until, team), pause, stop, what) for team in teams]
        try:
            yield
        except BaseException:
            stop.set()
            raise
        for each in running:
            each.result()


def add_up(account: Account, phones: list[Phone]) -> None:
    for one in phones:
        account.commands += len(one.accepted)
        account.again += one.again
        account.answers += one.answers
        account.answered_differently += one.wrong


def compare_stores(account: Account, phones: list[Phone], stores: Stores, contract: str) -> None:
    """Every command that was answered stands in its store exactly once, where the answer said, and no other does."""
    answered = {key: place for one in phones for key, place in one.keys.items()}
    for service, commands in stores.commands(f"account-%:{contract}-%").items():
        for key, (times, last) in commands.items():
            if key not in answered:
                account.never_answered.append(f"{service}: {key}")
            elif times > 1 or answered[key] != (service, last):
                account.stored_twice.append(f"{key}: {times} times, answered {answered[key]}, last {service}={last}")
        account.lost += [key for key, (name, _) in answered.items() if name == service and key not in commands]
    living = Counter(stores.living(contract))
    account.counted = len(living)
    account.counted_twice = [unit for unit, times in living.items() if times > 1]


def compare_figures(
    account: Account, stack: Stack, token: str, phones: list[Phone], document: Mapping[str, Any]
) -> None:
    """The ledger equals the independent recount of everything that was accepted."""
    recount = Recount([one for each in phones for one in each.accepted], AGENCY)
    found = report(stack, token, document["contract"])
    account.figures_wrong = differences(found, recount, document)
    alive = len(recount.alive().units)
    if alive != account.counted:
        account.figures_wrong.append(f"{account.counted} entries live in the ledger, {alive} were accepted")


def verified(stack: Stack) -> str:
    """What `caseledger verify` complains of."""
    try:
        stack.command("verify")
    except StackFailed as failed:
        return str(failed)
    return ""


def report(stack: Stack, token: str, contract: str, query: str = "") -> dict[str, Any]:
    """A contract's report as JSON."""
    address = f"{stack.layout.address}/reporting/api/v1/contracts/{contract}/report{query}"
    answer = requests.get(address, headers={"Authorization": f"Bearer {token}"}, timeout=60)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
