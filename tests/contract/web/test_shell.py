"""What every page has: the navigation of the role, switches that are remembered, the way back, errors with advice."""

import re

import pytest
from flask import Flask

from shared.auth.accounts import Accounts
from shared.testing.people import page_client

ENTRIES = {
    "assistant": {"/", "/case/cases", "/case/people", "/groups/groups", "/outreach/visits", "/case/search"},
    "leader": {"/case/cases", "/reporting/contracts", "/case/note-reviews"},
    "admin": {"/case/cases", "/case/note-reviews", "/accounts"},
    "funder": {"/", "/reporting/contracts"},
}
NOT_THEIRS = {
    "assistant": {"/case/note-reviews", "/accounts"},
    "leader": {"/accounts"},
    "admin": set[str](),
    "funder": {"/case/cases", "/case/search", "/case/note-reviews", "/accounts"},
}


def links(page: str) -> set[str]:
    return set(re.findall(r'<a href="([^"]+)"', page))


@pytest.mark.parametrize("role", ENTRIES)
def test_the_navigation_is_that_of_the_role(app: Flask, people: Accounts, role: str) -> None:
    page = page_client(app, people, role).get("/account").text
    assert links(page) >= ENTRIES[role]
    assert not links(page) & NOT_THEIRS[role]
    assert ('action="/case/search"' in page) is (role != "funder")
    bar = page.split('<nav class="bar"')[1].split("</nav>")[0]
    assert bar.count("<details") == (1 if role == "funder" else 2)


def test_the_place_that_a_page_belongs_to_is_marked(app: Flask, people: Accounts) -> None:
    page = page_client(app, people, "admin").get("/accounts").text
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', page) == ["/accounts", "/accounts"]


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/case/diary", "/case/nothing"])
@pytest.mark.parametrize("language", ["zh-HK", "en"])
def test_every_page_switches_its_language_and_has_nothing_inline(
    app: Flask, people: Accounts, path: str, language: str
) -> None:
    client = app.test_client() if path == "/sign-in" else page_client(app, people, "worker")
    page = client.get(path, headers={"Accept-Language": language}).text
    assert 'name="language"' in page
    assert not re.search(r"<style|\sstyle=|<script(?![^>]* src=)|\son[a-z]+=", page)


def test_a_theme_is_remembered_by_the_browser_until_it_follows_the_system_again(app: Flask, people: Accounts) -> None:
    client = page_client(app, people, "worker")
    assert "data-theme" not in client.get("/account").text.split("<head>")[0]
    switched = client.post("/case/display", data={"theme": "dark", "next": "/account"})
    assert (switched.status_code, switched.headers["Location"]) == (303, "/account")
    assert 'data-theme="dark"' in client.get("/account").text
    client.post("/case/display", data={"theme": "system"})
    assert 'data-theme="dark"' not in client.get("/account").text
    client.set_cookie("theme", '"><script>')
    assert "data-theme" not in client.get("/account").text.split("<head>")[0]


def test_the_discreet_view_is_one_tap_away_and_one_tap_back(app: Flask, people: Accounts) -> None:
    client = page_client(app, people, "worker")
    client.set_cookie("lang", "zh_Hant_HK")
    typed = {"title": "禁毒基金", "next": "/case/diary"}
    client.post("/case/display", data={"discreet": "1"})
    page = client.post("/case/diary", data={**typed, "title": ""}).text
    assert 'aria-pressed="true"' in page
    client.post("/case/display", data={"discreet": "0"})
    assert 'name="discreet" value="1"' in client.get("/case/diary").text


def test_a_switch_leads_to_no_other_site(app: Flask) -> None:
    for away in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere"):
        assert app.test_client().post("/case/display", data={"next": away}).headers["Location"] == "/"


def test_the_answer_to_a_form_leads_back_to_a_page_that_can_be_opened(app: Flask, people: Accounts) -> None:
    page = page_client(app, people, "worker").post("/case/diary", data={"title": ""})
    assert page.status_code == 422
    assert set(re.findall(r'name="next" value="([^"]*)"', page.text)) == {"/case/diary"}
    admin = page_client(app, people, "admin").post("/accounts/nobody/disable")
    assert set(re.findall(r'name="next" value="([^"]*)"', admin.text)) == {"/accounts/nobody"}


@pytest.mark.parametrize(
    ("path", "status", "says"), [("/case/nothing", 404, "Search for it"), ("/accounts", 403, "team leader")]
)
def test_an_error_says_what_to_do(app: Flask, people: Accounts, path: str, status: int, says: str) -> None:
    answer = page_client(app, people, "worker", Accept_Language="en").get(path)
    assert answer.status_code == status
    assert says in answer.text
    assert {"/", "/case/search"} <= set(re.findall(r'<a class="btn[^"]*" href="([^"]+)"', answer.text))


def test_what_was_typed_can_be_sent_once_more_when_a_part_was_away(app: Flask, people: Accounts) -> None:
    typed = {"title": "家訪", "idempotency_key": "key-1", "password": "not this"}
    answer = page_client(app, people, "worker").post("/case/diary/away", data=typed)
    assert answer.status_code == 503
    form = answer.text.split('action="/case/diary/away"')[1].split("</form>")[0]
    assert re.findall(r'name="([^"]+)" value="([^"]+)"', form) == [("title", "家訪"), ("idempotency_key", "key-1")]
