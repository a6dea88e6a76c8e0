"""Which language a page speaks."""

import pytest
from flask import Flask

from shared.auth.accounts import Accounts
from shared.testing.people import page_client


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("zh-HK,zh;q=0.9,en;q=0.8", "zh-Hant-HK"),
        ("zh-TW", "zh-Hant-HK"),
        ("zh-CN,en;q=0.5", "zh-Hant-HK"),
        ("zh", "zh-Hant-HK"),
        ("en-GB,en;q=0.9,zh;q=0.1", "en"),
        ("fr,zh;q=0.5", "zh-Hant-HK"),
        ("fr", "en"),
        (None, "en"),
    ],
)
def test_a_browser_that_reads_chinese_gets_chinese(
    app: Flask, people: Accounts, accepted: str | None, lang: str
) -> None:
    page = app.test_client().get("/sign-in", headers={"Accept-Language": accepted} if accepted else {}).text
    assert f'<html lang="{lang}">' in page
    assert ("登入" in page) is (lang != "en")


@pytest.mark.parametrize("switch", ["/case/language"])
def test_the_language_is_switched_on_any_page_kept_for_the_account_and_the_person_stays_there(
    app: Flask, people: Accounts, switch: str
) -> None:
    client = page_client(app, people, "worker", accept_language="en")
    assert 'lang="en"' in client.get("/case/diary").text
    answer = client.post(switch, data={"language": "zh_Hant_HK", "next": "/case/diary?x=1"})
    assert (answer.status_code, answer.location) == (303, "/case/diary?x=1")
    assert '<html lang="zh-Hant-HK">' in client.get("/case/diary").text
    elsewhere = page_client(app, people, "worker", accept_language="en")
    assert '<html lang="zh-Hant-HK">' in elsewhere.get("/case/diary").text


def test_an_unknown_language_changes_nothing(app: Flask, people: Accounts) -> None:
    client = page_client(app, people, "worker")
    answer = client.post("/case/language", data={"language": "xx", "next": "//evil.example"})
    assert answer.location == "/"
    assert client.get_cookie("lang") is None
