"""The page that searches everything: people and cases here, contracts as learnt, groups and contacts asked for."""

from typing import Any

from flask import Blueprint, render_template, request

from services.case import pages
from services.case.cases.queries import case_list
from services.case.people import handlers as people
from services.case.people.queries import registry, search
from services.case.search import queries
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import RECORDERS
from shared.auth.teams import teams_seen
from shared.chinese import holds
from shared.spelling import begins
from shared.web.asking import ask, ask_each
from shared.web.recent import recently_used
from shared.web.requests import service

bp = Blueprint("search", __name__, url_prefix="/search")

MOST, CONSIDERED = 20, 200
"""How many of a kind are shown, and among how many people the best are chosen."""
Link = dict[str, Any]


@bp.get("")
@requires(*RECORDERS)
def recent() -> str:
    """What was used last, and where to search."""
    return render_template("case/search.html", q="", recent=_recent(identity()))


@bp.post("")
@requires(*RECORDERS)
def find() -> str:
    """Search people, cases, groups, contacts and contracts; by POST, since no name stands in an address."""
    who, asked = identity(), request.form.get("q", "").strip()[:200]
    if not asked:
        return recent()
    wanted = {"q": asked, "limit": MOST}
    groups, contacts = ask_each(("/groups/api/v1/groups/search", wanted), ("/outreach/api/v1/contacts/search", wanted))
    return render_template(
        "case/search.html",
        q=asked,
        everywhere=asked,
        people=_people(who, asked),
        cases=_cases(who, asked),
        groups=(groups or {}).get("items", []),
        contacts=(contacts or {}).get("items", []),
        incomplete=groups is None or contacts is None,
        contracts=_contracts(who, asked),
        teams=pages.teams(who),
        most=MOST,
    )


def _contracts(who: Identity, asked: str) -> list[tuple[str, str]]:
    """The contracts known under what was asked in any language, with their titles in the language of the page."""
    titles, names = pages.contract_titles(who), pages.contract_names(who)
    return [(one, title) for one, title in titles.items() if any(holds(name, asked) for name in names[one])]


def _people(who: Identity, asked: str) -> list[dict[str, Any]]:
    """The registry entries found, each with its cases: one's own teams first, and whose name or number begins so."""
    teams = teams_seen(who)
    with service().database.read() as connection:
        found = search(connection, who.agency_id, asked, teams=teams, limit=CONSIDERED, after=None)
        first = sorted(found, key=lambda one: (not who.sees_team(one["team_id"]), not _begins(one, asked)))[:MOST]
        cases = queries.cases_of_people(connection, who.agency_id, teams, [one["person_id"] for one in first])
    people.note_looks(service(), who, [one["person_id"] for one in first], "search")
    return [one | {"cases": cases.get(one["person_id"], []), "is_open": who.sees_team(one["team_id"])} for one in first]


def _begins(entry: dict[str, Any], asked: str) -> bool:
    return begins(entry["label"], asked) or begins(entry["client_number"], asked)


def _cases(who: Identity, asked: str) -> list[dict[str, Any]]:
    with service().database.read() as connection:
        return case_list(connection, who.agency_id, teams_seen(who), q=asked, limit=MOST)


def _recent(who: Identity) -> list[Link]:
    """What this account used last in this browser, the latest first; what it may not see is left out."""
    used = recently_used()
    ids = {kind: [name for one, name in used if one == kind] for kind, _ in used}
    with service().database.read() as connection:
        known = registry(connection, who.agency_id, ids.get("person", []))
        cases = queries.cases_named(connection, who.agency_id, teams_seen(who), ids.get("case", []))
    seen = {one: entry for one, entry in known.items() if who.sees_team(entry["team_id"])}
    people.note_looks(service(), who, list(seen), "recently used")
    groups = ask("/groups/api/v1/groups/search", {"group_ids": ids["group"]}) if "group" in ids else None
    links: dict[tuple[str, str], Link] = {
        **{("person", one): _link("people", f"/case/people/{one}", seen[one]["label"]) for one in seen},
        **{("case", one["case_id"]): _case_link(one) for one in cases},
        **{
            ("group", one["group_id"]): _link("groups", f"/groups/groups/{one['group_id']}", one["title"])
            for one in (groups or {}).get("items", [])
        },
        **{
            ("contract", one): _link("contracts", f"/reporting/contracts/{one}", title)
            for one, title in pages.contract_titles(who).items()
        },
    }
    return [links[one] for one in used if one in links]


def _case_link(case: dict[str, Any]) -> Link:
    return _link("cases", f"/case/cases/{case['case_id']}", case["case_number"])


def _link(icon: str, url: str, label: str) -> Link:
    return {"icon": icon, "url": url, "label": label}
