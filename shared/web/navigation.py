"""Where the navigation of each role leads, and back to the page that somebody is on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from shared.auth.roles import ADMINS, LEADERS, NOTE_READERS, OVERSEERS, RECORDERS, REPORT_READERS, Role


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation."""

    label: Any
    url: str
    icon: str
    roles: tuple[Role, ...]
    on_phone: bool = False
    holds: tuple[str, ...] = ()
    """Beginnings of the addresses of further pages that belong here."""


PLACES = (
    Place(lazy_gettext("Today"), "/", "today", REPORT_READERS, on_phone=True),
    Place(lazy_gettext("Cases"), "/case/cases", "cases", RECORDERS, on_phone=True, holds=("/case/sessions",)),
    Place(lazy_gettext("People"), "/case/people", "people", RECORDERS, holds=("/case/assessments",)),
    Place(lazy_gettext("Groups"), "/groups/groups", "groups", RECORDERS, on_phone=True, holds=("/groups",)),
    Place(lazy_gettext("Visits"), "/outreach/visits", "visits", RECORDERS, holds=("/outreach",)),
    Place(lazy_gettext("Contracts"), "/reporting/contracts", "contracts", REPORT_READERS, holds=("/reporting",)),
    Place(lazy_gettext("At one look"), "/reporting/overview", "overview", OVERSEERS),
    Place(lazy_gettext("Questionnaires"), "/case/tallies", "assessment", RECORDERS),
    Place(lazy_gettext("Same-day tasks"), "/case/tasks", "task", NOTE_READERS),
    Place(lazy_gettext("Team"), "/reporting/team", "team", LEADERS),
    Place(lazy_gettext("Recently used"), "/case/search", "recent", RECORDERS),
    Place(lazy_gettext("Sign-off"), "/reading", "sign", LEADERS),
    Place(lazy_gettext("Handover"), "/case/handover", "handover", LEADERS),
    Place(lazy_gettext("On this phone"), "/on-this-phone", "phone", RECORDERS),
    Place(
        lazy_gettext("Notes to look at"),
        "/case/note-reviews",
        "notes",
        LEADERS,
        holds=("/groups/note-reviews", "/outreach/note-reviews"),
    ),
    Place(
        lazy_gettext("Import from a file"),
        "/case/imports",
        "import",
        NOTE_READERS,
        holds=("/groups/imports", "/outreach/imports"),
    ),
    Place(lazy_gettext("Tokens for feeds"), "/feeds", "feeds", LEADERS),
    Place(lazy_gettext("Accounts"), "/accounts", "accounts", ADMINS),
)

LOG = (
    Place(lazy_gettext("Case session"), "/case/sessions/new", "cases", RECORDERS),
    Place(lazy_gettext("Group meeting"), "/groups/meetings/new", "groups", RECORDERS),
    Place(lazy_gettext("Visit"), "/outreach/visits/new", "visits", RECORDERS),
)

# Each service takes its own files; to who sends them they are one place.
IMPORTS = (
    Place(lazy_gettext("People and cases"), "/case/imports", "people", NOTE_READERS),
    Place(lazy_gettext("Groups"), "/groups/imports", "groups", NOTE_READERS),
    Place(lazy_gettext("Visits"), "/outreach/imports", "visits", NOTE_READERS),
)

# Each service keeps its own notes; to a leader they are one thing.
NOTE_REVIEWS = (
    Place(lazy_gettext("Cases"), "/case/note-reviews", "cases", LEADERS),
    Place(lazy_gettext("Groups"), "/groups/note-reviews", "groups", LEADERS),
    Place(lazy_gettext("Visits"), "/outreach/note-reviews", "visits", LEADERS),
)


def place_of(path: str) -> Place | None:
    """Return the entry of the navigation that a page belongs to."""
    fitting = [(len(start), place) for place in PLACES for start in (place.url, *place.holds) if _is_under(path, start)]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _is_under(path: str, start: str) -> bool:
    return path == start or (start != "/" and path.startswith(f"{start}/"))


def this_page() -> str:
    """Return the address that shows this page again; for the answer to a form, the nearest page that can be opened."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    return next(filter(_opens, _upwards(request.path)), "/")


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]


def _opens(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, "GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True
