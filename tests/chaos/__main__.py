"""`make chaos`: the crash test at full length, on a stack of its own. It fails when a promise was broken."""

import sys
from random import SystemRandom

import click

from tests.chaos.run import Plan, crash
from tests.running_stack import started


@click.command()
@click.option("--commands", default=5000, show_default=True, help="At least so many commands are accepted.")
@click.option("--faults", default=200, show_default=True, help="So many faults happen meanwhile.")
@click.option("--seed", default=0, help="The same seed brings the same faults; 0 takes a new one.")
@click.option("--pause", default=0.1, show_default=True, help="How long a worker thinks, in seconds, on average.")
@click.option("--keep", is_flag=True, help="Keep the data and the logs.")
def main(commands: int, faults: int, seed: int, pause: float, keep: bool) -> None:
    """Hurt a running cluster at random and show that nothing is lost or counted twice."""
    plan = Plan(commands, faults, seed or SystemRandom().randrange(1, 10**6), pause)
    click.echo(f"Seed {plan.seed}")
    with started(keep=keep, report=click.echo) as stack:
        account = crash(stack, plan, click.echo)
    click.echo("\n".join(account.lines()))
    sys.exit(1 if account.problems else 0)


if __name__ == "__main__":
    main()
