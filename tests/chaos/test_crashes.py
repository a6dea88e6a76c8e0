"""The crash test, small enough for every run; `make chaos` is the same at full length."""

from deploy.stack.stack import Stack
from tests.chaos.run import Plan, crash

PLAN = Plan(commands=400, faults=20, seed=20, pause=0.05)


def test_nothing_is_lost_or_counted_twice_while_processes_die(stack: Stack) -> None:
    account = crash(stack, PLAN)
    told = "\n".join([*map(str, account.faults), *account.lines()])
    assert account.problems == [], told
    # It was worth it: enough was done, enough went wrong, and much was sent more than once.
    assert account.commands >= PLAN.commands, told
    assert len(account.faults) == PLAN.faults, told
    assert account.again > 20, told
    assert account.counted > 50, told
