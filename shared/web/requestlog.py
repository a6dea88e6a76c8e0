"""One structured line a request, and the correlation id; the rule of the route is logged, never what a person typed."""

import re
import time

import structlog
from flask import Flask, Response, g, request
from structlog.typing import FilteringBoundLogger

from shared.failures import failure
from shared.ids import new_id
from shared.web.requests import service

_CORRELATION = re.compile(r"[0-9A-Za-z._-]{8,64}")
_LOG: FilteringBoundLogger = structlog.get_logger("caseledger.web")
_QUIET = ("assets.", "health.")


def init_app(app: Flask) -> None:
    """Give every request of the app a correlation id, and log it when it is answered."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Correlation-Id", "")
    g.correlation_id = given if _CORRELATION.fullmatch(given) else new_id("request")
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Correlation-Id"] = g.correlation_id
    if not is_quiet():
        _LOG.info(
            "request",
            service=service().name,
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            **({"problem": g.problem} if "problem" in g else {}),
            ms=round((time.perf_counter() - g.began) * 1000, 1),
            correlation_id=g.correlation_id,
        )
    return response


def is_quiet() -> bool:
    """Say whether this request, for an asset or after health, is no news."""
    return (request.endpoint or "").startswith(_QUIET)


def log_failure(error: BaseException) -> None:
    """Log a fault of ours by its type and place."""
    _LOG.error("failure", **failure(error), correlation_id=g.get("correlation_id"))
