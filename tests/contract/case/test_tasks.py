"""Tasks for the same day: raised with the entry, seen by the team, decided and reported, and never published."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from services.case.tables import note_review, task
from shared.auth.accounts import Accounts
from shared.service import Service
from shared.testing.clock import FixedClock
from shared.testing.people import page_client
from tests.contract.case.conftest import CASE, MOTHER, SON, Client, Others, a_session, field_codes
from tests.contract.case.test_assessments_api import phq9
from tests.contract.case.test_case_pages import send, session_form

RISKY, QUIET = [1] * 9, [1] * 8 + [0]


def mine(client: Client, **more: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/tasks", mine="", **more).json["items"]
    return items


def concern(worker: Client, *people: str, **more: Any) -> str:
    """A session with a concern for a child; returns the id of its task."""
    made = worker.post("/sessions", a_session(*people, child_safety_concern=True, **more))
    assert made.status_code == 201, made.json
    (item,) = worker.get("/tasks", entry_id=made.json["session_id"]).json["items"]
    return str(item["task_id"])


def test_the_ninth_answer_raises_a_task_for_the_worker_and_the_leader(
    as_user: Callable[[str], Client], worker: Client, leader: Client, family: str
) -> None:
    entry = worker.post("/assessments", phq9(answers=RISKY, case_id=None)).json["assessment_id"]
    (item,) = mine(worker)
    assert (item["kind"], item["entry_id"], item["service"]) == ("self_harm_risk", entry, "case")
    assert (item["case_id"], item["person_id"], item["worker_id"]) == (CASE, MOTHER, "account-worker")
    assert (item["due_on"], item["awaits"]) == ("2026-06-01", "decision")
    assert mine(leader) == [item]
    assert as_user("admin").get("/tasks").json["items"] == [item]
    for colleague in ("worker-east", "foreign-leader", "foreign-admin"):
        assert as_user(colleague).get("/tasks").json["items"] == mine(as_user(colleague)) == []
    assert as_user("assistant").get("/tasks").status_code == 403


def test_a_corrected_answer_withdraws_the_task_and_raises_it_again(worker: Client, family: str) -> None:
    path = f"/assessments/{worker.post('/assessments', phq9(answers=RISKY)).json['assessment_id']}"
    assert worker.put(path, phq9(answers=QUIET, reason="typing_error"), version=1).json["total"] == 8
    assert mine(worker) == []
    (withdrawn,) = worker.get("/tasks", phase="withdrawn").json["items"]
    chain = worker.get(f"/tasks/{withdrawn['task_id']}").json["chain"]
    assert [one["type"] for one in chain] == ["TaskRaised", "TaskWithdrawn"]
    worker.put(path, phq9(answers=RISKY, reason="typing_error"), version=2)
    (again,) = mine(worker)
    assert again["task_id"] != withdrawn["task_id"]
    worker.put(path, phq9(answers=[2] * 9, reason="typing_error"), version=3)
    assert mine(worker) == [again]
    assert worker.post(f"{path}/void", {"reason": "wrong_person"}, version=4).json["voided"] is True
    assert mine(worker) == []


def test_a_concern_is_one_tick_on_any_entry_and_its_chain_tells_who_and_when(
    as_user: Callable[[str], Client], worker: Client, leader: Client, family: str, clock: FixedClock
) -> None:
    """An assistant may raise a concern without being able to read what becomes of it."""
    made = as_user("assistant").post("/sessions", a_session(MOTHER, SON, child_safety_concern=True))
    (item,) = mine(worker)
    assert (item["entry_id"], item["person_id"], item["raised_by"]) == (
        made.json["session_id"],
        None,
        "account-assistant",
    )
    path = f"/tasks/{item['task_id']}"
    clock.move(timedelta(minutes=20))
    consult = worker.post(f"{path}/decisions", {"decision": "consult", "note": "先與主管商討"}, version=1)
    assert (consult.status_code, consult.json["phase"], consult.json["version"]) == (201, "open", 3)
    clock.move(timedelta(minutes=20))
    report = leader.post(f"{path}/decisions", {"decision": "report", "bodies": ["police", "fcpsu"]}, version=3)
    assert leader.get(path).json["unreported"] == ["police", "fcpsu"]
    assert report.json["phase"] == "open"
    leader.post(f"{path}/reports", {"body": "police", "reported_at": "2026-06-01T17:30:00+08:00"}, version=4)
    closed = worker.post(f"{path}/reports", {"body": "fcpsu"}, version=5)
    assert closed.json["phase"] == "closed"
    chain = worker.get(path).json["chain"]
    assert [(one["type"], one["actor"]) for one in chain] == [
        ("TaskRaised", "account-assistant"),
        ("TaskDecided", "account-worker"),
        ("TaskNoted", "account-worker"),
        ("TaskDecided", "account-leader"),
        ("TaskReported", "account-leader"),
        ("TaskReported", "account-worker"),
    ]
    assert chain[4]["reported_at"] == "2026-06-01T17:30:00+08:00"
    moments = [one["recorded_at"] for one in chain]
    assert moments == sorted(moments)
    assert mine(worker) == []


def test_an_assessment_carries_the_same_tick(worker: Client, family: str) -> None:
    worker.post("/assessments", phq9(child_safety_concern=True))
    assert [one["kind"] for one in mine(worker)] == ["child_safety"]


def test_a_plan_raises_nothing_and_a_second_tick_nothing_more(worker: Client, family: str) -> None:
    planned = worker.post("/sessions/plan", a_session(MOTHER, child_safety_concern=True)).json["session_id"]
    assert mine(worker) == []
    worker.post(f"/sessions/{planned}/record", a_session(MOTHER, child_safety_concern=True), version=1)
    again = a_session(MOTHER, minutes=30, child_safety_concern=True, reason="typing_error")
    assert worker.put(f"/sessions/{planned}", again, version=2).status_code == 200
    assert len(mine(worker)) == 1


@pytest.mark.parametrize(
    ("source", "unit", "about"),
    [
        ("groups", {"unit_id": "meeting-1", "participants": [{"person_id": MOTHER}, {"person_id": SON}]}, (None, None)),
        ("outreach", {"unit_id": "visit-1", "participants": [{"person_id": MOTHER}], "case_id": CASE}, (CASE, MOTHER)),
        ("outreach", {"unit_id": "visit-2", "participants": [{"person_id": "contact-1"}]}, (None, None)),
    ],
)
def test_a_tick_in_a_meeting_or_a_visit_raises_the_same_task_once(
    worker: Client, leader: Client, family: str, others: Others, source: str, unit: dict[str, Any], about: Any
) -> None:
    entry, usual = unit["unit_id"], {"occurred_on": "2026-05-20", "mode": "in_person", "setting": "centre"}
    told = {**usual, **unit, "kind": "visit", "status": "held", "team_id": "team-west"}
    others.publish(source, "ServiceUnitRecorded", entry, unit=told)
    assert mine(worker) == []
    for minutes in (60, 45):
        ticked = {**told, "minutes": minutes, "child_safety_concern": True}
        others.publish(source, "ServiceUnitCorrected", entry, unit=ticked, reason="new_information")
    (item,) = mine(worker)
    assert (item["kind"], item["service"], item["entry_id"]) == ("child_safety", source, entry)
    assert (item["case_id"], item["person_id"]) == about
    assert (item["raised_by"], item["worker_id"]) == ("account-worker", "account-worker")
    assert mine(leader) == [item]
    decided = worker.post(f"/tasks/{item['task_id']}/decisions", {"decision": "no_further_action"}, version=1)
    assert decided.json["phase"] == "closed"
    others.publish(source, "ServiceUnitCorrected", entry, unit=ticked, reason="typing_error")
    assert mine(worker) == [], "what was decided is not asked again by a correction"


def test_the_same_request_again_raises_nothing_more(worker: Client, family: str) -> None:
    body = a_session(MOTHER, child_safety_concern=True)
    answers = [worker.post("/sessions", body, Idempotency_Key="key-1").status_code for _ in range(2)]
    assert (answers, len(mine(worker))) == ([201, 201], 1)
    assert worker.post("/sessions?dry_run=true", body).status_code == 200
    assert len(mine(worker)) == 1


def test_bad_input_names_its_field_and_a_lost_race_is_told(worker: Client, family: str) -> None:
    path = f"/tasks/{concern(worker, MOTHER)}"
    wrong = worker.post(f"{path}/decisions", {"decision": "report"}, version=1)
    assert field_codes(wrong) == [("bodies", "body_missing")]
    wrong = worker.post(f"{path}/decisions", {"decision": "emergency"}, version=1)
    assert field_codes(wrong) == [("decision", "unknown_code")]
    early = worker.post(f"{path}/reports", {"body": "police"}, version=1)
    assert (early.status_code, early.json["code"]) == (409, "no_report_decided")
    assert worker.post(f"{path}/decisions", {"decision": "no_further_action"}, version=1).status_code == 201
    assert worker.post(f"{path}/decisions", {"decision": "consult"}, version=1).status_code == 412
    assert worker.get("/tasks/task-nothing").status_code == 404


def test_a_transfer_takes_the_task_along(as_user: Callable[[str], Client], worker: Client, family: str) -> None:
    path = f"/tasks/{concern(worker, MOTHER)}"
    east = as_user("worker-east")
    assert east.get(path).status_code == 403
    move = {"on": "2026-06-01", "team_id": "team-east", "worker_id": "account-worker-east"}
    assert worker.post(f"/cases/{CASE}/transfer", move, version=3).status_code == 200
    assert [one["worker_id"] for one in mine(east)] == ["account-worker-east"]
    assert (east.get(path).status_code, worker.get(path).status_code, mine(worker)) == (200, 403, [])


def test_nothing_of_a_task_is_published(worker: Client, family: str, service: Service) -> None:
    task_id = concern(worker, MOTHER)
    worker.post(
        f"/tasks/{task_id}/decisions", {"decision": "report", "bodies": ["police"], "note": "有傷痕"}, version=1
    )
    worker.post(f"/tasks/{task_id}/reports", {"body": "police"}, version=3)
    with service.database.read() as connection:
        raw = [one for one in service.store.read_raw(connection, 0, 100) if one.type.startswith("Task")]
    assert len(raw) == 4
    for secret in (b"child_safety", b"session-", MOTHER.encode(), CASE.encode(), b"police", "傷痕".encode()):
        assert not [one for one in raw if secret in one.data]


def test_erasing_the_person_leaves_nothing_of_the_task(
    worker: Client, leader: Client, family: str, service: Service
) -> None:
    task_id = concern(worker, MOTHER)
    worker.post(f"/tasks/{task_id}/decisions", {"decision": "consult", "note": "阿玲的女兒"}, version=1)
    assert leader.post(f"/people/{MOTHER}/erase", {}, version=2).status_code == 200
    assert mine(leader) == []
    left = leader.get(f"/tasks/{task_id}").json
    assert (left["kind"], left["person_id"], left["case_id"], left["decision"]) == (None, None, None, None)
    assert {one.get("note") for one in left["chain"]} == {None}
    refused = leader.post(f"/tasks/{task_id}/decisions", {"decision": "consult"}, version=3)
    assert refused.json["code"] == "task_erased"
    with service.database.read() as connection:
        row = connection.execute(select(task)).one()
        assert (row.kind, row.entry_id, row.has_note) == (None, None, False)
        assert connection.execute(select(note_review)).all() == []


def test_notes_beside_a_task_of_several_wait_for_a_decision_after_an_erasure(
    worker: Client, leader: Client, app: Flask, accounts: Accounts, family: str
) -> None:
    task_id = concern(worker, MOTHER, SON)
    worker.post(f"/tasks/{task_id}/decisions", {"decision": "consult", "note": "阿明的事"}, version=1)
    leader.post(f"/people/{SON}/erase", {}, version=2)
    page = page_client(app, accounts, "leader").get("/case/note-reviews").text
    assert "阿明的事" in page
    (waiting,) = leader.get("/note-reviews").json["items"]
    assert leader.post(f"/note-reviews/{waiting['session_id']}", {"decision": "destroyed"}).status_code == 200
    left = leader.get(f"/tasks/{task_id}").json
    assert (left["kind"], left["decision"], left["chain"][2]["note"]) == ("child_safety", "consult", None)


def test_the_pages_show_the_task_and_take_the_decision_and_the_report(
    app: Flask, accounts: Accounts, worker: Client, family: str
) -> None:
    browser = page_client(app, accounts, "worker")
    new = f"/case/sessions/new?case_id={CASE}"
    saved = send(browser, new, new, **session_form(child_safety_concern="true"))
    (item,) = mine(worker)
    shown = browser.get(saved.location).text
    assert "asked to follow this up today" in shown
    assert f"/case/tasks/{item['task_id']}" in shown
    page = f"/case/tasks/{item['task_id']}"
    for listed in ("/case/tasks", "/case/tasks?of=team"):
        assert page in browser.get(listed).text
    assert "陳美玲" in browser.get("/case/tasks").text
    wrong = send(browser, page, f"{page}/decisions", decision="report")
    assert (wrong.status_code, "Say to whom" in wrong.text) == (422, True)
    decided = send(browser, page, f"{page}/decisions", decision="report", bodies=["police"], decision_note="瘀傷")
    assert decided.location == page
    assert "瘀傷" in browser.get(page).text
    told = send(browser, page, f"{page}/reports", body="police", reported_at="2026-06-01T16:45")
    assert told.location == page
    shown = browser.get(page).text
    assert "Mon 1 Jun 2026 16:45" in shown
    assert page in browser.get("/case/tasks?of=done").text
    assert page not in browser.get("/case/tasks").text


@pytest.mark.parametrize(("username", "status"), [("worker-east", 403), ("foreign-admin", 404), ("assistant", 403)])
def test_others_do_not_see_the_page(
    app: Flask, accounts: Accounts, worker: Client, family: str, username: str, status: int
) -> None:
    page = f"/case/tasks/{concern(worker, MOTHER)}"
    assert page_client(app, accounts, username).get(page).status_code == status
