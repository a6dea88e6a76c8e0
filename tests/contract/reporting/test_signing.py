"""The page of what waits to be read, in all services together."""

from typing import Any

import pytest
from flask import Flask

from services.reporting.signing import web
from services.reporting.signing.domain import chosen
from shared.auth.accounts import Accounts
from shared.testing.people import page_client
from tests.contract.reporting.conftest import Client

NOTHING = {"items": [], "returned": [], "count": 0, "next": None}


def line(service: str, unit_id: str, on: str) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "version": 2,
        "author": "account-worker",
        "address": f"/{service}/{unit_id}",
        "title": None,
        "kind": "case_session",
        "setting": "centre",
        "status": "held",
        "on": on,
        "starts_at": None,
        "minutes": 45,
    }


def test_one_page_for_three_services_and_one_request_for_each(
    app: Flask, accounts: Accounts, leader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = NOTHING | {"items": [line("case", "session-1", "2021-08-02")], "count": 70, "next": "2021-08-02_session-1"}
    meeting = NOTHING | {"items": [line("groups", "meeting-1", "2021-08-01")], "count": 1}
    answers = {"case": waits, "groups": meeting, "outreach": None}
    sent: list[tuple[Any, ...]] = []

    def ask(path: str, body: Any, key: str) -> Any:
        sent.append((path, body, key))
        return {"read": ["session-1"], "left": []} if "case" in path else None

    monkeypatch.setattr(web, "ask", ask)
    monkeypatch.setattr(web, "ask_each", lambda *asked: [answers[path.split("/")[1]] for path, _ in asked])
    browser = page_client(app, accounts, "leader")
    page = browser.get("/reading").text.split("<main")[1]
    assert page.index("meeting-1") < page.index("session-1")  # The oldest first.
    for text in ("71 entries wait", "Worker", "“Visits” does not answer", "/reading?case=2021-08-02_session-1"):
        assert text in page
    form = {"idempotency_key": "key-1", "shown": ["case:session-1:2", "groups:meeting-1:2"], "all": "1"}
    assert browser.post("/reading", data=form).status_code == 303
    assert [(path, body) for path, body, _ in sent] == [
        ("/case/api/v1/readings", {"items": [{"unit_id": "session-1", "version": 2}]}),
        ("/groups/api/v1/readings", {"items": [{"unit_id": "meeting-1", "version": 2}]}),
    ]
    again = browser.get("/reading").text
    assert "1 entry read and signed." in again
    assert "“Groups” did not answer" in again
    browser.post("/reading", data=form)
    assert sent[2:] == sent[:2]  # The form sent again is the same request.


def test_only_what_names_a_service_an_entry_and_a_version_is_sent() -> None:
    assert chosen(["case:s:1", "case:s:1", "reporting:s:1", "case:s", "case::1", "case:s:x", ""]) == {
        "case": [{"unit_id": "s", "version": 1}]
    }
