"""The commands that make read tables again, and that check whether all that is stored agrees."""

from contextlib import closing

import click

from services.command_line import out, parts_bar, progress_bar, services_argument
from shared.settings import SERVICES, load_settings


@click.command()
@services_argument
@click.option(
    "--accept-difference", is_flag=True, help="Put the new tables in place although they differ from the old."
)
def rebuild(service: str | None, accept_difference: bool) -> None:
    """Make the read tables of SERVICE (or of all) again beside the old ones, compare, and switch.

    Everything goes on meanwhile. When the new tables differ from those that serve, the difference is printed and the
    old ones stay, unless they were empty or the difference is accepted.
    """
    refused = [name for name in ([service] if service else SERVICES) if not rebuilt_well(name, accept_difference)]
    if refused:
        raise click.ClickException(
            f"The old tables stay in {', '.join(refused)}. Find out which are right;"
            " --accept-difference puts the new ones in place."
        )


def rebuilt_well(name: str, accept_difference: bool) -> bool:
    """Rebuild one service and say what came of it; no when the old tables stay although they differ."""
    from services.cluster import opened
    from shared import logs
    from shared.rebuild import LogIncomplete
    from shared.rebuild import rebuild as rebuild_tables

    logs.configure("WARNING")
    with opened(name, load_settings()) as process, progress_bar(f"Rebuilding {name}") as moved:
        try:
            done = rebuild_tables(process.service, process.bus, accept_difference=accept_difference, progress=moved)
        except LogIncomplete as incomplete:
            raise click.ClickException(f"{name}: {incomplete}") from incomplete
    for difference in done.differences:
        click.echo(f"{name}, {difference}")
    made = f"{name}: made again of {done.own:,} events of its own and {done.learnt:,} of others"
    if not done.differences:
        out.print(f"{made}; the tables say the same.")
    elif done.switched:
        out.print(f"{made} and put in place.")
    return done.switched or not done.differences


@click.command()
def verify() -> None:
    """Compare event stores, topics, arrivals and read tables, event by event; fails when anything differs."""
    from services.suite import build
    from shared import logs
    from shared.rebuild import verify as verify_all

    logs.configure("WARNING")
    found = 0
    with closing(build(load_settings())) as suite, parts_bar() as moved:
        for difference in verify_all(list(suite.services.values()), suite.bus, moved):
            found += 1
            click.echo(str(difference))
    if found:
        raise click.ClickException(f"{found:,} differences.")
    out.print("Every event is in its store, in its topic and wherever it is read, and all tables say what they should.")


COMMANDS = (rebuild, verify)
