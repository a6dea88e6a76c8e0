"""What the address of a page of figures asks for. It can be shared: it says everything, and holds no name."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from flask import request

from services.reporting.figures.reports import Asked
from shared.errors import Invalid


def asked_of_address() -> Asked:
    """Which report the address asks for; an unreadable date is said, not guessed."""
    return Asked(as_of=day_of_address("as_of"), cut=request.args.get("cut") or None)


def day_of_address(name: str) -> date | None:
    """A day that the address names; raises `Invalid` for what is none."""
    given = request.args.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise Invalid("not_a_date", "Give a date here, such as 2021-05-28.", field=name) from error


def query_of(asked: Asked) -> str:
    """The part of an address that asks for the same day or cut again."""
    return query({"as_of": asked.as_of.isoformat() if asked.as_of else None, "cut": asked.cut})


def query(parts: Mapping[str, object | None]) -> str:
    """The query of an address, with what is empty left out; nothing at all when everything is."""
    given = {name: value for name, value in parts.items() if value}
    return f"?{urlencode(given, safe=':,')}" if given else ""


_PLACES = {
    "session": "/case/sessions",
    "meeting": "/groups/meetings",
    "visit": "/outreach/visits",
    "contact": "/outreach/contacts",
}


def own_page(about: str) -> str:
    """Where an entry is shown by the service that recorded it, or a person by the one that knows them."""
    return f"{_PLACES.get(about.split('-', 1)[0], '/case/people')}/{about}"
