"""The page of one figure: its sessions and people, chosen, in order and page by page, and the same to take away."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, Response, render_template, request

from services.reporting.figures.access import sees_scores
from services.reporting.figures.address import asked_of_address, query, query_of
from services.reporting.figures.chosen import NOBODY, Choice, chosen, in_order, options, paged, people_of
from services.reporting.figures.csvtext import csv_of
from services.reporting.figures.queries import Behind, figure_behind
from services.reporting.figures.who import account_names, group_titles, team_names
from services.reporting.indicators.since import parts_of
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS, RECORDERS
from shared.errors import Forbidden, NotFound
from shared.web.names import Entry, entries_of
from shared.web.requests import service

bp = Blueprint("figure", __name__)

Values = dict[str, Any]
ADDRESS = "/contracts/<contract_id>/figures/<indicator>/<measure>"
ENTRIES = ("recorded", "case_opened", "case_closed")
"""What moves a figure every day; everything else is a change that somebody may ask about."""
MOST_LEFT_OUT = 20
MOST_NEWEST = 20
CHOICES = ("worker", "team", "kind", "group", "month", "person")
KEPT = ("as_of", "cut", *CHOICES, "sort", "people_sort", "page", "people_page", "changes_page")
"""What makes the address of this page; whatever else stands in one is left behind."""

SESSION_ORDERS: dict[str, Callable[[Values], Any]] = {
    "on": lambda one: (one["occurred_on"], one["unit_id"]),
    "kind": lambda one: (one["kind"], one["occurred_on"], one["unit_id"]),
    "minutes": lambda one: (one["minutes"] or 0, one["occurred_on"], one["unit_id"]),
    "people": lambda one: (len(one["people"]), one["occurred_on"], one["unit_id"]),
}
PEOPLE_ORDERS: dict[str, Callable[[Values], Any]] = {
    "first": lambda one: (one["first_on"], one["person_id"]),
    "sessions": lambda one: (one["sessions"], one["first_on"], one["person_id"]),
}


@bp.get(ADDRESS)
@requires(*RECORDERS)
def show_figure(contract_id: str, indicator: str, measure: str) -> str:
    """What stands behind one figure, all of it or what is chosen by worker, team, kind, group and month."""
    behind, choice = _behind(contract_id, indicator, measure), _choice()
    values, args, asked = behind.values, request.args, asked_of_address()
    sessions, people = _shown(behind, choice)
    page, people_page = paged(sessions, args.get("page")), paged(people, args.get("people_page"))
    # Of cases, and of the people of an outcome, there is one list: it has the first page number.
    cases = paged(values.get("cases", []), args.get("page"))
    changes = paged([one for one in behind.moved if one.happened.what not in ENTRIES], args.get("changes_page"))
    recorded = [one for one in behind.moved if one.happened.what in ENTRIES][:MOST_NEWEST]
    left_out = _by_reason(values["left_out"])
    unpaired = [one["person_id"] for _, ones in left_out for one in ones[:MOST_LEFT_OUT] if "person_id" in one]
    choices = options(values["sessions"], behind.seen)
    entries = _entries([*(one["person_id"] for one in people_page.rows), *unpaired, *filter(None, [choice.person])])
    return render_template(
        "reporting/figure.html",
        behind=behind,
        how=behind.how,
        choice=choice,
        choices=choices,
        may_choose_worker=identity().role in LEADERS,
        page=page,
        people_page=people_page,
        cases=cases,
        changes=changes,
        recorded=recorded,
        left_out=left_out,
        most_left_out=MOST_LEFT_OUT,
        names={person_id: entry.label for person_id, entry in entries.items()},
        numbers={person_id: entry.client_number for person_id, entry in entries.items()},
        part_names=parts_of(behind.outcome) if behind.outcome else (),
        entry_url=change_url,
        accounts=account_names(identity().agency_id),
        teams=team_names(identity().agency_id),
        groups=group_titles(choices.group),
        here=_here,
        sorts=_sorts,
        query=query_of(asked),
        asked=asked,
    )


@bp.get(f"{ADDRESS}/<what>.csv")
@requires(*RECORDERS)
def take_away(contract_id: str, indicator: str, measure: str, what: str) -> Response:
    """The sessions, people or cases behind one figure as CSV: those chosen, by their codes alone"""
    behind = _behind(contract_id, indicator, measure)
    if what not in ("sessions", "people", "cases"):
        raise NotFound("list_not_found", "There is no such list.")
    sessions, people = _shown(behind, _choice())
    columns, rows = _rows(what, behind, sessions, people)
    name = f"{contract_id}-{indicator}-{measure}-{what}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_of(columns, rows), mimetype="text/csv", headers=headers)


def _behind(contract_id: str, indicator: str, measure: str) -> Behind:
    who = identity()
    asked = asked_of_address()
    return figure_behind(service(), who.agency_id, contract_id, indicator, measure, asked, sees_scores=sees_scores(who))


def _choice() -> Choice:
    """What the address chooses; whose work it is, is for leaders to ask."""
    choice = Choice(**{name: request.args.get(name) or None for name in CHOICES})
    if choice.worker is not None and identity().role not in LEADERS:
        raise Forbidden("role_forbidden", "Your role does not include this.")
    return choice


def _shown(behind: Behind, choice: Choice) -> tuple[list[Values], list[Values]]:
    """The sessions and the people chosen, in the order asked for."""
    values, args = behind.values, request.args
    if behind.measure is None:
        return [], values["people"]
    sessions = chosen(values["sessions"], behind.seen, choice)
    people = [one for one in people_of(sessions) if choice.person in (None, one["person_id"])]
    return (
        in_order(sessions, args.get("sort"), SESSION_ORDERS, "-on"),
        in_order(people, args.get("people_sort"), PEOPLE_ORDERS, "first"),
    )


def _rows(
    what: str, behind: Behind, sessions: list[Values], people: list[Values]
) -> tuple[tuple[str, ...], Iterable[tuple[object, ...]]]:
    """The columns and rows of one list. Scores of single people are in none."""
    if what == "cases":
        spans = (
            (one["case_id"], span["from"], span["to"]) for one in behind.values.get("cases", []) for span in one["open"]
        )
        return ("case", "opened", "closed"), spans
    if what == "people" and behind.measure is None:
        pairs = ((one["person_id"], one["pre"]["assessed_on"], one["post"]["assessed_on"]) for one in people)
        return ("person", "before", "after"), pairs
    if what == "people":
        return ("person", "first", "sessions"), ((one["person_id"], one["first_on"], one["sessions"]) for one in people)
    columns = ("date", "session", "kind", "mode", "setting", "minutes", "people", "team", "group")
    return columns, (_session_row(one, behind) for one in sessions)


def _session_row(one: Values, behind: Behind) -> tuple[object, ...]:
    seen = behind.seen.get(one["unit_id"], NOBODY)
    own = (one["occurred_on"], one["unit_id"], one["kind"], one["mode"], one["setting"], one["minutes"])
    return (*own, len(one["people"]), seen.team_id, seen.group_id)


def _here(name: str = "", **changes: object) -> str:
    """The address of this page with something changed in it, or of one of its lists (`sessions.csv`)."""
    kept = {one: request.args.get(one) for one in KEPT}
    return f"{request.path}{name}{query({**kept, **changes})}"


def _sorts(parameter: str, page: str, usual: str, keys: dict[str, str]) -> dict[str, dict[str, str]]:
    """Where the heading of each column leads, and which way it is sorted now; a second tap turns it round."""
    now = request.args.get(parameter) or usual
    found = {}
    for column, key in keys.items():
        is_now = now.lstrip("-") == key
        turned = key if is_now and now.startswith("-") else f"-{key}"
        state = ("descending" if now.startswith("-") else "ascending") if is_now else ""
        changes: dict[str, object] = {parameter: turned, page: None}
        found[column] = {"url": _here("", **changes), "state": state}
    return found


def _by_reason(left_out: list[Values]) -> list[tuple[str, list[Values]]]:
    """What is left out, by reason, the reasons of the fewest first: those are the ones worth a look."""
    reasons: dict[str, list[Values]] = {}
    for one in left_out:
        reasons.setdefault(one["why"], []).append(one)
    return sorted(reasons.items(), key=lambda pair: len(pair[1]))


_OF_CASE = {"case": "cases", "tally": "tallies"}


def change_url(entry_id: str | None) -> str | None:
    """Where whoever asks is shown an entry: a session with the figures it feeds, others by their own service."""
    kind = (entry_id or "").split("-", 1)[0]
    if kind in _OF_CASE and identity().role in RECORDERS:
        return f"/case/{_OF_CASE[kind]}/{entry_id}"
    return f"/reporting/units/{entry_id}/figures" if kind in ("session", "meeting", "visit") else None


def _entries(person_ids: list[str]) -> dict[str, Entry]:
    """Names and numbers of service users, for those who may see them; contacts and practitioners appear by code."""
    return entries_of([one for one in person_ids if one.startswith("person-")])
