"""A program of an agency sends files with a token, which opens nothing else."""

from dataclasses import replace
from typing import Any

import pytest

from tests.api_client import Api, Reply
from tests.integration.access_matrix import MATRIX
from tests.stories import open_case, register

IMPORTS = "/case/api/v1/imports"
HEADINGS = "case_number,occurred_on,minutes,people,role\n"


def feed(worker: Api, kinds: tuple[str, ...] = ("sessions",), team: str = "team-families") -> Api:
    """What sends with a new token of the leader of a team."""
    leader = worker.house.as_("leader1" if team == "team-families" else "leader2")
    asked = {"label": "Feed", "team_id": team, "kinds": list(kinds), "days": 30}
    return replace(leader, token=leader.post("/api/v1/tokens", asked).accepted().body["secret"])


def checked(api: Api, path: str, data: bytes) -> Any:
    job = api.send_file(path, data).accepted().body
    while job["running"]:
        job = ask(api, f"/{job['import_id']}/step").accepted().body
    return job


def ask(api: Api, path: str, body: dict[str, Any] | None = None) -> Reply:
    return api.house.raw("POST", IMPORTS + path, api.headers(), body or {})


@pytest.fixture
def row(worker: Api) -> bytes:
    """A file with one good session."""
    mother = register(worker)
    case = open_case(worker, mother)
    number = worker.get(f"/case/api/v1/cases/{case}").body["case_number"]
    client = worker.get(f"/case/api/v1/people/{mother}").body["client_number"]
    return f"{HEADINGS}{number},2021-03-01,60,{client},family_member\n".encode()


def test_a_token_sends_what_it_may_for_its_team_and_the_figures_count_it(worker: Api, row: bytes) -> None:
    sender = feed(worker)
    job = checked(sender, f"{IMPORTS}/files/sessions", row)
    assert (job["counts"], job["team_id"]) == ({"new": 1}, "team-families")
    ask(sender, f"/{job['import_id']}/accept").accepted()
    assert ask(sender, f"/{job['import_id']}/step").accepted().body["counts"] == {"added": 1}
    worker.house.wrote("case")
    assert worker.actuals("kachi-2")[("output-2", "sessions")] == 1
    (entry,) = worker.get("/case/api/v1/sessions").body["items"]
    assert (entry["origin"], entry["entered_by"]) == ("imported", "account-leader1")
    with worker.house.suite.services["case"].database.read() as connection:
        (event,) = worker.house.suite.services["case"].store.load(connection, entry["session_id"])
    assert event.causation_id == f"file:{job['file_digest']}:2"


def test_a_token_opens_nothing_but_imports(worker: Api) -> None:
    sender = feed(worker)
    opened = set()
    for method, rule in sorted(MATRIX):
        if not MATRIX[method, rule] or method != "GET" or "<" in rule:
            continue
        reply = worker.house.raw(method, rule, sender.headers())
        if reply.status != 403:
            opened.add(rule)
    assert opened == set()
    template = f"{IMPORTS}/kinds/sessions/template.csv"
    assert worker.house.raw("GET", template, sender.headers()).status == 200


def test_a_token_sends_no_other_kind_and_for_no_other_team(worker: Api, row: bytes) -> None:
    refused = feed(worker).send_file(f"{IMPORTS}/files/people", b"client_number,alias\nA1,x\n")
    assert (refused.status, refused.body["code"]) == (403, "token_kind")
    elsewhere = feed(worker).send_file(f"{IMPORTS}/files/sessions?team_id=team-outreach", row)
    assert (elsewhere.status, elsewhere.body["code"]) == (403, "other_team")
    foreign = feed(worker, team="team-outreach")
    job = checked(foreign, f"{IMPORTS}/files/sessions", row)
    reasons = foreign.house.raw("GET", f"{IMPORTS}/{job['import_id']}/rows", foreign.headers()).body["items"]
    assert [why["code"] for one in reasons for why in one["reasons"]] == ["other_team"]


def test_a_revoked_token_sends_no_more(worker: Api, row: bytes) -> None:
    sender, leader = feed(worker), worker.house.as_("leader1")
    (token,) = leader.get("/api/v1/tokens").body["items"]
    assert "secret" not in token
    path = f"/api/v1/tokens/{token['token_id']}"
    assert worker.house.raw("DELETE", path, leader.headers()).status == 204
    assert sender.send_file(f"{IMPORTS}/files/sessions", row).status == 401
