"""Consumers that share the work come and go, and every entry counts once, soon."""

import threading
import time
from random import Random
from statistics import median

import pytest

from deploy.demo.staff import AGENCY
from deploy.stack.stack import Stack
from tests.api_client import unique
from tests.chaos.failover import Arrivals, change_consumers
from tests.chaos.run import contract_for, report, sign_in, teams_for, verified, working
from tests.chaos.stores import opened_stores
from tests.recount.compare import differences
from tests.recount.counting import Recount


def test_two_consumers_of_which_one_dies_one_joins_and_one_wakes_late_leave_no_gap_and_no_double(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = sign_in(stack)
    document = contract_for(stack, tokens, f"failover-{unique('')}-{int(time.time())}")
    contract = document["contract"]
    teams = teams_for(stack, tokens, contract, Random(5), many=2)
    over = threading.Event()
    with opened_stores(stack) as stores:
        arrivals = Arrivals(stores)
        watching = threading.Thread(target=arrivals.watch, args=(teams,))
        watching.start()
        with working(teams, lambda team: over.is_set(), 0.2):
            change_consumers(stack)
            over.set()
        arrivals.stop()
        watching.join()
        assert stores.settle(60) == []
        living = stores.living(contract)
    with capsys.disabled():
        print(f"\n{len(arrivals.delays)} entries: {median(arrivals.delays):.2f} s, worst {max(arrivals.delays):.1f} s")
    accepted = [one for team in teams for one in team.phone.accepted]
    recount = Recount(accepted, AGENCY)
    assert differences(report(stack, tokens["admin"], contract), recount, document) == []
    assert sorted(living) == sorted(recount.alive().units)
    assert arrivals.waiting == []
    assert len(arrivals.delays) == len(accepted) > 100
    assert verified(stack) == ""
