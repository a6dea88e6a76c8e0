"""Every route x every role x a foreign agency: who may not, gets nothing, and a route nobody wrote down fails."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from flask import Flask

from tests.api_client import House, Reply
from tests.in_process import NOW, copied, opened
from tests.integration.access_matrix import MATRIX
from tests.integration.test_bad_input import heads
from tests.stories import (
    GROUPS,
    add_contract,
    assess,
    at,
    id_of,
    kachi,
    meeting,
    met,
    open_case,
    register,
    session,
    token,
    visit,
)

PEOPLE_OF_ROLE = {
    "assistant": "assistant",
    "worker": "worker1",
    "team_leader": "leader1",
    "agency_admin": "admin",
    "funder": "funder",
}
# These act for everybody, or end the very session that asks.
NOT_ASKED = {("DELETE", "/api/v1/sessions/current"), ("POST", "/api/v1/demo/clock")}
# Resources that are named by more than their id, or that are nobody's.
NOT_FOREIGN = {"name", "kind", "shape", "format_name"}

Route = tuple[str, str]


def routes(apps: Mapping[str, Flask]) -> set[Route]:
    """Every method and rule of the suite."""
    return {
        (method, rule.rule)
        for app in apps.values()
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@pytest.fixture(scope="module")
def peopled(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, dict[str, str]]]:
    """A house with one of everything, and the ids by the names they have in rules."""
    with opened(copied(founded, tmp_path_factory.mktemp("matrix") / "data")) as house:
        house.at(NOW)
        worker, outreach, leader = house.as_("worker1"), house.as_("worker5"), house.as_("leader1")
        add_contract(house.as_("admin"), kachi())
        mother = register(worker)
        case = open_case(worker, mother)
        held = session(worker, case, at(mother), child_safety_concern=True)
        (task,) = worker.get("/case/api/v1/tasks").accepted().body["items"]
        group = {"title": "One", "activity": "mutual_aid", "team_id": "team-families", "from_date": "2021-01-04"}
        tally = {"instrument": "bdf21", "instrument_version": "DEMO", "contract_id": "kachi-2"}
        counted = {**tally, "assessed_on": "2021-01-04", "totals": {"satisfied": 1, "not_satisfied": 0}}
        hidden = token(outreach)
        house.suite.accounts.filters.keep("account-leader1", "Open", "/case/cases?all=1")
        (kept,) = house.suite.accounts.filters.of("account-leader1")
        sent = {"label": "Feed", "team_id": "team-families", "kinds": ["sessions"]}
        file = worker.send_file("/case/api/v1/imports/files/sessions", b"case_number,occurred_on\nC1,2021-01-04\n")
        ids = {
            "person_id": mother,
            "case_id": case,
            "session_id": id_of(held),
            "unit_id": id_of(held),
            "meeting_id": id_of(meeting(worker, at(mother))),
            "group_id": str(worker.post(GROUPS, group).accepted().body["group_id"]),
            "contact_id": hidden,
            "visit_id": id_of(visit(outreach, met(hidden))),
            "assessment_id": id_of(assess(worker, mother, "pre", "2021-01-04", 10)),
            "task_id": str(task["task_id"]),
            "tally_id": str(leader.post("/case/api/v1/tallies", counted).accepted().body["tally_id"]),
            "contract_id": "kachi-2",
            "deliverable_id": "handbook",
            "indicator": "output-1",
            "measure": "persons",
            "last_day": "2018-11-30",
            "number": "1",
            "what": "sessions",
            "format_name": "csv",
            "by": "gender",
            "draft_id": "draft-nobodys",
            "sample_id": "sample-nobodys",
            "step": "parties",
            "place": "0",
            "account_id": "account-worker7",
            "token_id": str(leader.post("/api/v1/tokens", sent).accepted().body["token_id"]),
            "import_id": str(file.accepted().body["import_id"]),
            "kind": "sessions",
            "shape": "csv",
            "team_id": "team-families",
            "name": "caseledger.css",
            "filter_id": kept.filter_id,
        }
        yield house, ids


def filled(rule: str, ids: Mapping[str, str]) -> str:
    """The rule with real ids; a name that the test does not know fails."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: ids[match[1]], rule)


def ask(house: House, route: Route, ids: Mapping[str, str], who: str | None) -> Reply:
    method, rule = route
    headers = house.as_(who).headers(Idempotency_Key="of-the-matrix", If_Match='"1"') if who else {}
    is_api = "/api/" in rule
    body = {} if is_api and method not in ("GET", "DELETE") else None
    return house.raw(method, filled(rule, ids), headers, body)


def test_every_route_stands_in_the_matrix_and_nothing_else_does(peopled: tuple[House, dict[str, str]]) -> None:
    house, _ = peopled
    assert routes(house.suite.apps) == set(MATRIX)


@pytest.mark.parametrize("role", PEOPLE_OF_ROLE)
def test_each_role_reaches_what_it_may_and_nothing_else(peopled: tuple[House, dict[str, str]], role: str) -> None:
    house, ids = peopled
    for route, roles in sorted(MATRIX.items()):
        if route in NOT_ASKED or not roles:
            continue
        if role in roles and route[0] != "GET":
            continue  # What is allowed is proven by the stories; here it would only break them.
        reply = ask(house, route, ids, PEOPLE_OF_ROLE[role])
        refused = reply.status == 403 and (reply.body is None or reply.body["code"] == "role_forbidden")
        assert refused == (role not in roles) or _other_team(route, reply), (route, role, reply.status, reply.body)


def _other_team(route: Route, reply: Reply) -> bool:
    """Outreach belongs to another team than the family team's worker and leader."""
    return route[1].startswith("/outreach/") and reply.status == 403


def test_nobody_who_is_not_signed_in_reaches_anything(peopled: tuple[House, dict[str, str]]) -> None:
    house, ids = peopled
    before = heads(house)
    for route, roles in sorted(MATRIX.items()):
        if roles and route not in NOT_ASKED:
            reply = ask(house, route, ids, None)
            to_sign_in = reply.status == 303 and reply.headers["Location"].startswith("/sign-in")
            assert reply.status == 401 or to_sign_in, (route, reply.status)
    assert heads(house) == before


@pytest.mark.parametrize("who", ["harbour-admin", "harbour-leader", "harbour-worker", "harbour-funder"])
def test_another_agency_reaches_nothing_of_ours(peopled: tuple[House, dict[str, str]], who: str) -> None:
    house, ids = peopled
    before = heads(house)
    for route, roles in sorted(MATRIX.items()):
        names = set(re.findall(r"<(?:\w+:)?(\w+)>", route[1])) - NOT_FOREIGN
        if not roles or not names:
            continue
        reply = ask(house, route, ids, who)
        # Before the resource is looked for, a body may be found wrong; it is never shown and never changed.
        expected = {403, 404} if route[0] == "GET" else {403, 404, 409, 412, 422, 428}
        assert reply.status in expected, (route, who, reply.status, reply.body)
        asked = filled(route[1], ids)
        others = {value for name, value in ids.items() if name.endswith("_id") and value not in asked}
        assert not [thing for thing in others if thing.encode() in reply.raw], (route, who)
    assert heads(house) == before


def test_another_agencys_lists_are_empty_of_ours(peopled: tuple[House, dict[str, str]]) -> None:
    house, ids = peopled
    known = [value for name, value in ids.items() if name.endswith("_id") and name not in ("deliverable_id",)]
    for route, roles in sorted(MATRIX.items()):
        if route[0] == "GET" and "<" not in route[1] and roles:
            raw = ask(house, route, ids, "harbour-admin").raw
            assert not [value for value in known if value.encode() in raw], route
