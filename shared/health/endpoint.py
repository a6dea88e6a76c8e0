"""The small HTTP endpoint of a relay or a consumer, for containers, monitoring and operators; never for the public."""

import json
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from shared.health.checks import Check, readiness
from shared.settings import Settings


class Endpoint:
    """Answers `/livez`, `/readyz`, `/metrics` and `/version` of one process."""

    def __init__(
        self, service: str, part: str, checks: Callable[[], Collection[Check]], registry: CollectorRegistry
    ) -> None:
        self._service, self._part, self._checks, self._registry = service, part, checks, registry
        self._answers: dict[str, Callable[[], Response]] = {
            "/livez": lambda: _json({"status": "ok"}),
            "/readyz": self._ready,
            "/metrics": self._metrics,
            "/version": self._version,
        }

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = self._answers.get(Request(environ).path)
        response = answer() if answer else _json({"status": "there is nothing here"}, 404)
        return response(environ, start_response)

    @contextmanager
    def served(self, settings: Settings) -> Iterator[None]:
        """Answer on a thread for the length of the block, if the settings name a port for it."""
        if not settings.metrics_port:
            yield
            return
        server = make_server(settings.host, settings.metrics_port, self, threaded=True, request_handler=_Silent)
        thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()

    def _ready(self) -> Response:
        return _json(*readiness(self._checks()))

    def _metrics(self) -> Response:
        return Response(generate_latest(self._registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    def _version(self) -> Response:
        return _json({"service": self._service, "part": self._part, "version": version("caseledger")})


class _Silent(WSGIRequestHandler):
    """Questions after health are no news."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - named by werkzeug
        pass


def _json(document: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(document), status=status, mimetype="application/json")
