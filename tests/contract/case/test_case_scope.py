"""Every address of one thing: who of another team or agency asks for it, and who has not signed in."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.contract.case.conftest import API, CASE, MOTHER, SON, Client, a_session, add_person

SESSION, PLANNED, ASSESSMENT, TALLY = "session-one", "session-two", "assessment-one", "tally-one"
REASON = {"reason": "other"}
PHQ9 = {
    "person_id": MOTHER,
    "instrument": "phq9",
    "phase": "pre",
    "assessed_on": "2026-03-10",
    "contract_id": "kachi-2",
    "answers": [1] * 9,
}
COUNT = {
    "instrument": "bdf21",
    "contract_id": "kachi-2",
    "assessed_on": "2026-03-10",
    "totals": {"satisfied": 1, "not_satisfied": 0},
}

# rule: method, what stands in the address (nothing: the id of the task), body
ROUTES: dict[str, tuple[str, str, Any]] = {
    "/people/<person_id>": ("GET", SON, None),
    "PUT /people/<person_id>": ("PUT", SON, {"alias": "x"}),
    "/people/<person_id>/roles": ("POST", SON, {"role": "child", "from_date": "2026-03-01"}),
    "/people/<person_id>/roles/end": ("POST", SON, {"role": "child", "to_date": "2026-03-01"}),
    "/people/<person_id>/target-groups": ("POST", SON, {"target_group": "low_motivation", "from_date": "2026-03-01"}),
    "/people/<person_id>/target-groups/end": ("POST", SON, {"target_group": "hidden", "to_date": "2026-03-01"}),
    "/people/<person_id>/consents": ("POST", SON, {"consent": "research", "on": "2026-03-01"}),
    "/people/<person_id>/consents/end": ("POST", SON, {"consent": "research", "on": "2026-03-01"}),
    "/people/<person_id>/merge": ("POST", SON, {"into": MOTHER, "into_version": 1}),
    "/people/<person_id>/unmerge": ("POST", SON, {}),
    "/people/<person_id>/erase": ("POST", SON, {}),
    "/people/<person_id>/erasure": ("GET", SON, None),
    "/people/<person_id>/looks": ("GET", SON, None),
    "/cases/<case_id>": ("GET", CASE, None),
    "/cases/<case_id>/timeline": ("GET", CASE, None),
    "/cases/<case_id>/intake": ("POST", CASE, {"on": "2026-03-05"}),
    "/cases/<case_id>/open": ("POST", CASE, {"on": "2026-03-05"}),
    "/cases/<case_id>/assign": ("POST", CASE, {"on": "2026-03-05", "worker_id": "SELF"}),
    "/cases/<case_id>/transfer": ("POST", CASE, {"on": "2026-03-05", "team_id": "TEAM"}),
    "/cases/<case_id>/close": ("POST", CASE, {"on": "2026-03-05"}),
    "/cases/<case_id>/reopen": ("POST", CASE, {"on": "2026-03-05"}),
    "/cases/<case_id>/members": ("POST", CASE, {"person_id": SON, "relationship": "son", "from_date": "2026-03-05"}),
    "/cases/<case_id>/members/leave": ("POST", CASE, {"person_id": SON, "to_date": "2026-03-05"}),
    "/sessions/<session_id>": ("GET", SESSION, None),
    "PUT /sessions/<session_id>": ("PUT", SESSION, a_session(MOTHER, minutes=5, reason="other")),
    "/sessions/<session_id>/record": ("POST", PLANNED, a_session(MOTHER)),
    "/sessions/<session_id>/void": ("POST", SESSION, REASON),
    "/sessions/<session_id>/history": ("GET", SESSION, None),
    "/readings/<unit_id>/return": ("POST", SESSION, {"comment": "?"}),
    "/assessments/<assessment_id>": ("GET", ASSESSMENT, None),
    "PUT /assessments/<assessment_id>": ("PUT", ASSESSMENT, {**PHQ9, **REASON, "answers": [0] * 9}),
    "/assessments/<assessment_id>/void": ("POST", ASSESSMENT, REASON),
    "/tallies/<tally_id>": ("GET", TALLY, None),
    "PUT /tallies/<tally_id>": ("PUT", TALLY, {**COUNT, **REASON}),
    "/tallies/<tally_id>/void": ("POST", TALLY, REASON),
    "/tasks/<task_id>": ("GET", "", None),
    "/tasks/<task_id>/decisions": ("POST", "", {"decision": "consult"}),
    "/tasks/<task_id>/reports": ("POST", "", {"body": "police"}),
    "/note-reviews/<session_id>": ("POST", SESSION, {"decision": "kept"}),
}


@pytest.fixture
def filled(worker: Client, family: str) -> str:
    """One of everything; returns the id of the task that the assessment raised."""
    assert worker.post("/sessions", a_session(MOTHER, id=SESSION)).status_code == 201
    assert worker.post("/sessions/plan", a_session(MOTHER, id=PLANNED)).status_code == 201
    assert worker.post("/assessments", {**PHQ9, "id": ASSESSMENT}).status_code == 201
    assert worker.post("/tallies", {**COUNT, "id": TALLY}).status_code == 201
    return str(worker.get("/tasks").json["items"][0]["task_id"])


def ask(client: Client, rule: str, task_id: str, *, account: str = "", team: str = "") -> int:
    method, value, body = ROUTES[rule]
    value = value or task_id
    path = rule.partition(" ")[2] or rule
    address = path.replace(path[path.index("<") : path.index(">") + 1], value)
    if isinstance(body, dict):
        body = {name: {"SELF": account, "TEAM": team}.get(str(one), one) for name, one in body.items()}
    match method:
        case "GET":
            return client.get(address).status_code
        case "PUT":
            return client.put(address, body, version=1).status_code
        case _:
            return client.post(address, body, version=1).status_code


def test_the_table_names_every_route_of_one_thing(app: Flask) -> None:
    named = {(rule.partition(" ")[2] or rule, method) for rule, (method, _, _) in ROUTES.items()}
    real = {
        (rule.rule.removeprefix(API), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(API) and "<" in rule.rule and "/imports/" not in rule.rule  # see test_imports
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert real == named


def test_another_agency_finds_nothing_and_another_team_is_turned_away(
    as_user: Callable[[str], Client], filled: str
) -> None:
    foreign, east, admin = as_user("foreign-admin"), as_user("worker-east"), as_user("admin")
    found = {rule: ask(foreign, rule, filled, account="account-foreign-worker", team="team-foreign") for rule in ROUTES}
    assert found == dict.fromkeys(ROUTES, 404)
    turned = {rule: ask(east, rule, filled, account="account-worker-east", team="team-east") for rule in ROUTES}
    assert turned == dict.fromkeys(ROUTES, 403)
    for rule in ("/people/<person_id>", "/cases/<case_id>", "/sessions/<session_id>", "/tallies/<tally_id>"):
        assert ask(admin, rule, filled) == 200


def test_funders_and_strangers_have_no_access(app: Flask, as_user: Callable[[str], Client], filled: str) -> None:
    assert {rule: ask(as_user("funder"), rule, filled) for rule in ROUTES} == dict.fromkeys(ROUTES, 403)
    assert {rule: ask(Client(app.test_client(), API), rule, filled) for rule in ROUTES} == dict.fromkeys(ROUTES, 401)


def test_nothing_of_another_agency_can_be_named(as_user: Callable[[str], Client], filled: str) -> None:
    foreign = as_user("foreign-worker")
    add_person(foreign, "person-foreign")
    members = [{"person_id": MOTHER, "relationship": "self"}]
    case = {"kind": "family", "stage": "open", "on": "2026-03-02"}
    assert foreign.post("/cases", {**case, "members": members}).status_code == 422
    own = {**case, "id": "case-own", "members": [{"person_id": "person-foreign", "relationship": "self"}]}
    assert foreign.post("/cases", own).status_code == 201
    session = {"occurred_on": "2026-03-09", "participants": []}
    assert foreign.post("/sessions", {**session, "case_id": CASE}).status_code == 422
    assert foreign.post("/sessions", {**session, "case_id": "case-own", "contract_id": "kachi-2"}).status_code == 422
    assert foreign.post("/assessments", PHQ9).status_code == 422
    taken = foreign.post("/people", {"id": MOTHER, "alias": "x"})
    assert taken.status_code == 404
