"""Read your own writes across services: a write names its position, and the next request waits until it has arrived."""

import re

from flask import Flask, Response, g, request

from shared.web.access import COOKIE
from shared.web.requests import service

HEADER = "X-Caseledger-Position"
_PAIR = re.compile(r"([a-z]{1,20})=(\d{1,18})")
_KEPT_SECONDS = 600


def init_app(app: Flask) -> None:
    """Wait for what the client has seen, and tell it what it has written."""
    app.before_request(_wait)
    app.after_request(_tell)


def _positions_seen() -> dict[str, int]:
    given = request.headers.get("X-Caseledger-Seen") or request.cookies.get("seen", "")
    return {name: int(position) for name, position in _PAIR.findall(given)}


def _wait() -> None:
    if request.endpoint is None or not g.get("identity"):
        return
    others = {name: position for name, position in _positions_seen().items() if name != service().name}
    g.behind = bool(others) and not service().intake.wait_for(others, timeout=2.0)


def note_written(header: str) -> None:
    """Note what another service says it has written for this request, so that the next one waits for it."""
    g.setdefault("written_elsewhere", {}).update((name, int(position)) for name, position in _PAIR.findall(header))


def _tell(response: Response) -> Response:
    written: dict[str, int] = {**g.get("written_elsewhere", {})}
    if "written" in g:
        written[service().name] = g.written
        response.headers[HEADER] = f"{service().name}={g.written}"
    if written and COOKIE in request.cookies and not g.by_bearer:
        positions = _positions_seen()
        positions |= {name: max(position, positions.get(name, 0)) for name, position in written.items()}
        value = "&".join(f"{name}={position}" for name, position in sorted(positions.items()))
        response.set_cookie(
            "seen", value, max_age=_KEPT_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response
