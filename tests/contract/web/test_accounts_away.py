"""The database of the accounts does not answer: every page and API says so, also to somebody who is signed in."""

import pytest
from flask import Flask

from shared.auth.accounts import Accounts
from shared.database import Database
from shared.testing.people import page_client
from shared.web.access import COOKIE

NOBODY_LISTENS = "postgresql+psycopg://nobody@127.0.0.1:9/none"


@pytest.mark.parametrize(
    ("path", "signed_in"),
    [
        ("/sign-in", False),
        ("/sign-in", True),
        ("/case/diary", True),
        ("/case/api/v1/entries", True),
        ("/nowhere", True),
    ],
)
def test_an_answer_says_that_the_database_is_away(
    app: Flask, people: Accounts, monkeypatch: pytest.MonkeyPatch, path: str, signed_in: bool
) -> None:
    client = page_client(app, people, "worker")
    if not signed_in:
        client.delete_cookie(COOKIE)
    monkeypatch.setattr(people, "_database", Database(NOBODY_LISTENS))
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert "The database does not answer" in answer.text
