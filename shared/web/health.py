"""Whether the process lives, whether it can serve, and its metrics: for proxies, containers and operators.

A service that can answer requests and save entries is ready, also while the broker is away: what is saved is published
later. What is wrong besides is named all the same.
"""

from importlib.metadata import version

from flask import Blueprint, Flask, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from shared.auth.identity import public
from shared.errors import NotFound, Unavailable
from shared.health.checks import OK, Check, readiness
from shared.health.state import Incoming, Outgoing, read_incoming, read_outgoing
from shared.health.watch import PATIENCE
from shared.service import Service
from shared.web.metrics import RequestMetrics
from shared.web.requests import service

UNPUBLISHED_SECONDS = 30.0
PARTS = ("relay", "intake")

bp = Blueprint("health", __name__)


def init_app(app: Flask, prefix: str) -> None:
    """Answer `/<service>/livez`, `/readyz`, `/metrics` and `/version`."""
    metrics = RequestMetrics()
    metrics.init_app(app)
    app.extensions["caseledger-metrics"] = metrics
    app.register_blueprint(bp, url_prefix=prefix or None)


@bp.get("/livez")
@public
def livez() -> dict[str, str]:
    """Answer while the process lives."""
    return {"status": OK}


@bp.get("/readyz")
@public
def readyz() -> tuple[dict[str, object], int]:
    """Answer 200 while requests can be answered, and name everything that is wrong."""
    return readiness(checks_of(service()))


@bp.get("/metrics")
@public
def metrics() -> Response:
    """Tell the metrics to who asks this process itself; through a proxy there is nothing here."""
    if {"X-Forwarded-For", "Forwarded"} & set(request.headers.keys()):
        raise NotFound("not_found", "There is nothing here that you may see.")
    told: RequestMetrics = current_app.extensions["caseledger-metrics"]
    return told.answer()


@bp.get("/version")
@public
def running_version() -> dict[str, str]:
    """Say which version runs."""
    return {"service": service().name, "version": version("caseledger")}


def checks_of(asked: Service) -> list[Check]:
    """Everything that can be told about a service without asking the broker."""
    try:
        going, coming = read_outgoing(asked.name, asked.store, asked.clock), read_incoming(asked)
        asked.accounts.is_empty()
    except (SQLAlchemyError, Unavailable):
        return [Check("database", "no answer", essential=True)]
    checks = [
        Check("database", essential=True),
        Check("appends", _appends(asked, going)),
        Check("publishing", *_publishing(going)),
        Check("lag", *_lag(coming)),
        Check("forks", "two histories, intake has stopped" if coming.forks else OK, facts={"count": coming.forks}),
        Check("parked", "messages wait for an operator" if coming.parked else OK, facts={"count": coming.parked}),
    ]
    if asked.settings.kafka is not None:
        checks.append(_broker(coming))
    return checks


def _appends(asked: Service, state: Outgoing) -> str:
    if state.appends_closed:
        return "closed: the store is older than its topic"
    if asked.store.only_when_compared and not asked.store.is_compared():
        return "closed until the relay has compared the store with its topic"
    return OK


def _publishing(state: Outgoing) -> tuple[str, bool, dict[str, object]]:
    late = state.oldest_unpublished > UNPUBLISHED_SECONDS
    facts: dict[str, object] = {"unpublished": state.unpublished, "oldest_seconds": round(state.oldest_unpublished, 1)}
    return "behind" if late else OK, False, facts


def _lag(state: Incoming) -> tuple[str, bool, dict[str, object]]:
    late = any(each.age > PATIENCE for each in state.sources.values())
    return "behind" if late else OK, False, {"missing": {name: each.missing for name, each in state.sources.items()}}


def _broker(state: Incoming) -> Check:
    """As the relay and the consumers have last seen it: this process has no client of the broker."""
    ages = {part: state.contacts.get(part) for part in PARTS}
    lost = [part for part, age in ages.items() if age is None or age > PATIENCE]
    words = "no answer" if len(lost) == len(PARTS) else f"the {lost[0]} is out of touch" if lost else OK
    facts = {part: None if age is None else round(age, 1) for part, age in ages.items()}
    return Check("broker", words, facts={"answered_seconds_ago": facts})
