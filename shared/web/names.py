"""Names on the pages of services that hold none: asked of the case service, for this person, for this request only."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import g

from shared.web.access import token_of_request
from shared.web.asking import ask


@dataclass(frozen=True, slots=True)
class Entry:
    """How a registered person is called, and their client number."""

    label: str
    client_number: str = ""


def names_of(person_ids: Collection[str]) -> dict[str, str]:
    """Return the names this person may see, by person id; what is missing is shown by its code.

    Nothing of the answer is stored or logged. When the case service does not answer, the result is empty and the page
    says so (`names_missing` in templates).
    """
    return {person_id: entry.label for person_id, entry in entries_of(person_ids).items()}


def entries_of(person_ids: Collection[str]) -> dict[str, Entry]:
    """Return names with client numbers, in the same way."""
    wanted = sorted(set(person_ids))
    if not wanted or token_of_request() is None:
        return {}
    known: dict[str, Entry] = g.setdefault("names", {})
    unknown = [person_id for person_id in wanted if person_id not in known]
    if unknown and not g.get("names_missing"):
        known.update(_asked("/case/api/v1/names", {"person_ids": unknown}))
    return {person_id: known[person_id] for person_id in wanted if person_id in known}


def find_people(text: str) -> dict[str, str]:
    """Return who of the agency's registry fits what was typed: labels by person id, of the first few."""
    if not text.strip() or token_of_request() is None:
        return {}
    found = _asked("/case/api/v1/people/search", {"q": text.strip(), "limit": 20})
    return {person_id: entry.label for person_id, entry in found.items()}


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of registering a person: their id, else the labels of who may be the same one, by id."""

    person_id: str | None
    alike: dict[str, str]


def register_person(content: dict[str, object], key: str, *, confirmed: bool) -> Registered | None:
    """Have the case service register a person, unless somebody like them is there already and nobody has `confirmed`.

    `content` is the body of its `POST /people`; the same `key` registers once. None when it does not answer well.
    """
    path = "/case/api/v1/people"
    if not confirmed:
        previewed = ask(f"{path}?dry_run=true", content)
        if previewed is None:
            return None
        if previewed["warnings"]:
            return Registered(None, {one["person_id"]: str(one["label"]) for one in previewed["warnings"]})
    answer = ask(path, content, key)
    if answer is None:
        return None
    g.setdefault("names", {})[answer["person_id"]] = _entry(answer)
    return Registered(answer["person_id"], {})


def _asked(path: str, body: dict[str, object]) -> dict[str, Entry]:
    answer = ask(path, body) or {}
    if "names" in answer:
        return {person_id: _entry(entry) for person_id, entry in answer["names"].items()}
    if "items" in answer:
        return {str(entry["person_id"]): _entry(entry) for entry in answer["items"]}
    g.names_missing = True
    return {}


def _entry(answered: dict[str, Any]) -> Entry:
    return Entry(str(answered["label"]), str(answered.get("client_number") or ""))
