"""One service in a process of its own, as a cluster runs it: its pages and API, its relay, or its intake.

Nothing is opened before it is asked for, so that no connection crosses a fork; Kafka's clients are made when they are
first used, which in the processes that answer requests is never.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from shared.bus.embedded import EmbeddedBus
from shared.bus.port import HEADS, Bus, BusError, events_topic
from shared.clock import Clock, DemoClock, SystemClock
from shared.database import Database
from shared.eventstore.outbox import Outbox
from shared.relay.lease import Lease
from shared.relay.relay import Relay
from shared.settings import SERVICES, Settings

if TYPE_CHECKING:
    from flask import Flask

    from shared.service import Service

TOPICS = (HEADS, *map(events_topic, SERVICES))
LOOK = 0.1
"""How often, in seconds, a relay looks for what the processes that answer requests have stored."""
_AGAIN = 2.0

log = structlog.get_logger()


class Part(Protocol):
    """The `app` module of a service."""

    def create_service(self, settings: Settings, **parts: Any) -> "Service": ...

    def create_app(self, service: "Service") -> "Flask": ...


@dataclass(frozen=True, slots=True)
class Opened:
    """One service with all that it needs."""

    settings: Settings
    bus: Bus
    service: "Service"
    part: Part

    def app(self) -> "Flask":
        """Its pages and API."""
        return self.part.create_app(self.service)

    def close(self) -> None:
        """Let go of the bus and of every database."""
        self.bus.close()
        self.service.database.dispose()
        self.service.accounts.close()


def open_service(name: str, settings: Settings) -> Opened:
    """Open one service; the others are not even imported."""
    from shared.auth.database import open_accounts

    part: Part = import_module(f"services.{name}.app")
    bus = bus_of(settings)
    service = part.create_service(settings, clock=clock_of(settings), accounts=open_accounts(settings), bus=bus)
    service.store.only_when_compared = True
    if settings.kafka is None:
        make_topics(bus, settings)
        Relay(name, service.store, bus).compare()
    return Opened(settings, bus, service, part)


@contextmanager
def opened(name: str, settings: Settings) -> Iterator[Opened]:
    """One service for the length of a block."""
    process = open_service(name, settings)
    try:
        yield process
    finally:
        process.close()


@contextmanager
def opened_relay(name: str, settings: Settings) -> Iterator[tuple[Relay, Bus]]:
    """What publishes the events of one service, in turns with the relays of other processes, for the length of a block.

    Nothing else of the service is opened: a relay reads what is public, with a database role that may read no more,
    needs no master key, and leaves migrations to others.
    """
    bus, database = bus_of(settings), Database(settings.database_url(name))
    try:
        outbox = Outbox(database, SystemClock())
        yield Relay(name, outbox, bus, Lease(name, database), look=LOOK), bus
    finally:
        bus.close()
        database.dispose()


def clock_of(settings: Settings) -> Clock:
    """The machine's clock, or in a data directory made as a demo one that the loader may set."""
    return DemoClock(settings.data) if settings.demo else SystemClock()


def bus_of(settings: Settings) -> Bus:
    """The bus that the settings name."""
    if settings.kafka is None:
        return EmbeddedBus(settings.data / "bus.db")
    from shared.bus.kafka import KafkaBus

    return KafkaBus(settings.kafka)


def make_topics(bus: Bus, settings: Settings) -> None:
    """Make the topics that are missing and check them all; on Kafka a wrong one raises `WrongTopic`."""
    bus.ensure_topics(TOPICS, settings.bus_partitions)
    if settings.kafka is not None:
        from shared.bus.kafka import KafkaBus

        assert isinstance(bus, KafkaBus)
        bus.check_partitions(TOPICS, settings.bus_partitions)


def make_topics_patiently(
    bus: Bus, settings: Settings, stop: threading.Event, on_turn: Callable[[], None] = lambda: None
) -> None:
    """The same, waiting for a bus that does not answer yet."""
    while not stop.is_set():
        on_turn()
        try:
            make_topics(bus, settings)
        except BusError as error:
            log.warning("bus.away", error=str(error), again_in=_AGAIN)
            stop.wait(_AGAIN)
        else:
            return
