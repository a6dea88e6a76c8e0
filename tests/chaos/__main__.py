"""`make chaos`: the crash test and the outages at full length, on a stack of their own; fails when a promise broke."""

import sys
from collections.abc import Iterator
from random import SystemRandom

import click

from deploy.stack.stack import Stack
from tests.chaos.away import Outage, broker_away
from tests.chaos.failover import Failover, failover
from tests.chaos.run import Account, Plan, crash
from tests.running_stack import started


@click.command()
@click.option("--commands", default=5000, show_default=True, help="At least so many commands are accepted.")
@click.option("--faults", default=200, show_default=True, help="So many faults happen meanwhile.")
@click.option("--seed", default=0, help="The same seed brings the same faults; 0 takes a new one.")
@click.option("--pause", default=0.1, show_default=True, help="How long a worker thinks, in seconds, on average.")
@click.option("--away", default=120.0, show_default=True, help="How long, in seconds, the broker is away afterwards.")
@click.option("--keep", is_flag=True, help="Keep the data and the logs.")
def main(commands: int, faults: int, seed: int, pause: float, away: float, keep: bool) -> None:
    """Hurt a running cluster at random, take its broker away, change its consumers: nothing is lost or counts twice."""
    plan = Plan(commands, faults, seed or SystemRandom().randrange(1, 10**6), pause)
    click.echo(f"Seed {plan.seed}")
    problems: list[str] = []
    with started(keep=keep, report=click.echo) as stack:
        for account in _accounts(stack, plan, away):
            click.echo("\n".join(account.lines()))
            problems += account.problems
    sys.exit(1 if problems else 0)


def _accounts(stack: Stack, plan: Plan, away: float) -> Iterator[Account | Outage | Failover]:
    yield crash(stack, plan, click.echo)
    yield broker_away(stack, away, 30.0)
    yield failover(stack, click.echo)


if __name__ == "__main__":
    main()
