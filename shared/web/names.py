"""Names on the pages of services that hold none: asked of the case service, for this person, for this request only."""

from collections.abc import Collection
from typing import cast

import requests
from flask import g

from shared.settings import Settings
from shared.web.access import token_of_request
from shared.web.requests import correlation_id, service

_SECONDS = 3


def names_of(person_ids: Collection[str]) -> dict[str, str]:
    """Return the names this person may see, by person id; what is missing is shown by its code.

    Nothing of the answer is stored or logged. When the case service does not answer, the result is empty and the page
    says so (`names_missing` in templates).
    """
    wanted = sorted(set(person_ids))
    token = token_of_request()
    if not wanted or token is None:
        return {}
    known: dict[str, str] = g.setdefault("names", {})
    unknown = [person_id for person_id in wanted if person_id not in known]
    if unknown:
        known.update(_ask(unknown, token))
    return {person_id: known[person_id] for person_id in wanted if person_id in known}


def find_people(text: str) -> dict[str, str]:
    """Return who of the agency's registry fits what was typed: labels by person id, of the first few."""
    token = token_of_request()
    if not text.strip() or token is None:
        return {}
    try:
        # By POST: no name stands in an address.
        answered = requests.post(
            f"{_base_url(service().settings)}/case/api/v1/people/search",
            json={"q": text.strip(), "limit": 20},
            headers={"Authorization": f"Bearer {token}", "X-Correlation-Id": correlation_id()},
            timeout=_SECONDS,
        )
        answered.raise_for_status()
        return {entry["person_id"]: cast("str", entry["label"]) for entry in answered.json()["items"]}
    except (requests.RequestException, ValueError, KeyError):
        g.names_missing = True
        return {}


def _ask(person_ids: list[str], token: str) -> dict[str, str]:
    try:
        answered = requests.post(
            f"{_base_url(service().settings)}/case/api/v1/names",
            json={"person_ids": person_ids},
            headers={"Authorization": f"Bearer {token}", "X-Correlation-Id": correlation_id()},
            timeout=_SECONDS,
        )
        answered.raise_for_status()
        names = answered.json()["names"]
    except (requests.RequestException, ValueError, KeyError):
        g.names_missing = True
        return {}
    return {person_id: cast("str", entry["label"]) for person_id, entry in names.items()}


def _base_url(settings: Settings) -> str:
    return settings.internal_url or settings.public_url
