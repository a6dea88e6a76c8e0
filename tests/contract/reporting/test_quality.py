"""The pages of data quality: every rule with its count, the list behind it, and the same as CSV and over the API."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.reporting.quality import queries
from shared.auth.accounts import Accounts
from shared.testing.people import OTHER_TEAM, TEAM, page_client
from tests.contract.reporting.conftest import Client, Others, family

PAGE = "/reporting/contracts/kachi-2/quality"
LATE = {"occurred_on": "2021-03-05", "at": datetime(2021, 3, 20, 2, 0, tzinfo=UTC), "team_id": TEAM}
ON_TIME = {**LATE, "at": datetime(2021, 3, 5, 12, 0, tzinfo=UTC)}
PLANNED = {
    "about": "session-9",
    "on": "2021-03-04",
    "team_id": TEAM,
    "workers": ["account-worker"],
    "contracts": ["kachi-2"],
    "address": "/case/sessions/session-9",
}
ALIKE = {
    **PLANNED,
    "about": "person-a",
    "other": "person-z",
    "on": None,
    "contracts": [],
    "workers": [],
    "address": "/case/people/person-a/merge",
}
Answers = dict[str, dict[str, Any] | None]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What the other services say when they are asked for what they alone know."""
    elsewhere = {**ALIKE, "about": "person-x", "other": "person-y"}
    answers: Answers = {
        "case": {"not_recorded": [PLANNED], "possible_duplicate": [ALIKE, elsewhere]},
        "groups": {"not_recorded": [], "beyond_membership": []},
        "outreach": {"not_recorded": [{**PLANNED, "about": "visit-9", "contracts": ["other"]}]},
    }
    monkeypatch.setattr(queries, "ask_each", lambda *asked: [answers[path.split("/")[1]] for path, _ in asked])
    return answers


@pytest.fixture
def browse(app: Flask, accounts: Accounts, leader: Client, answers: Answers) -> Callable[[str], FlaskClient]:
    return lambda username: page_client(app, accounts, username)


@pytest.fixture
def history(others: Others) -> None:
    """One session of each kind of doubt."""
    served = {"served_by": ["account-worker"], "starts_at": "2021-03-05T10:00:00+08:00"}
    others.record("session-1", family("person-a"), case_id="case-a", **served, **ON_TIME)
    others.record("session-2", family("person-a"), case_id="case-a", **served, **LATE)
    others.record("session-3", family("person-a"), segments=[], **ON_TIME)
    others.record("session-4", family("person-a"), **{**ON_TIME, "occurred_on": "2021-07-01"})
    others.record("session-5", family("person-b"), segments=[], **{**ON_TIME, "team_id": OTHER_TEAM})


def _counts(client: Client, **query: Any) -> dict[str, int]:
    answered = client.get("/contracts/kachi-2/quality", **query)
    assert answered.status_code == 200, answered.json
    return {one["rule"]: one["count"] for one in answered.json["rules"] if one["count"]}


@pytest.mark.usefixtures("history", "answers")
def test_each_rule_finds_its_own_and_a_period_only_what_is_of_its_days(leader: Client) -> None:
    found = {"no_contract": 1, "not_recorded": 1, "overlap": 1, "same_twice": 1, "late": 1, "possible_duplicate": 1}
    assert _counts(leader) == {**found, "outside_period": 1}
    assert _counts(leader, period="2021-05-31") == found
    assert _counts(leader, period="2018-11-30") == {"possible_duplicate": 1}
    assert leader.get("/contracts/kachi-2/quality", period="2018-11-29").status_code == 404


@pytest.mark.usefixtures("history")
def test_a_rule_that_nobody_answers_for_is_not_said_to_have_found_nothing(leader: Client, answers: Answers) -> None:
    answers["case"] = None
    told = leader.get("/contracts/kachi-2/quality").json
    rules = {one["rule"] for one in told["rules"]}
    assert "possible_duplicate" not in rules
    assert {"not_recorded", "beyond_membership", "overlap"} <= rules
    assert told["not_answering"] == ["case"]


@pytest.mark.usefixtures("history")
def test_every_row_leads_to_where_it_is_put_right(browse: Callable[[str], FlaskClient]) -> None:
    leader, worker = browse("leader"), browse("worker")
    assert "rule=overlap" in leader.get(PAGE).text
    assert "/case/sessions/session-2" in leader.get(f"{PAGE}?rule=overlap").text
    assert "/case/people/person-a/merge" in leader.get(f"{PAGE}?rule=possible_duplicate").text
    assert "/case/people/person-a/merge" not in worker.get(f"{PAGE}?rule=possible_duplicate").text
    csv = worker.get(f"{PAGE}.csv?rule=overlap").text.splitlines()
    assert csv[1] == f"overlap,session-2,session-1,2021-03-05,{TEAM},account-worker,/case/sessions/session-2"
    assert len(csv) == 2
    assert leader.get(f"{PAGE}?rule=gossip").status_code == 404


@pytest.mark.usefixtures("history")
def test_it_stands_on_the_contract_and_before_submission_and_not_for_a_funder(
    browse: Callable[[str], FlaskClient],
) -> None:
    leader = browse("leader")
    assert "5 to look at" in leader.get("/reporting/contracts/kachi-2").text
    assert (
        "quality?period=2021-05-31&amp;rule=overlap"
        in leader.get("/reporting/contracts/kachi-2/periods/2021-05-31").text
    )
    funder = browse("funder")
    assert funder.get(PAGE).status_code == 403
    assert f'href="{PAGE}"' not in funder.get("/reporting/contracts/kachi-2").text


@pytest.mark.usefixtures("history")
def test_a_leader_sees_the_own_teams_over_all_contracts(browse: Callable[[str], FlaskClient]) -> None:
    leader, admin = browse("leader"), browse("admin")
    rows = leader.get("/reporting/team/quality.csv").text
    assert "session-3" in rows
    assert "session-4" in rows
    assert "visit-9" in rows
    assert "session-5" not in rows
    assert "session-5" in admin.get("/reporting/team/quality.csv").text
    assert leader.get("/reporting/team/quality?rule=no_contract").status_code == 200
    assert leader.get(f"/reporting/team/quality?team={OTHER_TEAM}").status_code == 403
    assert browse("worker").get("/reporting/team/quality").status_code == 403
