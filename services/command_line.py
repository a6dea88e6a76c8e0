"""What the commands of every part of `caseledger` have in common: arguments, progress bars, clear errors."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from shared.settings import SERVICES

# In a file or a pipe there is no width to keep to: an id that is broken over two lines can be neither found nor copied.
out = Console(width=None if sys.stdout.isatty() else 180)
service_argument = click.argument("service", type=click.Choice(SERVICES))
services_argument = click.argument("service", type=click.Choice(SERVICES), required=False)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Tell an operator in one line why something cannot be done."""
    from services.operations.refusal import Refused
    from shared.bus.kafka_settings import WrongTopic
    from shared.bus.port import BusError

    try:
        yield
    except (Refused, WrongTopic, BusError) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar; call what is yielded with how much is done and how much there is."""
    with parts_bar() as moved:
        yield lambda done, total: moved(title, done, total)


@contextmanager
def parts_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar for each part of the work; call what is yielded with the part, how much is done and there is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, disable=bool(os.environ.get("CI"))) as progress:
        tasks: dict[str, TaskID] = {}

        def moved(part: str, done: int, total: int) -> None:
            if part not in tasks:
                tasks[part] = progress.add_task(part, total=None)
            progress.update(tasks[part], completed=done, total=total)

        yield moved
