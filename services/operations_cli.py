"""The commands of an operator: on a cluster and on one machine, beside the services that run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from services.rebuild_cli import progress_bar
from shared.settings import SERVICES, load_settings

if TYPE_CHECKING:
    from services.cluster import Opened

service_argument = click.argument("service", type=click.Choice(SERVICES))
services_argument = click.argument("service", type=click.Choice(SERVICES), required=False)


@click.command()
@service_argument
@click.option("--from", "first", type=click.IntRange(min=1), default=1, show_default=True, metavar="POSITION")
def republish(service: str, first: int) -> None:
    """Publish the events of SERVICE again, from POSITION on: its relay does so, at once if it runs.

    For a topic that was lost or damaged. Consumers know an event that they have seen.
    """
    from services.operations.republishing import republish as move_back

    with opened(service) as process:
        done = move_back(process, first)
    if done.waiting:
        click.echo(f"The relay of {service} has not published position {done.first} yet; it goes on from where it is.")
    else:
        click.echo(f"The relay of {service} publishes positions {done.first:,} to {done.last:,} again.")


@click.group()
def parked() -> None:
    """Messages that a service could not take in: they wait with their reason, and later ones of their stream too."""


@parked.command("list")
@services_argument
def parked_list(service: str | None) -> None:
    """What waits in SERVICE, or in all services."""
    from services.operations.parked import waiting

    parked = 0
    for name in _chosen(service):
        with opened(name) as process:
            found = waiting(process)
        for fork in found.forks:
            click.echo(f"{name} has stopped: {fork}")
        for one in found.messages:
            place = f"position {one.position}" if one.position is not None else "position unknown"
            since = f"{one.published_at:%Y-%m-%d %H:%M:%S} UTC"
            click.echo(
                f"{name} {one.parked_id}: {one.service} {place}, {one.stream_id}, {one.type or 'no type'}, {since}"
            )
            click.echo(f"    {one.reason}")
        parked += len(found.messages)
    click.echo(f"{parked:,} messages are parked." if parked else "No message is parked.")


@parked.command("show")
@service_argument
@click.argument("number", type=int)
def parked_show(service: str, number: int) -> None:
    """The message that SERVICE has parked under NUMBER, as it came."""
    from services.operations.parked import readable, waiting

    with opened(service) as process:
        found = next((one for one in waiting(process).messages if one.parked_id == number), None)
    if found is None:
        raise click.ClickException(f"{service} has no parked message {number}.")
    click.echo(f"{found.reason}\n{readable(found)}")


@parked.command("retry")
@services_argument
def parked_retry(service: str | None) -> None:
    """Try again what waits in SERVICE, or in all services; fails while some still wait."""
    from services.operations.parked import retry

    left = 0
    for name in _chosen(service):
        with opened(name) as process:
            done = retry(process)
        left += len(done.still.messages)
        for fork in done.forks:
            click.echo(f"{name}: {fork} It is looked at again at the next start of its consumer.")
        if done.learnt or done.still.messages:
            click.echo(f"{name}: {done.learnt:,} learnt, {len(done.still.messages):,} still parked.")
    if left:
        raise click.ClickException(f"{left:,} messages are still parked; `caseledger parked list` says why.")
    click.echo("Nothing is parked any more.")


@click.command()
@services_argument
@click.option("--tail", is_flag=True, required=True, help="Bring back from the topic what the store lacks.")
def restore(service: str | None, tail: bool) -> None:  # noqa: ARG001 - until there is another way to restore
    """Bring SERVICE, or all services, up to date after their databases were restored from an older copy.

    Its entries are closed to everybody until its store and its topic tell one history.
    """
    from services.operations.tail import restore_tail

    for name in _chosen(service):
        with opened(name) as process, progress_bar(f"Reading the topic of {name}") as moved:
            done = restore_tail(process, moved)
        if not done.events:
            click.echo(f"{name}: the store holds all that its topic holds.")
            continue
        click.echo(f"{name}: positions {done.first:,} to {done.last:,} were brought back; {name} may be written again.")
        for line in done.lost:
            click.echo(f"    lost, if it held any: what was sealed in {line}")
        if done.keys_destroyed:
            click.echo(f"    {done.keys_destroyed:,} keys of what was erased meanwhile were destroyed again.")


COMMANDS = (republish, parked, restore)


@contextmanager
def opened(name: str) -> "Iterator[Opened]":
    """One service, for a command beside those that run."""
    from services.cluster import opened as opened_service
    from shared import logs

    logs.configure("WARNING")
    with clear_errors(), opened_service(name, load_settings()) as process:
        yield process


@contextmanager
def clear_errors() -> Iterator[None]:
    """Tell an operator in one line why something cannot be done."""
    from services.operations.refusal import Refused
    from shared.bus.port import BusError

    try:
        yield
    except (Refused, BusError) as error:
        raise click.ClickException(str(error)) from error


def _chosen(service: str | None) -> tuple[str, ...]:
    return SERVICES if service is None else (service,)
