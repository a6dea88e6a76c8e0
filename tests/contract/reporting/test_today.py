"""Home: the lists of Today as the other services answer, and how the contracts stand for who reads reports."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from services.reporting.today import web
from shared.auth.accounts import Accounts
from shared.testing.people import page_client
from tests.contract.reporting.conftest import Client, Others, family

CHINESE = {"ACCEPT_LANGUAGE": "zh-HK"}
MOTHER = "person-mother"
MEETING = {
    "address": "/groups/meetings/meeting-1",
    "kind": "group_meeting",
    "setting": "centre",
    "title": "同路人小組",
    "on": "2021-08-03",
    "starts_at": "2021-08-03T19:30:00+08:00",
    "minutes": 90,
    "person_ids": [f"person-{number}" for number in range(8)],
}
SESSION = {
    **MEETING,
    "address": "/case/sessions/session-1",
    "kind": "case_session",
    "title": "RF-001",
    "person_ids": [MOTHER],
}
CASE_ANSWER = {
    "planned": [SESSION | {"on": "2021-08-01", "starts_at": None}],
    "held": [],
    "needs": [
        {
            "why": "task",
            "kind": "child_safety",
            "reason": "decision",
            "on": "2021-08-03",
            "address": "/case/tasks/task-1",
            "title": None,
            "person_ids": [MOTHER],
        },
        {
            "why": "follow_up",
            "reason": "call",
            "on": "2021-07-30",
            "address": "/case/sessions/session-2",
            "next": "/case/sessions/new?case_id=case-1",
            "title": "RF-001",
            "person_ids": [MOTHER],
        },
    ],
    "caseload": [
        {"case_id": "case-1", "case_number": "RF-001", "stage": "open", "last_on": None, "person_ids": [MOTHER]}
    ],
}
NOTHING: dict[str, list[Any]] = {"planned": [], "held": []}
Answers = dict[str, dict[str, Any] | None]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What the services answer when they are asked for somebody's day."""
    answers: Answers = {"case": CASE_ANSWER, "groups": NOTHING | {"planned": [MEETING]}, "outreach": NOTHING}
    monkeypatch.setattr(web, "ask_each", lambda *asked: [answers[path.split("/")[1]] for path, _ in asked])
    monkeypatch.setattr(web, "names_of", lambda ids: dict.fromkeys(ids, "陳美玲"))
    return answers


@pytest.fixture
def home(app: Flask, accounts: Accounts, leader: Client, answers: Answers) -> Callable[..., str]:
    return lambda username, **headers: page_client(app, accounts, username, **headers).get("/").text


def test_a_worker_sees_what_comes_next_what_needs_them_and_their_cases(home: Callable[..., str]) -> None:
    page = home("worker").split("<main")[1]
    for link in (
        "/groups/meetings/meeting-1/record",  # What was planned is recorded in one tap,
        "/case/sessions/session-1/record",  # also when its day has passed.
        "/case/sessions/new?case_id=case-1",
        "/case/sessions/session-2",
    ):
        assert f'href="{link}"' in page
    next_, needs, caseload = (page.index(f'id="{name}"') for name in ("next", "needs", "caseload"))
    assert next_ < page.index("meeting-1/record") < needs < page.index("session-1/record") < caseload
    for text in ("8 people", "Tue 3 Aug 19:30", "陳美玲", "planned, not recorded yet", "Call back", "No session yet"):
        assert text in page
    assert "How the contracts stand" not in page


def test_a_service_that_is_down_is_named_and_the_rest_is_shown(home: Callable[..., str], answers: Answers) -> None:
    answers["groups"] = None
    page = home("worker")
    assert "“Groups” does not answer" in page
    assert "/case/sessions/session-1/record" in page
    answers |= {"case": None, "outreach": None}
    assert home("worker").count("does not answer just now") == 3


def test_today_speaks_chinese_to_a_hong_kong_browser(home: Callable[..., str]) -> None:
    page = home("worker", **CHINESE).split("<main")[1]
    for text in ("需要你處理", "接下來", "我的個案", "8人", "8月3日（二） 19:30", "致電跟進"):
        assert text in page


def test_a_leader_sees_the_own_day_if_there_is_one_and_how_the_contracts_stand(
    home: Callable[..., str], answers: Answers, others: Others
) -> None:
    others.record("session-1", family("person-m"))
    page = home("leader")
    assert 'id="caseload"' in page
    for name in ("case", "groups", "outreach"):
        answers[name] = NOTHING
    page = home("leader")
    assert 'id="caseload"' not in page
    for text in ("Kachi II", "Not met 15", "How the contracts stand"):
        assert text in page


def test_a_funder_is_shown_the_own_contracts_alone(home: Callable[..., str]) -> None:
    page = home("funder")
    assert "How the contracts stand" in page
    assert 'id="next"' not in page
