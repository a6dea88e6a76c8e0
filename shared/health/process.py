"""A relay or a consumer with the watch beside it and the endpoint that tells of both, for the length of a block."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.bus.port import Bus, events_topic
from shared.bus.progress import Progress, log_progress
from shared.clock import Clock
from shared.database import Database
from shared.errors import Unavailable
from shared.health.checks import OK, Check
from shared.health.endpoint import Endpoint
from shared.health.metrics import consumer_metrics, outgoing_metrics, registry_of, relay_metrics, service_metrics
from shared.health.state import read_incoming
from shared.health.watch import Watch
from shared.relay.relay import Relay
from shared.service import Service
from shared.settings import Settings

_LAST_LOOK = 2.0
"""How long, in seconds, the end of a process waits for a look that has begun."""


@contextmanager
def watched_relay(relay: Relay, bus: Bus, clock: Clock, settings: Settings) -> Iterator[None]:
    """Watch a relay through `bus`, which is given up afterwards."""
    outbox, topic = relay.outbox, events_topic(relay.service)

    def look() -> dict[str, Progress]:
        bus.topic_identity(topic)  # Only the broker can answer this.
        return {topic: relay.progress()}

    def checks() -> list[Check]:
        found = [_database(outbox.database), *watch.checks()]
        if found[0].state == OK:
            closed = "closed: the topic is ahead of the store" if outbox.closed() is not None else OK
            found.append(Check("appends", closed, essential=True))
        return [*found, Check("lease", facts={"held": relay.publishes})]

    watch = Watch("relay", outbox.database, look)
    registry = registry_of(lambda: outgoing_metrics(relay.service, outbox, clock), lambda: relay_metrics(relay, watch))
    with _running(watch, bus), Endpoint(relay.service, "relay", checks, registry).served(settings):
        yield


@contextmanager
def watched_consumer(service: Service, bus: Bus) -> Iterator[None]:
    """Watch a consumer through `bus`, which is given up afterwards."""
    intake, database = service.intake, service.database

    def look() -> dict[str, Progress]:
        found = log_progress(database, bus, intake.topics)
        return {f"{partition.topic}/{partition.number}": each for partition, each in found.items()}

    def checks() -> list[Check]:
        found = [_database(database), *watch.checks()]
        if found[0].state == OK:
            state = read_incoming(service)
            forked = "two histories, intake has stopped" if state.forks else OK
            found.append(Check("forks", forked, essential=True, facts={"count": state.forks}))
            parked = "messages wait for an operator" if state.parked else OK
            found.append(Check("parked", parked, facts={"count": state.parked}))
        return found

    watch = Watch("intake", database, look)
    registry = registry_of(lambda: service_metrics(service), lambda: consumer_metrics(intake, watch))
    with _running(watch, bus), Endpoint(service.name, "consumer", checks, registry).served(service.settings):
        yield


@contextmanager
def _running(watch: Watch, bus: Bus) -> Iterator[None]:
    over = threading.Event()
    thread = threading.Thread(target=watch.run, args=(over,), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(_LAST_LOOK)
        if not thread.is_alive():  # A broker that does not answer keeps nobody from ending.
            bus.close()


def _database(database: Database) -> Check:
    try:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, Unavailable):
        return Check("database", "no answer", essential=True)
    return Check("database", essential=True)
