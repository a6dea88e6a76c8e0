"""Handover (離職交接): a caseload gets its successors at once; the summary of a case to print."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from services.case.handover import web
from shared.auth.accounts import Accounts
from shared.testing.people import TEAM, page_client
from tests.contract.case.conftest import CASE, MOTHER, Client, a_session
from tests.contract.case.test_case_pages import send

LEAVER, HEIR, ELSEWHERE = "account-worker", "account-assistant", "account-worker-east"
SCREEN = f"/case/handover?worker_id={LEAVER}"


def left(client: Client) -> Any:
    return client.post("/handover/left", {"worker_id": LEAVER}).json["left"]


def given(client: Client, successor: str, *cases: str) -> Any:
    chosen = [{"case_id": one, "worker_id": successor} for one in cases]
    return client.post("/handover", {"worker_id": LEAVER, "on": "2026-06-01", "cases": chosen})


def second_case(worker: Client) -> str:
    body = {"id": "case-second", "kind": "person", "stage": "open", "on": "2026-03-02", "worker_id": LEAVER}
    assert (
        worker.post("/cases", {**body, "members": [{"person_id": MOTHER, "relationship": "self"}]}).status_code == 201
    )
    return "case-second"


def test_a_caseload_is_handed_over_case_by_case_until_none_is_left(
    worker: Client, leader: Client, as_user: Callable[[str], Client], family: str
) -> None:
    second = second_case(worker)
    assert left(leader) == left(as_user("admin")) == 2
    answered = given(leader, HEIR, CASE)
    assert (answered.status_code, answered.json) == (200, {"assigned": [CASE], "left": []})
    assert worker.get(f"/cases/{CASE}").json["worker_id"] == HEIR
    assert left(leader) == 1
    # What is somebody else's by now stays with them.
    assert given(leader, "account-leader", CASE, second).json == {"assigned": [second], "left": [CASE]}
    assert left(leader) == 0


@pytest.mark.parametrize("successor", [ELSEWHERE, LEAVER, "account-funder", "account-foreign-worker", "account-nobody"])
def test_a_successor_works_in_the_team_of_the_case(leader: Client, family: str, successor: str) -> None:
    assert given(leader, successor, CASE).status_code == 422
    assert left(leader) == 1


def test_a_leader_hands_over_the_cases_of_the_own_teams(
    worker: Client, accounts: Accounts, as_user: Callable[[str], Client], family: str
) -> None:
    assert given(as_user("foreign-leader"), HEIR, CASE).status_code == 404
    assert given(as_user("worker"), HEIR, CASE).status_code == 403
    assert left(as_user("foreign-leader")) == 0
    accounts.disable(HEIR)
    assert given(as_user("leader"), HEIR, CASE).status_code == 422


def test_the_screen_shows_what_is_planned_and_due_and_is_done_when_nothing_is_left(
    app: Flask, accounts: Accounts, worker: Client, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any]] = []
    meeting = {"unit_id": "meeting-1", "on": "2026-06-09", "starts_at": None, "kind": "group_meeting", "title": "小組",
               "address": "/groups/meetings/meeting-1"}  # fmt: skip
    plans: dict[str, list[dict[str, Any]]] = {"groups": [meeting]}

    def ask(path: str, body: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        name = path.split("/")[1]
        asked.append((path, body))
        return {"given": [plans.pop(name)[0]["unit_id"]]} if key else {"items": plans.get(name, [])}

    monkeypatch.setattr(web, "ask", ask)
    second = second_case(worker)
    worker.post("/sessions/plan", a_session(MOTHER, occurred_on="2026-06-10"))
    worker.post("/sessions", a_session(MOTHER, follow_up={"on": "2026-06-12", "reason": "call"}))
    browser = page_client(app, accounts, "leader")
    assert SCREEN in browser.get("/case/handover").text
    page = browser.get(SCREEN).text
    for text in ("Planned: Wed 10 Jun 2026", "Follow up by Fri 12 Jun 2026", f"/case/cases/{second}/summary", "陳美玲"):
        assert text in page
    assert 'name="to-meeting-1"' in page
    form = {"worker_id": LEAVER, "on": "2026-06-01", f"to-{CASE}": "account-leader", f"to-{second}": ""}
    assert send(browser, SCREEN, "/case/handover", **form).status_code == 303
    assert send(browser, SCREEN, "/case/handover", **{**form, f"to-{CASE}": "", "all": HEIR}).status_code == 303
    assert "The handover is complete." not in browser.get(SCREEN).text
    send(browser, SCREEN, "/case/handover", worker_id=LEAVER, **{"to-meeting-1": HEIR})
    entries = [{"unit_id": "meeting-1", "worker_id": HEIR}]
    assert ("/groups/api/v1/handover/planned/give", {"worker_id": LEAVER, "entries": entries}) in asked
    assert "The handover is complete." in browser.get(SCREEN).text
    assert [worker.get(f"/cases/{one}").json["worker_id"] for one in (CASE, second)] == ["account-leader", HEIR]
    empty = browser.post("/case/handover", data={"worker_id": LEAVER, "on": "2026-06-01", "idempotency_key": "k"})
    assert empty.status_code == 422


def test_what_is_planned_goes_with_its_case_and_what_is_planned_beside_is_given_by_itself(
    worker: Client, leader: Client, family: str
) -> None:
    with_case = worker.post("/sessions/plan", a_session(MOTHER, occurred_on="2026-06-10")).json["session_id"]
    second_case(worker)
    given(leader, "account-leader", "case-second")
    body = a_session({"person_id": MOTHER, "role": "collateral"}, case_id="case-second", occurred_on="2026-06-11")
    beside = worker.post("/sessions/plan", {**body, "note": "帶文件"}).json["session_id"]
    (line,) = leader.post("/handover/planned", {"worker_id": LEAVER}).json["items"]
    assert (line["unit_id"], line["on"], line["address"]) == (beside, "2026-06-11", f"/case/sessions/{beside}")
    assert given(leader, HEIR, CASE).json == {"assigned": [CASE], "left": []}
    entries = [{"unit_id": one, "worker_id": HEIR} for one in (beside, with_case)]
    answered = leader.post("/handover/planned/give", {"worker_id": LEAVER, "entries": entries})
    assert (answered.status_code, answered.json) == (200, {"given": [beside], "left": [with_case]})
    for session_id in (beside, with_case):
        read = worker.get(f"/sessions/{session_id}").json
        assert (read["phase"], read["served_by"]) == ("planned", [HEIR])
    assert worker.get(f"/sessions/{beside}").json["note"] == "帶文件"
    recorded = worker.post(f"/sessions/{beside}/record", {**body, "occurred_on": "2026-05-30"}, version=2)
    assert recorded.status_code == 200
    assert leader.post("/handover/planned", {"worker_id": HEIR}).json["items"] == []


@pytest.mark.parametrize("successor", [ELSEWHERE, "account-nobody"])
def test_a_plan_is_given_within_its_team(worker: Client, leader: Client, family: str, successor: str) -> None:
    planned = worker.post("/sessions/plan", a_session(MOTHER, occurred_on="2026-06-10")).json["session_id"]
    entries = [{"unit_id": planned, "worker_id": successor}]
    assert leader.post("/handover/planned/give", {"worker_id": LEAVER, "entries": entries}).status_code == 422
    assert worker.post("/handover/planned", {"worker_id": LEAVER}).status_code == 403


def test_the_summary_holds_notes_for_those_who_may_read_them(
    app: Flask, accounts: Accounts, worker: Client, family: str
) -> None:
    worker.post("/sessions", a_session(MOTHER, note="情緒穩定"))
    shown = {name: page_client(app, accounts, name).get(f"/case/cases/{CASE}/summary") for name in
             ("worker", "assistant", "worker-east", "funder")}  # fmt: skip
    assert [one.status_code for one in shown.values()] == [200, 200, 403, 403]
    assert "情緒穩定" in shown["worker"].text
    assert "情緒穩定" not in shown["assistant"].text
    assert "陳美玲" in shown["assistant"].text
    assert TEAM not in shown["worker"].text
