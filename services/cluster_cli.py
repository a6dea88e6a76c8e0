"""The commands of a cluster: each runs one part of one service in a process of its own, until it is told to stop."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from shared.settings import SERVICES, Settings, load_settings

if TYPE_CHECKING:
    from services.cluster import Opened

out = Console()
service_argument = click.argument("service", type=click.Choice(SERVICES))


@click.command()
@service_argument
def web(service: str) -> None:
    """Serve the pages and the API of one SERVICE."""
    from shared.web.server import Server

    settings = load_settings()
    running = Web(service, settings)
    Server(settings, running.load, stop=running.stop).run()


class Web:
    """One service in the worker of the HTTP server: opened there, and closed there."""

    def __init__(self, service: str, settings: Settings) -> None:
        self._name, self._settings = service, settings
        self._opened: Opened | None = None

    def load(self) -> Callable[[dict[str, Any], Any], Any]:
        """Open the service; called after the fork."""
        from services.cluster import open_service

        _write_log(self._settings)
        self._opened = open_service(self._name, self._settings)
        return self._opened.app()

    def stop(self) -> None:
        """Let go of everything; the requests in hand are answered."""
        if self._opened is not None:
            self._opened.close()


@click.command()
@service_argument
def relay(service: str) -> None:
    """Publish the events of one SERVICE. A second relay of it stands by and takes over."""
    with _until_told_to_stop(service) as (process, stop, on_stop):
        relay = process.relay()
        on_stop.append(relay.wake)
        relay.run(stop)


@click.command()
@service_argument
def consume(service: str) -> None:
    """Take in what SERVICE reads of the others. Several such processes share the work."""
    with _until_told_to_stop(service) as (process, stop, _):
        intake = process.service.intake
        intake.run(stop)
        if intake.fork is not None:
            raise click.ClickException(str(intake.fork))


@click.command()
def topics() -> None:
    """Make the topics that are missing, and check and show them all."""
    from services.cluster import TOPICS, bus_of, make_topics

    settings = load_settings()
    table = Table("topic", "partitions", "messages", "identity")
    with _clear_errors(), closing(bus_of(settings)) as bus:
        make_topics(bus, settings)
        for name in TOPICS:
            ends = bus.end_offsets(name)
            table.add_row(name, str(len(ends)), f"{sum(ends.values()):,}", bus.topic_identity(name))
    out.print(table)


COMMANDS = (web, relay, consume, topics)


@contextmanager
def _until_told_to_stop(service: str) -> "Iterator[tuple[Opened, threading.Event, list[Callable[[], None]]]]":
    """Open a service whose topics exist; SIGTERM and SIGINT let it finish what is in hand."""
    from services.cluster import make_topics_patiently, opened

    settings, stop = load_settings(), threading.Event()
    _write_log(settings)
    on_stop: list[Callable[[], None]] = []

    def tell(*_: object) -> None:
        stop.set()
        for call in on_stop:
            call()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    with _clear_errors(), opened(service, settings) as process:
        make_topics_patiently(process.bus, settings, stop)
        yield process, stop, on_stop


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Tell an operator in one line what is wrong with the bus."""
    from shared.bus.kafka_settings import WrongTopic
    from shared.bus.port import BusError

    try:
        yield
    except (WrongTopic, BusError) as error:
        raise click.ClickException(str(error)) from error


def _write_log(settings: Settings) -> None:
    from shared.web import requestlog

    requestlog.configure(settings.log_level)
