"""Metrics of requests: how many, how long, how answered, by the rule of the route and never by what was asked for.

Where several worker processes answer, each keeps its numbers in a file of the directory that `PROMETHEUS_MULTIPROC_DIR`
names, and any of them tells the sum.
"""

import os
import time

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector

from shared.health.metrics import Collected, registry_of, service_metrics
from shared.web.requestlog import is_quiet
from shared.web.requests import service

WORKERS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class RequestMetrics:
    """The metrics of one service's app; in one process each app has its own."""

    def __init__(self) -> None:
        self._registry = registry_of(lambda: service_metrics(service()))
        self._requests = Counter(
            "caseledger_http_requests",
            "Requests answered.",
            ("service", "method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "caseledger_http_request_seconds",
            "Time from a request to its answer.",
            ("service", "method", "route"),
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._stale = Counter(
            "caseledger_stale_versions",
            "Changes refused because somebody else was quicker.",
            ("service",),
            registry=self._registry,
        )

    def init_app(self, app: Flask) -> None:
        """Count every request of the app, except for questions after health and assets."""
        app.after_request(self._count)

    def answer(self) -> Response:
        """The metrics in the text format of Prometheus."""
        return Response(generate_latest(self._told()), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    def _count(self, response: Response) -> Response:
        if is_quiet():
            return response
        name, method = service().name, request.method if request.url_rule else "any"
        route = request.url_rule.rule if request.url_rule else "none"
        self._requests.labels(name, method, route, response.status_code).inc()
        self._seconds.labels(name, method, route).observe(time.perf_counter() - g.began)
        if response.status_code == 412:
            self._stale.labels(name).inc()
        return response

    def _told(self) -> CollectorRegistry:
        if WORKERS_DIRECTORY not in os.environ:
            return self._registry
        # What is read from the database is the same in every worker.
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(Collected(lambda: service_metrics(service())))
        return registry
