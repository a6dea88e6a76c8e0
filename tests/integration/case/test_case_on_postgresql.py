"""The case service on PostgreSQL: the same flow as on SQLite, and what only a database of many writers can show."""

from collections.abc import Callable

import pytest
from flask import Flask

from services.case.tables import PROJECTED
from shared.service import Service
from shared.testing.people import page_client
from tests.contract.case.conftest import (
    CASE,
    MOTHER,
    SON,
    Client,
    Others,
    a_session,
    add_person,
    as_user,
    composition,
    others,
)
from tests.importing import accept, csv_of, send
from tests.integration.on_postgresql import Interrupted, accounts, app, bus, service

__all__ = ["accounts", "app", "as_user", "bus", "composition", "others", "service"]
pytestmark = pytest.mark.postgres


@pytest.fixture
def worker(as_user: Callable[[str], Client], others: Others) -> Client:
    others.contract()
    others.contract("other")
    worker = as_user("worker")
    add_person(worker, MOTHER, name_zh="陳美玲")
    add_person(worker, SON, alias="阿明", target_groups=[{"target_group": "hidden", "from_date": "2026-03-01"}])
    members = [{"person_id": one, "relationship": "other"} for one in (MOTHER, SON)]
    case = {"id": CASE, "kind": "family", "contract_id": "kachi-2", "stage": "open", "on": "2026-03-02"}
    case |= {"worker_id": "account-worker"}
    assert worker.post("/cases", {**case, "members": members}).status_code == 201
    return worker


def test_people_cases_sessions_and_assessments_are_written_searched_and_listed(
    worker: Client, as_user: Callable[[str], Client]
) -> None:
    leader = as_user("leader")
    assert [one["person_id"] for one in worker.get("/people", q="美玲").json["items"]] == [MOTHER]
    first = worker.post("/sessions", a_session(MOTHER, SON, note="二人同來"))
    assert first.json["participants"][1]["target_groups"] == ["hidden"]
    path = f"/sessions/{first.json['session_id']}"
    assert worker.put(path, a_session(MOTHER, minutes=30, reason="attendance_wrong"), version=1).status_code == 200
    worker.post("/sessions", a_session(SON, occurred_on="2026-03-10", note="談及工作"))
    page = worker.get("/sessions", limit=1).json
    assert [one["occurred_on"] for one in worker.get("/sessions", after=page["next"]).json["items"]] == ["2026-03-09"]
    phq9 = {"person_id": MOTHER, "instrument": "phq9", "phase": "pre", "assessed_on": "2026-03-10"}
    assert worker.post("/assessments", {**phq9, "contract_id": "kachi-2", "answers": [1] * 9}).json["total"] == 9
    assert len(worker.get("/assessments", person_id=MOTHER).json["items"]) == 1
    due = {"starts_at": "10:00", "follow_up": {"on": "2026-06-01", "reason": "call"}}
    worker.post("/sessions", a_session(MOTHER, occurred_on="2026-05-30", **due))
    worker.post("/sessions/plan", a_session(MOTHER, occurred_on="2026-06-03"))
    day = worker.post("/today", {}).json
    assert [len(day[name]) for name in ("planned", "held", "caseload")] == [1, 1, 1]
    assert {one["why"] for one in day["needs"]} == {"follow_up", "task"}
    add_person(worker, "person-twin")
    merge = {"into": SON, "into_version": 2}
    assert leader.post("/people/person-twin/merge", merge, version=1).status_code == 200
    assert leader.post(f"/people/{SON}/erase", {}, version=3).status_code == 200
    whole = [one["id"] for one in worker.get(f"/cases/{CASE}/timeline").json["items"]]
    top = worker.get(f"/cases/{CASE}/timeline", limit=4).json
    rest = worker.get(f"/cases/{CASE}/timeline", limit=4, after=top["next"]).json
    assert (len(whole), [one["id"] for one in top["items"] + rest["items"]]) == (8, whole)
    assert [one["kind"] for one in leader.get("/tasks", mine="").json["items"]] == ["self_harm_risk"]
    assert worker.get("/sessions", person_id=SON).json["items"][0]["has_note"] is False


def test_entries_are_read_and_returned_and_a_caseload_is_handed_over(
    worker: Client, as_user: Callable[[str], Client], app: Flask, accounts: Interrupted
) -> None:
    leader, ids = as_user("leader"), []
    for day in ("2026-03-09", "2026-03-10"):
        ids.append(worker.post("/sessions", a_session(MOTHER, occurred_on=day)).json["session_id"])
    page = leader.post("/readings/waiting", {"limit": 1}).json
    rest = leader.post("/readings/waiting", {"after": page["next"]}).json["items"]
    assert [one["unit_id"] for one in page["items"] + rest] == ids
    assert leader.post("/readings", {"items": [{"unit_id": ids[0], "version": 1}]}).json["read"] == ids[:1]
    assert leader.post(f"/readings/{ids[1]}/return", {"comment": "?"}, version=1).status_code == 200
    assert leader.post("/today", {}).json["to_read"] == 0
    assert [one["why"] for one in worker.post("/today", {}).json["needs"]] == ["returned"]
    assert leader.post("/handover/left", {"worker_id": "account-worker"}).json["left"] == 1
    screen = page_client(app, accounts, "leader").get("/case/handover?worker_id=account-worker")
    assert f"/case/cases/{CASE}/summary" in screen.text


def test_a_session_is_held_to_the_case_it_has_read(worker: Client, accounts: Interrupted) -> None:
    def close_the_case() -> None:
        assert worker.post(f"/cases/{CASE}/close", {"on": "2026-03-05"}, version=3).status_code == 200

    accounts.meanwhile = close_the_case
    refused = worker.post("/sessions", a_session(MOTHER, served_by=["account-leader"]))
    assert (refused.status_code, refused.json["code"]) == (409, "case_closed")
    assert worker.get("/sessions").json["items"] == []


def test_the_read_tables_are_rebuilt_from_the_events(worker: Client, service: Service) -> None:
    worker.post("/sessions", a_session(MOTHER, note="談及工作"))
    before = worker.get("/sessions").json
    with service.database.write() as connection:
        for table in PROJECTED:
            connection.execute(table.delete())
        service.store.reproject(connection)
    assert worker.get("/sessions").json == before


def test_a_file_is_imported_and_one_row_that_fails_loses_no_other(worker: Client) -> None:
    case = worker.get(f"/cases/{CASE}").json["case_number"]
    mother = worker.get(f"/people/{MOTHER}").json["client_number"]
    head = ["case_number", "occurred_on", "minutes", "people"]
    rows = [head, *([case, f"2026-03-{day:02}", 60 if day != 12 else 1500, mother] for day in range(9, 15))]
    job = send(worker, "sessions", csv_of(rows))
    assert job["counts"] == {"new": 5, "bad": 1}
    assert accept(worker, job, override=True)["counts"] == {"added": 5, "bad": 1}
    rows[1][2] = 45
    again = send(worker, "sessions", csv_of(rows))
    assert accept(worker, again, override=True)["counts"] == {"corrected": 1, "same": 4, "bad": 1}
    names = csv_of([["client_number", "name_zh"], ["A-1", "黃小姐"], ["A-2", "陳美玲"]])
    assert accept(worker, send(worker, "people", names))["counts"] == {"added": 1, "doubt": 1}
