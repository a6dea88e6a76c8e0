"""A002 and AX: what was submitted stays as it was sent, through the public API; each test names its one-line change."""

import json
from typing import Any

import pytest

from tests.api_client import House
from tests.integration.acceptance.conftest import Periods
from tests.stories import (
    MEETINGS,
    SESSIONS,
    at,
    id_of,
    met,
    open_case,
    register,
    session,
    session_body,
    token,
    visit,
)

FIRST, SECOND = "2018-11-30", "2019-05-31"


def actual(document: dict[str, Any], indicator: str, measure: str, within: str = "outputs") -> Any:
    return next(one["actual"] for one in document[within] if (one["indicator"], one["measure"]) == (indicator, measure))


def test_a002_07_a_session_cancelled_after_it_was_reported_goes_the_way_of_a_correction(
    periods: Periods, house: House
) -> None:
    # Fails when a corrected version still lives at a later cut: `own.dead > at` in ledger/queries.py.
    worker = house.as_("worker1")
    mother = register(worker)
    case = open_case(worker, mother)
    held = session(worker, case, at(mother), on="2018-07-02")
    sent = periods.report(FIRST)
    body = session_body(case, at(mother), on="2018-07-02", status="cancelled", reason="did_not_happen")
    worker.put(f"{SESSIONS}/{id_of(held)}", body, version=held.version).accepted()
    assert worker.actuals("kachi-2")["output-2", "sessions"] == 0
    assert (actual(sent, "output-2", "sessions"), periods.differences(FIRST)) == (1, [])
    assert [(one["what"], one["correction_reason"]) for one in periods.late(FIRST)] == [("corrected", "did_not_happen")]


def test_a002_08_two_tokens_that_were_reported_and_merged_leave_the_report(periods: Periods, house: House) -> None:
    # Fails when a cut takes in merges that came after it: `own.born <= at` in ledger/queries.py.
    outreach, leader = house.as_("worker5"), house.as_("leader2")
    one, other = token(outreach), token(outreach)
    visit(outreach, met(one), on="2018-07-02").accepted()
    visit(outreach, met(other), on="2018-07-03").accepted()
    sent = periods.report(FIRST)
    assert actual(sent, "output-3", "persons") == 2
    person = register(outreach, "drug_user")
    for each in (one, other):
        version = outreach.version_of(f"/outreach/api/v1/contacts/{each}")
        outreach.post(f"/outreach/api/v1/contacts/{each}/identify", {"person_id": person}, version=version).accepted()
    assert leader.actuals("kachi-2")["output-3", "persons"] == 1
    assert (periods.sent(FIRST), periods.differences(FIRST)) == (sent, [])
    second = periods.report(SECOND)
    moved = {(one["indicator"], one["measure"]): (one["was"], one["now"]) for one in second["restated"]}
    assert moved == {("output-3", "persons"): (2, 1)}


def test_a002_19_a_late_entry_for_a_locked_period_waits_and_stands_in_the_next_report(
    periods: Periods, house: House
) -> None:
    # Fails when `_submitted` takes no notice of `command.waiting` in submissions/domain.py.
    worker = house.as_("worker1")
    mother = register(worker)
    case = open_case(worker, mother)
    sent = periods.report(FIRST)
    session(worker, case, at(mother), on="2018-11-28").accepted()
    assert (periods.sent(FIRST), periods[FIRST]["late_waiting"]) == (sent, 1)
    periods.post(SECOND, "lock").accepted()
    refused = periods.post(SECOND, "reports")
    assert (refused.status, refused.body.get("code")) == (409, "late_entries_wait")
    body = {"event_ids": [one["event_id"] for one in periods.late(FIRST)], "reason": "outside_office"}
    periods.post(FIRST, "late", body).accepted()
    second = periods.post(SECOND, "reports").accepted().body["document"]
    late = {"what": "recorded", "kind": "case_session", "occurred_on": "2018-11-28", "reason": "outside_office"}
    assert second["late_entries"] == [late]
    assert actual(second, "output-2", "sessions") == 1
    assert actual(second, "output-2", "sessions", "outputs_in_period") == 0


@pytest.mark.demo
def test_a002_20_a_correction_after_submission_gives_a_second_report_and_the_first_again(own_demo: House) -> None:
    # Fails when a document leaves out what was restated: `"restated": list(restated)` in submissions/document.py.
    periods, last = Periods(own_demo.as_("leader1")), "2021-05-31"
    first = periods.report(last)
    assert actual(first, "output-1", "attendances") == 1849
    admin = own_demo.as_("admin")
    sessions = admin.trace("kachi-2", "output-1", "attendances")["sessions"]
    counted = {one["unit_id"]: one["people"] for one in sessions}
    held = next(
        one
        for one in own_demo.accepted
        if len(counted.get(one.answer.get("meeting_id", ""), ())) == 7 and "participants" in one.body
    )
    meeting_id, absent = held.answer["meeting_id"], counted[held.answer["meeting_id"]][0]
    people = [one | ({"status": "absent"} if one["person_id"] == absent else {}) for one in held.body["participants"]]
    path = f"{MEETINGS}/{meeting_id}"
    body = {**held.body, "participants": people, "reason": "attendance_wrong"}
    admin.put(path, body, version=admin.version_of(path)).accepted()
    periods.post(last, "reopen", {"reason": "correction"}).accepted()
    second = periods.report(last)
    assert actual(second, "output-1", "attendances") == 1848
    told = {(one["indicator"], one["measure"]): (one["was"], one["now"]) for one in second["restated"]}
    assert told.get(("output-1", "attendances")) == (1849, 1848)
    assert json.dumps(periods.sent(last, 1)) == json.dumps(first)
    assert (periods.differences(last, 1), periods.differences(last, 2)) == ([], [])


def test_ax_05_a_locked_period_opens_for_a_leader_with_a_reason_and_the_opening_is_an_event(
    periods: Periods, house: House
) -> None:
    # Fails when `_reopened` asks for no reason in submissions/domain.py.
    periods.post(FIRST, "lock").accepted()
    path, version = f"{periods.base}/{FIRST}/reopen", periods[FIRST]["version"]
    assert house.as_("worker1").post(path, {"reason": "correction"}, version=version).status == 403
    assert periods.post(FIRST, "reopen", {"reason": "because"}).status == 422
    assert periods[FIRST]["standing"] == "locked"
    periods.post(FIRST, "reopen", {"reason": "correction"}).accepted()
    assert periods[FIRST]["standing"] == "open"
    store = house.suite.services["reporting"].store
    with store.database.read() as connection:
        types = [one.type for one in store.read_all(connection, 0, 1000) if one.stream_id.startswith("report-")]
    assert types == ["PeriodLocked", "PeriodReopened"]
