"""Names on the pages of services that hold none: asked of the case service, for this person, for this request only."""

from collections.abc import Collection

from flask import g

from shared.web.access import token_of_request
from shared.web.asking import ask


def names_of(person_ids: Collection[str]) -> dict[str, str]:
    """Return the names this person may see, by person id; what is missing is shown by its code.

    Nothing of the answer is stored or logged. When the case service does not answer, the result is empty and the page
    says so (`names_missing` in templates).
    """
    wanted = sorted(set(person_ids))
    if not wanted or token_of_request() is None:
        return {}
    known: dict[str, str] = g.setdefault("names", {})
    unknown = [person_id for person_id in wanted if person_id not in known]
    if unknown:
        known.update(_asked("/case/api/v1/names", {"person_ids": unknown}))
    return {person_id: known[person_id] for person_id in wanted if person_id in known}


def find_people(text: str) -> dict[str, str]:
    """Return who of the agency's registry fits what was typed: labels by person id, of the first few."""
    if not text.strip() or token_of_request() is None:
        return {}
    return _asked("/case/api/v1/people/search", {"q": text.strip(), "limit": 20})


def _asked(path: str, body: dict[str, object]) -> dict[str, str]:
    answer = ask(path, body) or {}
    if "names" in answer:
        return {person_id: str(entry["label"]) for person_id, entry in answer["names"].items()}
    if "items" in answer:
        return {str(entry["person_id"]): str(entry["label"]) for entry in answer["items"]}
    g.names_missing = True
    return {}
