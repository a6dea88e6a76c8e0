"""The commands of a cluster: each runs one part of one service in a process of its own, until it is told to stop."""

import signal
import threading
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from services.command_line import clear_errors, out, service_argument
from shared import logs
from shared.settings import SERVICES, Settings, load_settings
from shared.watchdog import Watchdog

if TYPE_CHECKING:
    from services.cluster import Opened


@click.command()
@service_argument
def web(service: str) -> None:
    """Serve the pages and the API of one SERVICE."""
    from shared.web.server import Server

    settings = load_settings()
    running = Web(service, settings)
    Server(settings, running.load, stop=running.stop, workers=_workers(service, settings)).run()


def _workers(service: str, settings: Settings) -> int:
    """As many worker processes as the settings say; SQLite's writers belong into one process."""
    urls = [settings.database_url(name) for name in (service, "auth")]
    return 1 if any(url.startswith("sqlite") for url in urls) else settings.workers


class Web:
    """One service in the worker of the HTTP server: opened there, and closed there."""

    def __init__(self, service: str, settings: Settings) -> None:
        self._name, self._settings = service, settings
        self._opened: Opened | None = None

    def load(self) -> Callable[[dict[str, Any], Any], Any]:
        """Open the service; called after the fork."""
        from services.cluster import open_service

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
    from services.cluster import bus_of, clock_of, make_topics_patiently, opened_relay
    from shared.health.process import watched_relay

    settings = load_settings(keys=False)
    logs.configure(settings.log_level)
    with clear_errors(), opened_relay(service, settings) as (relay, bus):
        stop = _told_to_stop(relay.wake)
        with watched_relay(relay, bus_of(settings), clock_of(settings), settings), Watchdog() as watchdog:
            relay.on_turn = watchdog.beat
            make_topics_patiently(bus, settings, stop, watchdog.beat)
            relay.run(stop)


@click.command()
@service_argument
def consume(service: str) -> None:
    """Take in what SERVICE reads of the others. Several such processes share the work."""
    from services.cluster import bus_of, make_topics_patiently, opened
    from shared.health.process import watched_consumer

    settings = load_settings()
    logs.configure(settings.log_level)
    with clear_errors(), opened(service, settings) as process:
        intake, stop = process.service.intake, _told_to_stop()
        with watched_consumer(process.service, bus_of(settings)), Watchdog() as watchdog:
            intake.on_turn = watchdog.beat
            make_topics_patiently(process.bus, settings, stop, watchdog.beat)
            intake.run(stop)
        if intake.fork is not None:
            raise click.ClickException(str(intake.fork))


@click.command()
@click.option("--relays", is_flag=True, help="Let the roles OWNER_relay publish; what is sealed stays closed to them.")
def migrate(relays: bool) -> None:
    """Bring every database up to date, and check that the master key is the one it was."""
    from services.cluster import opened
    from shared.relay.grants import let_relay_publish

    settings = load_settings()
    for service in SERVICES:
        with opened(service, settings) as process:
            out.print(f"{service}: up to date")
            if relays:
                try:
                    with process.service.database.write() as connection:
                        out.print(f"{service}: {let_relay_publish(connection)} may publish")
                except LookupError as error:
                    raise click.ClickException(str(error)) from error


@click.command()
def topics() -> None:
    """Make the topics that are missing, and check and show them all."""
    from services.cluster import TOPICS, bus_of, make_topics

    settings = load_settings(keys=False)
    table = Table("topic", "partitions", "messages", "identity")
    with clear_errors(), closing(bus_of(settings)) as bus:
        make_topics(bus, settings)
        for name in TOPICS:
            ends = bus.end_offsets(name)
            table.add_row(name, str(len(ends)), f"{sum(ends.values()):,}", bus.topic_identity(name))
    out.print(table)


COMMANDS = (web, relay, consume, migrate, topics)


def _told_to_stop(*calls: Callable[[], None]) -> threading.Event:
    """What SIGTERM and SIGINT set, before they make these calls: what is in hand is finished.

    A thread waits for them: a handler could interrupt the main thread while that holds the lock of the very event.
    """
    stop, signals = threading.Event(), (signal.SIGTERM, signal.SIGINT)
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)

    def wait() -> None:
        signal.sigwait(signals)
        stop.set()
        for call in calls:
            call()

    threading.Thread(target=wait, name="end", daemon=True).start()
    return stop
