"""No room left: a clear answer in the language of who asks, and saving works again by itself."""

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.auth.accounts import Accounts
from shared.service import Service
from shared.testing.people import api_client, page_client

ENTRIES = "/case/api/v1/entries"


def leave_room_for(diary: Service, pages: int) -> None:
    """Let the database file grow to so many pages and no further: the same error as on a full disk."""
    with diary.database.write() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def post(client: FlaskClient, number: int, language: str = "en") -> TestResponse:
    headers = {"Idempotency-Key": f"entry-{number}", "Accept-Language": language}
    return client.post(ENTRIES, json={"title": f"Day {number}"}, headers=headers)


def test_an_entry_that_finds_no_room_is_refused_in_words_and_accepted_later(
    app: Flask, people: Accounts, diary: Service
) -> None:
    worker = api_client(app, people, "worker")
    leave_room_for(diary, 1)
    answers = [post(worker, number) for number in range(100)]
    saved, refused = ([each.status_code for each in answers].count(status) for status in (201, 503))
    assert saved + refused == 100
    assert refused > 0
    problem = post(worker, 99, "zh-HK").json
    assert (problem["code"], problem["status"]) == ("disk_full", 503)
    assert "儲存空間已滿" in problem["detail"]
    page = page_client(app, people, "worker")
    form = {"title": "A day", "idempotency_key": "form-1"}
    assert page.post("/case/diary", data=form).status_code == 503

    leave_room_for(diary, 100_000)
    assert post(worker, 99).status_code == 201
    assert page.post("/case/diary", data=form).status_code == 303
    assert page.get("/case/diary").status_code == 200
    with diary.database.read() as connection:
        assert diary.store.head(connection)[0] == saved + 2
