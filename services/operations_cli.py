"""The commands of an operator: on a cluster and on one machine, beside the services that run."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.command_line import clear_errors, progress_bar, service_argument, services_argument
from shared.settings import SERVICES, load_settings

if TYPE_CHECKING:
    from services.cluster import Opened


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
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--keys", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where the keys go.")
def backup(directory: Path, keys: Path) -> None:
    """Back up all databases into DIRECTORY, a new one, and all keys to a file apart, while everything runs.

    The backup holds no name in clear and no key. Keep the newest file of keys, and no other: it opens every backup,
    and nobody who was erased can be read with it.
    """
    from services.operations.backup import back_up
    from services.suite import build
    from shared import logs

    logs.configure("WARNING")
    with clear_errors(), closing(build(load_settings())) as suite:
        manifest = back_up(suite, directory, keys, lambda part: click.echo(f"  {part}"))
    size = sum(each.size for each in manifest.databases)
    heads = ", ".join(f"{each.database} {each.head:,}" for each in manifest.databases if each.head is not None)
    click.echo(f"{directory}: {size / 1e6:,.1f} MB, up to position {heads}. Keys: {keys}.")


@click.command()
@click.argument("what", metavar="DIRECTORY | [SERVICE]", required=False)
@click.option("--tail", is_flag=True, help="Bring back from the topic what SERVICE (or any) lacks.")
@click.option("--keys", type=click.Path(path_type=Path, dir_okay=False), help="The keys of the backup.")
@click.option("--replace", is_flag=True, help="Put the backup in the place of an installation that holds data.")
def restore(what: str | None, tail: bool, keys: Path | None, replace: bool) -> None:
    """Put the backup in DIRECTORY in place, or with --tail bring SERVICE up to date after that.

    Every process of the installation must have stopped for the first, and none need for the second. A service takes
    no entry until its store and its topic tell one history.
    """
    if tail:
        if keys is not None or replace or what not in (None, *SERVICES):
            raise click.UsageError(f"--tail goes with a service alone, one of {', '.join(SERVICES)}, or with none.")
        restore_tails(what)
    elif what is None or keys is None:
        raise click.UsageError("Name the DIRECTORY of a backup and its --keys, or --tail.")
    else:
        restore_directory(Path(what), keys, replace=replace)


def restore_directory(directory: Path, keys: Path, *, replace: bool) -> None:
    """Put a backup in place, and say what was done."""
    from services.operations.restore import restore_backup
    from shared import logs

    logs.configure("CRITICAL")
    with clear_errors():
        done = restore_backup(directory, keys, replace=replace, progress=lambda part: click.echo(f"  {part}"))
    click.echo(
        f"The backup of {done.manifest.made_at} is in place. Names can be searched again; everybody signs in anew."
    )
    if done.keys_destroyed:
        click.echo(f"{done.keys_destroyed:,} keys of what was erased were destroyed again.")
    if done.old_master_key:
        click.echo(f"The master key that was here before is kept in {done.old_master_key}.")
    for name in done.ahead:
        click.echo(f"The topic of {name} holds more than the backup: caseledger restore {name} --tail")


def restore_tails(service: str | None) -> None:
    """Bring services up to date, and say what was done."""
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


COMMANDS = (republish, parked, backup, restore)


@contextmanager
def opened(name: str) -> "Iterator[Opened]":
    """One service, for a command beside those that run."""
    from services.cluster import opened as opened_service
    from shared import logs

    logs.configure("WARNING")
    with clear_errors(), opened_service(name, load_settings()) as process:
        yield process


def _chosen(service: str | None) -> tuple[str, ...]:
    return SERVICES if service is None else (service,)
