"""The search over everything, and what was used last: names stand on this page and nowhere else."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.case.search import web
from shared.auth.accounts import Accounts
from shared.testing.people import page_client
from tests.contract.case.conftest import CASE, MOTHER, Client, Others, add_person

GROUP = {"group_id": "group-1", "title": "同路人小組", "activity": "mutual_aid", "phase": "open"}

CONTACT = {"contact_id": "contact-1", "alias": "阿強", "marks": None}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What the other services are asked for; each answers with one thing."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def ask(path: str, body: dict[str, Any]) -> dict[str, Any]:
        asked.append((path, body))
        return {"items": [GROUP] if "groups" in path else [CONTACT]}

    monkeypatch.setattr(web, "ask", ask)
    monkeypatch.setattr(web, "ask_each", lambda *asked: [ask(*one) for one in asked])
    return asked


def found(browser: FlaskClient, text: str) -> str:
    page = browser.post("/case/search", data={"q": text})
    assert page.status_code == 200
    return page.text.split("<main")[1]


@pytest.mark.parametrize("typed", ["陳美玲", "陈美玲", "美玲", "Chan Mei Ling", "chan mei-ling", "Chen Meiling"])
def test_a_person_is_found_however_the_name_is_written(
    browser: FlaskClient, family: str, asked: list[Any], typed: str
) -> None:
    page = found(browser, typed)
    assert f'href="/case/people/{MOTHER}"' in page
    assert f'href="/case/cases/{CASE}"' in page  # With the case in which they are served.
    body = {"q": typed, "limit": web.MOST}
    assert asked == [("/groups/api/v1/groups/search", body), ("/outreach/api/v1/contacts/search", body)]


def test_numbers_groups_and_contracts_are_found_too(
    browser: FlaskClient, worker: Client, family: str, asked: list[Any]
) -> None:
    number = worker.get(f"/people/{MOTHER}").json["client_number"]
    assert f'href="/case/people/{MOTHER}"' in found(browser, number)
    case_number = worker.get(f"/cases/{CASE}").json["case_number"]
    assert f'href="/case/cases/{CASE}"' in found(browser, case_number)
    assert 'href="/groups/groups/group-1">同路人小組' in found(browser, "同路")
    assert 'href="/outreach/contacts/contact-1">阿強' in found(browser, "阿强")
    assert 'href="/reporting/contracts/kachi-2"' in found(browser, "KACHI")


def test_another_teams_people_show_their_team_and_no_link(
    browser: FlaskClient, as_user: Callable[[str], Client], asked: list[Any]
) -> None:
    add_person(as_user("worker-east"), "person-east", name_zh="何小姐")
    page = found(browser, "何小姐")
    assert "東九龍隊" in page
    assert "person-east" not in page


def test_nothing_found_says_what_helps(browser: FlaskClient, asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ask_each", lambda *asked: [None for _ in asked])
    page = found(browser, "無此人")
    assert "無此人" in page
    assert 'href="/case/people/new"' in page
    assert 'class="notice"' in page  # Groups were not searched.


def test_what_is_typed_stands_in_no_address_and_no_header(browser: FlaskClient, family: str, asked: list[Any]) -> None:
    answer = browser.post("/case/search", data={"q": "陳美玲"})
    assert not re.findall(r'(?:href|action)="[^"]*(?:陳|%E9%99%B3)', answer.text)
    assert not [value for _, value in answer.headers if "陳" in value]


def test_what_was_used_last_is_listed_by_its_account_alone(
    browser: FlaskClient, app: Flask, accounts: Accounts, others: Others, family: str, asked: list[Any]
) -> None:
    for path in (f"/case/people/{MOTHER}", f"/case/cases/{CASE}", f"/case/people/{MOTHER}", "/case/people/new"):
        assert browser.get(path).status_code == 200
    kept = browser.get_cookie("recent")
    assert kept is not None
    assert kept.value == f"account-worker|person:{MOTHER}|case:{CASE}"
    assert kept.http_only
    listed = browser.get("/case/search").text.split("<main")[1]
    assert re.findall(r'class="with-icon" href="([^"]+)"', listed) == [f"/case/people/{MOTHER}", f"/case/cases/{CASE}"]
    assert "陳美玲" in listed
    assert asked == []

    colleague = page_client(app, accounts, "assistant")
    colleague.set_cookie("recent", kept.value)
    assert MOTHER not in colleague.get("/case/search").text


def test_what_was_used_and_may_no_longer_be_seen_is_left_out(
    browser: FlaskClient, as_user: Callable[[str], Client], others: Others, asked: list[Any]
) -> None:
    add_person(as_user("worker-east"), "person-east", name_zh="何小姐")
    others.contract()
    used = "person:person-east|case:case-nowhere|group:group-1|contract:kachi-2|contract:other|nonsense"
    browser.set_cookie("recent", f"account-worker|{used}")
    listed = browser.get("/case/search").text.split("<main")[1]
    links = re.findall(r'class="with-icon" href="([^"]+)"', listed)
    assert links == ["/groups/groups/group-1", "/reporting/contracts/kachi-2"]
    assert asked == [("/groups/api/v1/groups/search", {"group_ids": ["group-1"]})]


def test_the_looks_of_a_search_are_written_down(
    browser: FlaskClient, as_user: Callable[[str], Client], family: str, asked: list[Any]
) -> None:
    found(browser, "陳美玲")
    looks = as_user("leader").get(f"/people/{MOTHER}/looks").json["items"]
    assert ("account-worker", "search") in [(one["actor"], one["place"]) for one in looks]
