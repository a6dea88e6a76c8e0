"""Metrics for Prometheus, read when they are asked for. Labels are names of services, topics and parts, never data."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from shared.bus.intake import Intake
from shared.clock import Clock
from shared.errors import Unavailable
from shared.health.state import Incoming, read_incoming, read_outgoing
from shared.health.watch import Watch
from shared.relay.relay import Outbox, Relay
from shared.service import Service


class Collected(Collector):
    """Asks `read` for the metrics at every scrape."""

    def __init__(self, read: Callable[[], Iterable[Metric]]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        return self._read()

    def describe(self) -> Iterable[Metric]:
        """Nothing: what is not known ahead is not asked for ahead."""
        return ()


def registry_of(*reads: Callable[[], Iterable[Metric]]) -> CollectorRegistry:
    """A registry of these metrics and of what the system tells of the process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    for read in reads:
        registry.register(Collected(read))
    return registry


def service_metrics(service: Service) -> Iterator[Metric]:
    """What the service's database says; `caseledger_database_up` alone when it does not answer."""
    yield from outgoing_metrics(service.name, service.store, service.clock)
    with suppress(SQLAlchemyError, Unavailable):
        yield from _incoming_metrics(service.name, read_incoming(service))


def outgoing_metrics(name: str, outbox: Outbox, clock: Clock) -> Iterator[Metric]:
    """What the database says that a relay may read too."""
    try:
        state = read_outgoing(name, outbox, clock)
    except (SQLAlchemyError, Unavailable):
        yield _gauge("database_up", "Whether the database answers.", name, 0)
        return
    yield _gauge("database_up", "Whether the database answers.", name, 1)
    yield _counter("appended_events", "Events stored: the last position counts, it has no gaps.", name, state.stored)
    yield _gauge("unpublished_events", "Stored events that are not known to be published.", name, state.unpublished)
    yield _gauge("oldest_unpublished_seconds", "Age of the oldest unpublished event.", name, state.oldest_unpublished)
    meaning = "Whether new entries are refused, after a restore from an older copy."
    yield _gauge("appends_closed", meaning, name, state.appends_closed)


def _incoming_metrics(name: str, state: Incoming) -> Iterator[Metric]:
    missing = {source: each.missing for source, each in state.sources.items()}
    meaning = "Events of another service known to exist but not here."
    yield _gauges("watermark_lag_events", meaning, name, "source", missing)
    ages = {source: each.age for source, each in state.sources.items()}
    meaning = "Age of the newest event here; 0 while none is known to be missing."
    yield _gauges("freshness_seconds", meaning, name, "source", ages)
    yield _gauge("parked_messages", "Messages put aside because they cannot be read.", name, state.parked)
    yield _gauge("forks", "Positions claimed by two different events; intake has stopped.", name, state.forks)
    meaning = "Time since the broker answered a part of the service."
    yield _gauges("broker_contact_age_seconds", meaning, name, "part", state.contacts)


def relay_metrics(relay: Relay, watch: Watch) -> Iterator[Metric]:
    """What this relay does."""
    name = relay.service
    yield _counter("relay_published_events", "Events published by this process.", name, relay.published)
    yield _gauge("relay_active", "1 for the relay that publishes, 0 for one that stands by.", name, relay.publishes)
    yield from _watch_metrics(name, watch)


def consumer_metrics(intake: Intake, watch: Watch) -> Iterator[Metric]:
    """What this consumer does; the lag is the service's, whichever of its consumers reads a partition."""
    name = intake.service
    yield _counter("consumer_batches", "Batches taken in by this process.", name, intake.batches)
    yield _counter("consumer_messages", "Messages taken in by this process.", name, intake.messages)
    missing: dict[str, int] = defaultdict(int)
    for piece, each in watch.progress.items():
        missing[piece.rpartition("/")[0]] += each.missing
    yield _gauges("topic_lag_messages", "Messages in the log that are not taken in.", name, "topic", missing)
    yield from _watch_metrics(name, watch)


def _watch_metrics(name: str, watch: Watch) -> Iterator[Metric]:
    yield _gauge("standing_still", "Pieces of work that lag and do not move.", name, len(watch.standing_still()))
    yield _gauge("broker_silent_seconds", "Time since the broker answered.", name, watch.silent_for())


def _gauge(name: str, meaning: str, service: str, value: float) -> Metric:
    family = GaugeMetricFamily(f"caseledger_{name}", meaning, labels=("service",))
    family.add_metric((service,), value)
    return family


def _gauges(name: str, meaning: str, service: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"caseledger_{name}", meaning, labels=("service", label))
    for which, value in values.items():
        family.add_metric((service, which), value)
    return family


def _counter(name: str, meaning: str, service: str, value: float) -> Metric:
    family = CounterMetricFamily(f"caseledger_{name}", meaning, labels=("service",))
    family.add_metric((service,), value)
    return family
