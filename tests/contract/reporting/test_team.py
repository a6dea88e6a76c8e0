"""The page of a team: for leaders alone, of their own teams, and joint work counted once."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from services.reporting.figures import who
from services.reporting.team import web
from shared.auth.accounts import Accounts
from shared.testing.people import OTHER_TEAM, TEAM, page_client
from tests.contract.reporting.conftest import Client, Others, family

PAGE = "/reporting/team"
JULY = {"occurred_on": "2021-07-05", "at": datetime(2021, 7, 20, 2, 0, tzinfo=UTC)}
OVERDUE = {
    "address": "/case/sessions/session-9",
    "kind": "case_session",
    "title": "RF-001",
    "on": "2021-07-30",
    "team_id": TEAM,
    "workers": ["account-worker"],
}
Answers = dict[str, dict[str, Any] | None]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What the other services say when they are asked about the leader's teams."""
    cases = [{"team_id": TEAM, "worker_id": "account-worker", "cases": 7}]
    cases += [{"team_id": TEAM, "worker_id": None, "cases": 2}, {"team_id": OTHER_TEAM, "worker_id": "x", "cases": 1}]
    elsewhere = OVERDUE | {"team_id": OTHER_TEAM, "title": "RF-900"}
    answers: Answers = {
        "case": {"overdue": [OVERDUE, elsewhere], "cases": cases},
        "groups": {"overdue": []},
        "outreach": {"overdue": []},
    }
    monkeypatch.setattr(web, "ask", lambda path, body: answers[path.split("/")[1]])
    monkeypatch.setattr(web, "ask_each", lambda *asked: [answers[path.split("/")[1]] for path, _ in asked])
    monkeypatch.setattr(who, "ask", lambda path, body: None)
    return answers


@pytest.fixture
def browse(app: Flask, accounts: Accounts, leader: Client, answers: Answers) -> Callable[[str], FlaskClient]:
    return lambda username: page_client(app, accounts, username)


def _csv(client: FlaskClient, **query: str) -> dict[str, list[str]]:
    answered = client.get(f"{PAGE}/workload.csv", query_string={"month": "2021-07", **query})
    assert answered.status_code == 200
    rows = [line.split(",") for line in answered.text.lstrip("\ufeff").splitlines()[1:]]
    return {worker: numbers for worker, *numbers in rows}


def test_a_joint_session_is_shown_to_both_and_counted_once(
    browse: Callable[[str], FlaskClient], others: Others
) -> None:
    both = ["account-worker", "account-leader"]
    others.record("session-1", family("person-a"), served_by=both, team_id=TEAM, minutes=90, **JULY)
    others.record("visit-1", family("person-a"), served_by=both[:1], team_id=TEAM, **JULY)
    told = _csv(browse("leader"))
    assert told["account-worker"] == ["1", "0", "1", "2", "2.5", "7", "15", "100"]
    assert told["account-leader"] == ["1", "0", "0", "1", "1.5", "0", "15", "100"]
    assert told["all"] == ["1", "0", "1", "2", "2.5", "9", "15", "100"]
    page = browse("leader").get(f"{PAGE}?month=2021-07").text
    assert "counted once for the team" in page
    assert "Open cases without a worker: 2." in page


def test_a_correction_is_no_late_entry_and_a_voided_one_is_no_work(
    browse: Callable[[str], FlaskClient], others: Others
) -> None:
    on_the_day = {"occurred_on": "2021-07-05", "team_id": TEAM, "served_by": ["account-worker"]}
    others.record("session-1", family("person-a"), at=datetime(2021, 7, 5, 2, 0, tzinfo=UTC), **on_the_day)
    others.correct("session-1", family("person-b"), **on_the_day)
    others.record("session-2", family("person-a"), segments=[], **on_the_day)  # Regular service, of no contract.
    others.void("session-2")
    assert _csv(browse("leader"))["all"][:1] + _csv(browse("leader"))["all"][6:] == ["1", "0", "0"]


def test_only_own_teams_are_shown(browse: Callable[[str], FlaskClient], others: Others) -> None:
    others.record("session-1", family("person-a"), served_by=["account-x"], team_id=OTHER_TEAM, **JULY)
    leader, admin = browse("leader"), browse("admin")
    assert "account-x" not in _csv(leader)
    assert _csv(admin)["account-x"][0] == "1"
    assert "account-x" not in _csv(admin, team=TEAM)
    page = leader.get(PAGE).text
    assert "RF-001" in page
    assert "RF-900" not in page
    assert leader.get(f"{PAGE}?team={OTHER_TEAM}").status_code == 403
    assert admin.get(f"{PAGE}?team={OTHER_TEAM}").status_code == 200
    assert admin.get(f"{PAGE}?team=team-nowhere").status_code == 422


def test_a_group_that_falls_is_named(browse: Callable[[str], FlaskClient], others: Others) -> None:
    for number, count in enumerate((8, 8, 8, 3, 3, 3), 1):
        people = family(*(f"person-{one}" for one in range(count)))
        others.record(f"meeting-{number}", people, group_id="group-1", team_id=TEAM, occurred_on=f"2021-07-{number:02}")
    page = browse("leader").get(PAGE).text
    assert "/groups/groups/group-1" in page
    assert "under 70 %" in page


def test_a_service_that_is_down_is_named_and_a_month_must_be_one(
    browse: Callable[[str], FlaskClient], answers: Answers
) -> None:
    answers["case"] = None
    page = browse("leader").get(f"{PAGE}?month=2021-07&sort=-hours").text
    assert "“Cases” does not answer" in page
    assert browse("leader").get(f"{PAGE}?month=July").status_code == 422


@pytest.mark.parametrize("username", ["assistant", "worker", "funder"])
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/workload.csv", f"{PAGE}/workload.xlsx"])
def test_who_does_not_lead_does_not_see_it(browse: Callable[[str], FlaskClient], username: str, path: str) -> None:
    client = browse(username)
    assert client.get(path).status_code == 403
    assert f'href="{PAGE}"' not in client.get("/").text


def test_the_month_is_a_workbook_too(browse: Callable[[str], FlaskClient], others: Others) -> None:
    others.record("session-1", family("person-a"), served_by=["account-worker"], team_id=TEAM, minutes=90, **JULY)
    answered = browse("leader").get(f"{PAGE}/workload.xlsx", query_string={"month": "2021-07"})
    rows = [*load_workbook(BytesIO(answered.data)).active.values]
    assert rows[0][:5] == ("Staff", "Sessions", "Meetings", "Visits", "Attendances")
    assert rows[-1][:6] == ("all", 1, 0, 0, 1, 1.5)
