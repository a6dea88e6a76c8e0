"""What stands behind a figure: chosen by worker, team, kind, group and month, in order, by pages, and as CSV."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.reporting.figures import who
from shared.auth.accounts import Accounts
from shared.testing.people import page_client
from tests.contract.reporting.conftest import Client, Others, family

FIGURE = "/reporting/contracts/kachi-2/figures/output-1/attendances"
MEETING = {"group_id": "group-1", "served_by": ["account-leader"]}


@pytest.fixture
def story(others: Others, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two meetings of one group and one of another, by two workers, in two months."""
    titles = {"items": [{"group_id": "group-1", "title": "同路人小組"}]}
    monkeypatch.setattr(who, "ask", lambda path, body: titles)
    others.record("meeting-1", family("person-a", "person-b"), **MEETING)
    others.record("meeting-2", family("person-a"), occurred_on="2019-04-04", minutes=30, **MEETING)
    others.record("meeting-3", family("person-c"), group_id="group-2", served_by=["account-worker"])


@pytest.fixture
def browse(app: Flask, accounts: Accounts, leader: Client, story: None) -> Callable[[str], FlaskClient]:
    return lambda username: page_client(app, accounts, username)


def _sessions(page: str) -> list[str]:
    section = page[page.index('aria-labelledby="sessions"') : page.index('aria-labelledby="left-out"')]
    return re.findall(r"/reporting/units/(meeting-\d)/figures", section)


@pytest.mark.parametrize(
    ("query", "sessions", "people"),
    [
        ({}, ["meeting-2", "meeting-3", "meeting-1"], 3),
        ({"group": "group-1"}, ["meeting-2", "meeting-1"], 2),
        ({"worker": "account-worker"}, ["meeting-3"], 1),
        ({"month": "2019-04"}, ["meeting-2"], 1),
        ({"team": "team-nowhere"}, [], 0),
        ({"kind": "group_meeting", "sort": "minutes"}, ["meeting-2", "meeting-1", "meeting-3"], 3),
        ({"person": "person-a"}, ["meeting-2", "meeting-1"], 1),
        ({"page": "7"}, ["meeting-2", "meeting-3", "meeting-1"], 3),
    ],
)
def test_an_address_says_what_is_shown(
    browse: Callable[[str], FlaskClient], query: dict[str, str], sessions: list[str], people: int
) -> None:
    leader = browse("leader")
    assert _sessions(leader.get(FIGURE, query_string=query).text) == sessions
    for what, count in (("sessions", len(sessions)), ("people", people)):
        answered = leader.get(f"{FIGURE}/{what}.csv", query_string=query)
        assert answered.mimetype == "text/csv"
        assert len(answered.text.splitlines()) == count + 1


def test_links_keep_the_choice_and_names_stand_in_no_address(browse: Callable[[str], FlaskClient]) -> None:
    page = browse("leader").get(FIGURE, query_string={"group": "group-1", "as_of": "2021-08-02"}).text
    assert "同路人小組" in page
    for link in re.findall(r'href="([^"]*(?:csv|sort=)[^"]*)"', page):
        assert "group=group-1" in link
        assert "as_of=2021-08-02" in link
        assert "小組" not in link
    assert "2 of 3" in page


def test_whose_work_it_is_is_for_leaders_to_ask(browse: Callable[[str], FlaskClient]) -> None:
    worker = browse("worker")
    assert 'name="worker"' not in worker.get(FIGURE).text
    assert 'name="worker"' in browse("leader").get(FIGURE).text
    for name in ("", "/sessions.csv"):
        assert worker.get(f"{FIGURE}{name}?worker=account-worker").status_code == 403
        assert browse("funder").get(f"{FIGURE}{name}").status_code == 403


@pytest.mark.parametrize("figure", ["output-1/attendances", "outcome-1/n"])
def test_no_score_leaves_in_a_csv(browse: Callable[[str], FlaskClient], others: Others, figure: str) -> None:
    others.assess("assessment-1", "person-a", "pre", "2019-01-07", 14)
    others.assess("assessment-2", "person-a", "post", "2019-06-03", 9)
    text = browse("leader").get(f"/reporting/contracts/kachi-2/figures/{figure}/people.csv").text
    header, *rows = text.lstrip("\ufeff").splitlines()
    assert header in ("person,first,sessions", "person,before,after")
    assert any("person-a" in row for row in rows)
    assert "14" not in text


def test_an_unknown_list_is_not_found(browse: Callable[[str], FlaskClient]) -> None:
    assert browse("leader").get(f"{FIGURE}/names.csv").status_code == 404
