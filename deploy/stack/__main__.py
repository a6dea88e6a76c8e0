"""`make stack`: the cluster without Docker, until Ctrl-C."""

import os
import signal
import subprocess
import sys

import click

from deploy.stack.layout import StackFailed
from deploy.stack.stack import Stack
from shared.settings import load_settings, mark_as_demo


@click.command()
@click.option("--demo", is_flag=True, help="Make a new data directory a demo, and load the demo into it, once.")
def main(demo: bool) -> None:
    """Run PostgreSQL, Kafka, the four services, their relays and consumers on this machine, at one address."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if demo:
        mark_as_demo()
    settings = load_settings()
    given = {name: value for name, value in os.environ.items() if name.startswith("CASELEDGER_")}
    try:
        stack = Stack(settings.data, settings.port, given, report=click.echo)
        click.echo("Starting PostgreSQL, Kafka, four services, their relays and consumers. Ctrl-C stops everything.")
        stack.start()
    except StackFailed as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        return
    try:
        tell(stack)
        if demo:
            load = [sys.executable, "-m", "services.cli", "demo", "--into", stack.layout.address]
            subprocess.run(load, env=stack.environment, check=False)  # noqa: S603
        signal.pause()
    except KeyboardInterrupt:
        click.echo("Stopping ...")
    finally:
        # Stopping has its own deadlines; a second Ctrl-C must not leave half of it running.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        stack.stop()


def tell(stack: Stack) -> None:
    """Say where everything is."""
    layout = stack.layout
    click.echo(f"Caseledger is at {layout.address}. Logs: {layout.log}")
    click.echo(f"Commands beside it:  . {layout.write_settings()} && caseledger verify")
    if not (layout.data / "setup-code").exists():
        click.echo("The first page asks for the set-up code in the file setup-code of the data directory.")


if __name__ == "__main__":
    main()
