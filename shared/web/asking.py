"""One service asks others for a page: server-side, as the signed-in person, with what is asked in the body."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from flask_babel import get_locale

from shared.settings import Settings
from shared.web import positions
from shared.web.access import token_of_request
from shared.web.requests import correlation_id, service

_SECONDS = 3

Body = dict[str, Any]
Answer = dict[str, Any]


def ask(path: str, body: Body, key: str | None = None, *, seconds: float = _SECONDS) -> Answer | None:
    """Return what the JSON API answers to a POST; None when it does not answer well, so that the page can say so.

    Always a POST: what is asked for may hold a name, and no name stands in an address. Nothing is stored or logged.
    It is waited for so many `seconds` at most. With an idempotency `key` something may be written there; the person's
    next request waits until it has arrived.
    """
    headers = _headers() if key is None else {**_headers(), "Idempotency-Key": key}
    return _read(_post(_base_url(service().settings) + path, body, headers, seconds))


def ask_each(*asked: tuple[str, Body]) -> list[Answer | None]:
    """Ask several paths side by side, so that a page waits for the slowest alone; their answers in the same order."""
    base, headers = _base_url(service().settings), _headers()
    with ThreadPoolExecutor(len(asked)) as together:
        return [_read(one) for one in together.map(lambda one: _post(base + one[0], one[1], headers), asked)]


def _headers() -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token_of_request()}",
        "X-Correlation-Id": correlation_id(),
        "Accept-Language": str(get_locale()).replace("_", "-"),
    }


def _post(url: str, body: Body, headers: dict[str, str], seconds: float = _SECONDS) -> requests.Response | None:
    """Needs no request context, so that another thread may do it."""
    try:
        with requests.Session() as session:
            # Names go straight to the other service, whatever proxy the environment names.
            session.trust_env = False
            return session.post(url, json=body, headers=headers, timeout=seconds)
    except requests.RequestException:
        return None


def _read(answered: requests.Response | None) -> Answer | None:
    if answered is None or not answered.ok:
        return None
    try:
        answer: Answer = answered.json()
    except ValueError:
        return None
    positions.note_written(answered.headers.get(positions.HEADER, ""))
    return answer


def _base_url(settings: Settings) -> str:
    return settings.internal_url or settings.public_url
