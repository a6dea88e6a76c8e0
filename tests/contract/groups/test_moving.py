"""Meetings booked under the wrong contract, moved together: over the API, and on the page with its preview."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from shared.auth.accounts import Accounts
from shared.serviceunit import effects
from shared.testing.people import page_client
from tests.contract.groups.conftest import Client, Others, a_meeting

MOVES = {"source": "kachi-2", "target": "bridge"}
PAGE = "/groups/meetings/move?contract=kachi-2&target=bridge"
PERIOD = {"contract": "家持II", "period": {"from": "2026-03-01", "to": "2026-03-31"}, "report": 3, "figures": []}


@pytest.fixture
def booked(worker: Client, others: Others, circle: str) -> list[str]:
    """Three meetings; the other contract begins before the third."""
    others.contract("bridge", "2026-01-01", "2026-03-20")
    days = ("2026-03-09", "2026-03-16", "2026-03-23")
    return [
        worker.post("/meetings", a_meeting("person-000", occurred_on=day, note="大家分享近況")).json["meeting_id"]
        for day in days
    ]


@pytest.fixture
def leader(as_user: Callable[[str], Client]) -> Client:
    return as_user("leader")


def entries(ids: list[str], version: int = 1) -> list[dict[str, Any]]:
    return [{"unit_id": one, "version": version} for one in ids]


def contract_of(client: Client, meeting_id: str) -> str:
    (segment,) = client.get(f"/meetings/{meeting_id}").json["segments"]
    return str(segment["contract_id"])


def test_each_moves_by_itself_and_one_that_cannot_is_named(leader: Client, booked: list[str]) -> None:
    looked = leader.post("/moves?dry_run=true", {**MOVES, "entries": entries(booked)}).json
    assert looked["moved"] == booked[:2]
    assert [contract_of(leader, one) for one in booked] == ["kachi-2"] * 3
    done = leader.post("/moves", {**MOVES, "entries": entries([booked[2], *booked[:2]])}).json
    assert done["moved"] == booked[:2]
    assert [(one["unit_id"], one["code"]) for one in done["failed"]] == [(booked[2], "outside_the_other")]
    assert [contract_of(leader, one) for one in booked] == ["bridge", "bridge", "kachi-2"]
    moved = leader.get(f"/meetings/{booked[0]}").json
    assert (moved["version"], moved["note"]) == (2, "大家分享近況")


def test_the_same_key_moves_nothing_twice(leader: Client, booked: list[str]) -> None:
    body = {**MOVES, "entries": entries(booked[:2])}
    first, again = (leader.post("/moves", body, Idempotency_Key="once").json for _ in range(2))
    assert first == again
    assert first["moved"] == booked[:2]
    assert [leader.get(f"/meetings/{one}").json["version"] for one in booked] == [2, 2, 1]


def test_who_has_not_read_the_newest_version_or_leads_another_team_moves_nothing(
    leader: Client, as_user: Callable[[str], Client], booked: list[str]
) -> None:
    stale = leader.post("/moves", {**MOVES, "entries": entries(booked[:1], version=7)}).json
    assert [one["code"] for one in stale["failed"]] == ["stale_version"]
    assert as_user("worker").post("/moves", {**MOVES, "entries": entries(booked[:1])}).status_code == 403
    foreign = as_user("foreign-leader").post("/moves", {**MOVES, "entries": entries(booked[:1])})
    assert foreign.status_code == 422 or foreign.json["moved"] == []
    assert contract_of(leader, booked[0]) == "kachi-2"


def test_a_contract_nobody_knows_or_the_same_one_is_refused(leader: Client, booked: list[str]) -> None:
    for target in ("unheard-of", "kachi-2"):
        answered = leader.post("/moves", {**MOVES, "target": target, "entries": entries(booked)})
        assert (answered.status_code, answered.json["fields"][0]["path"]) == (422, "target")


def test_the_page_shows_what_moves_and_saves_what_was_ticked_once_it_was_read(
    app: Flask, accounts: Accounts, leader: Client, booked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = [{"contract": "家持II", "figures": [{"name": "節數", "now": 285, "would": 283}]}]
    answers = {"/effects": [PERIOD], "/effects/figures": moved}
    monkeypatch.setattr(effects, "ask", lambda path, body, **_: {"items": answers[path.split("v1")[1]]})
    browser = page_client(app, accounts, "leader")
    page = browser.get(PAGE).text
    assert "283" in page
    assert "Report 3" in page
    assert "The other contract does not run on this day." in page
    assert re.findall(r'name="entry" value="([^"@]+)', page) == booked[:2]
    (read,) = re.findall(r'name="effects_read" value="(\w+)"', page)
    form = {"contract": "kachi-2", "target": "bridge", "reason": "wrong_contract", "idempotency_key": "k"}
    unread = browser.post(PAGE, data={**form, "entry": f"{booked[0]}@1"})
    assert unread.status_code == 200
    assert "Save again to keep it" in unread.text
    saved = browser.post(PAGE, data={**form, "entry": f"{booked[0]}@1", "effects_read": read})
    assert saved.status_code == 303
    assert [contract_of(leader, one) for one in booked] == ["bridge", "kachi-2", "kachi-2"]
    mixed = browser.post(
        PAGE, data={**form, "idempotency_key": "l", "entry": [f"{booked[1]}@1", f"{booked[2]}@1"], "effects_read": read}
    )
    assert "1 entry moved; these were not:" in mixed.text
    assert f"/groups/meetings/{booked[2]}" in mixed.text
    assert contract_of(leader, booked[1]) == "bridge"


def test_where_reports_do_not_answer_moving_goes_on_and_says_so(
    app: Flask, accounts: Accounts, leader: Client, booked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "ask", lambda *_, **__: None)
    browser = page_client(app, accounts, "leader")
    assert "could not be found out just now" in browser.get(PAGE).text
    form = {"contract": "kachi-2", "target": "bridge", "idempotency_key": "k", "entry": f"{booked[0]}@1"}
    assert browser.post(PAGE, data=form).status_code == 303
    assert contract_of(leader, booked[0]) == "bridge"


def test_entries_are_chosen_by_day_worker_and_group(
    app: Flask, accounts: Accounts, booked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "ask", lambda *_, **__: {"items": []})
    browser = page_client(app, accounts, "leader")
    for choice, shown in (
        ("&from=2026-03-10", [booked[1]]),
        ("&to=2026-03-10", [booked[0]]),
        ("&of=group-circle", booked[:2]),
        ("&of=group-other", []),
        ("&worker=account-leader", []),
    ):
        assert re.findall(r'name="entry" value="([^"@]+)', browser.get(PAGE + choice).text) == shown
