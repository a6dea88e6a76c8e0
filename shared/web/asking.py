"""One service asks another for a page: server-side, as the signed-in person, with what is asked in the body."""

from typing import Any

import requests
from flask_babel import get_locale

from shared.settings import Settings
from shared.web import positions
from shared.web.access import token_of_request
from shared.web.requests import correlation_id, service

_SECONDS = 3


def ask(path: str, body: dict[str, Any], key: str | None = None) -> dict[str, Any] | None:
    """Return what the JSON API answers to a POST; None when it does not answer well, so that the page can say so.

    Always a POST: what is asked for may hold a name, and no name stands in an address. Nothing is stored or logged.
    With an idempotency `key` something may be written there; the person's next request waits until it has arrived.
    """
    headers = {
        "Authorization": f"Bearer {token_of_request()}",
        "X-Correlation-Id": correlation_id(),
        "Accept-Language": str(get_locale()).replace("_", "-"),
    }
    if key is not None:
        headers["Idempotency-Key"] = key
    try:
        answered = requests.post(f"{_base_url(service().settings)}{path}", json=body, headers=headers, timeout=_SECONDS)
        answered.raise_for_status()
        answer: dict[str, Any] = answered.json()
        positions.note_written(answered.headers.get(positions.HEADER, ""))
    except (requests.RequestException, ValueError):
        return None
    return answer


def _base_url(settings: Settings) -> str:
    return settings.internal_url or settings.public_url
