"""Periods are locked, reported, answered and opened again; what was sent can be counted again, whatever comes later."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from services.reporting import tables
from services.reporting.ledger import inbox
from shared.service import Service
from tests.contract.reporting.conftest import Others, Periods, family, field_codes

pytestmark = pytest.mark.usefixtures("heads_of_others")

FIRST, SECOND, THIRD = "2018-11-30", "2019-05-31", "2019-11-30"
MOTHER, FATHER = family("person-m"), family("person-f")


def figure(document: dict[str, Any], name: str, within: str = "outputs") -> Any:
    return {f"{one['indicator']}/{one['measure']}": one["actual"] for one in document[within]}[name]


def test_a_contract_has_its_periods_and_none_is_locked(periods: Periods) -> None:
    items = periods.items()
    assert [*items] == ["2018-11-30", "2019-05-31", "2019-11-30", "2020-05-31", "2020-11-30", "2021-05-31"]
    assert {one["standing"] for one in items.values()} == {"open"}


def test_a_report_counts_to_date_and_within_its_period(periods: Periods, others: Others) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-01")
    others.record("session-2", MOTHER, occurred_on="2019-02-01")
    first, second = periods.report(FIRST), periods.report(SECOND)
    assert (figure(first, "output-2/sessions"), figure(first, "output-2/persons")) == (1, 1)
    assert (figure(second, "output-2/sessions"), figure(second, "output-2/persons")) == (2, 1)
    assert figure(second, "output-2/sessions", "outputs_in_period") == 1
    assert second["reporting_period"] == {"from": "2018-12-01", "to": "2019-05-31"}


def test_a_correction_after_submission_leaves_what_was_sent(periods: Periods, others: Others) -> None:
    others.record("meeting-1", family("person-m", "person-f"), occurred_on="2018-07-01")
    sent = periods.report(FIRST)
    assert figure(sent, "output-1/attendances") == 2
    others.correct("meeting-1", MOTHER, occurred_on="2018-07-01")
    assert periods.leader.figures()["output-1/attendances"] == 1
    assert periods.leader.get(f"/contracts/kachi-2/periods/{FIRST}/reports/1").json["document"] == sent
    assert periods.verified(FIRST) == []
    assert periods.post(FIRST, "reopen", {"reason": "correction"}).status_code == 200
    again = periods.report(FIRST)
    assert figure(again, "output-1/attendances") == 1
    period = {"from": "2018-06-01", "to": FIRST}
    moved = {"period": period, "number": 1, "indicator": "output-1", "measure": "attendances", "was": 2, "now": 1}
    assert moved in again["restated"]
    assert (periods.verified(FIRST, 1), periods.verified(FIRST, 2)) == ([], [])


def test_a_late_entry_waits_for_the_leader_and_stands_in_the_next_report(periods: Periods, others: Others) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-01")
    first = periods.report(FIRST)
    others.record("session-late", FATHER, occurred_on="2018-11-28")
    assert [(one["about"], one["confirmed_as"]) for one in periods.late(FIRST)] == [("session-late", None)]
    assert periods.items()[FIRST]["late_waiting"] == 1
    assert periods.leader.figures()["output-2/sessions"] == 2
    periods.lock(SECOND)
    refused = periods.post(SECOND, "reports")
    assert (refused.status_code, refused.json["code"]) == (409, "late_entries_wait")
    periods.confirm(FIRST)
    second = periods.submit(SECOND)
    late = {"what": "recorded", "kind": "case_session", "occurred_on": "2018-11-28", "reason": "leave"}
    assert second["late_entries"] == [late]
    assert (figure(second, "output-2/sessions"), figure(second, "output-2/sessions", "outputs_in_period")) == (2, 0)
    assert (figure(first, "output-2/sessions"), periods.verified(FIRST), periods.verified(SECOND)) == (1, [], [])
    assert periods.late(FIRST) == []


def test_a_session_cancelled_after_it_was_reported_is_corrected_not_changed(periods: Periods, others: Others) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-01")
    sent = periods.report(FIRST)
    others.correct("session-1", MOTHER, occurred_on="2018-07-01", status="cancelled", reason="did_not_happen")
    assert periods.leader.figures()["output-2/sessions"] == 0
    assert (figure(sent, "output-2/sessions"), periods.verified(FIRST)) == (1, [])
    told = periods.late(FIRST)
    assert [(one["what"], one["correction_reason"]) for one in told] == [("corrected", "did_not_happen")]
    periods.confirm(FIRST, "other")
    again = periods.report(SECOND)
    assert {f"{one['indicator']}/{one['measure']}": (one["was"], one["now"]) for one in again["restated"]} == {
        "output-2/sessions": (1, 0),
        "output-2/persons": (1, 0),
    }


def test_two_tokens_found_to_be_one_person_leave_what_was_sent(periods: Periods, others: Others) -> None:
    hidden = {"role": "drug_user", "target_groups": ["hidden"]}
    others.record("visit-1", family("contact-a", **hidden), occurred_on="2018-07-01", setting="outreach")
    others.record("visit-2", family("contact-b", **hidden), occurred_on="2018-08-01", setting="outreach")
    sent = periods.report(FIRST)
    assert figure(sent, "output-3/persons") == 2
    others.merge("contact-a", "contact-b")
    assert periods.leader.figures()["output-3/persons"] == 1
    second = periods.report(SECOND)
    assert figure(second, "output-3/persons") == 1
    assert [(one["measure"], one["was"], one["now"]) for one in second["restated"]] == [("persons", 2, 1)]
    others.unmerge("contact-a", "contact-b")
    assert periods.leader.figures()["output-3/persons"] == 2
    assert (periods.verified(FIRST), periods.verified(SECOND)) == ([], [])


def test_only_a_leader_with_a_reason_opens_a_locked_period(periods: Periods, as_user: Any, service: Service) -> None:
    periods.lock(FIRST)
    path, version = f"/contracts/kachi-2/periods/{FIRST}/reopen", periods.items()[FIRST]["version"]
    assert as_user("worker").post(path, {"reason": "correction"}, version=version).status_code == 403
    assert field_codes(periods.post(FIRST, "reopen", {})) == [("reason", "required")]
    assert field_codes(periods.post(FIRST, "reopen", {"reason": "because"})) == [("reason", "unknown_code")]
    assert periods.items()[FIRST]["standing"] == "locked"
    assert periods.post(FIRST, "reopen", {"reason": "correction", "note": "The family called."}).status_code == 200
    assert periods.items()[FIRST]["standing"] == "open"
    with service.database.read() as connection:
        stream = [one.type for one in service.store.read_all(connection, 0, 100) if one.stream_id.startswith("report-")]
    assert stream == ["PeriodLocked", "PeriodReopened"]


def test_a_period_that_is_not_over_stays_open(periods: Periods, clock: Any) -> None:
    clock.moment = datetime(2018, 11, 30, 15, 59, tzinfo=UTC)
    answered = periods.post(FIRST, "lock")
    assert (answered.status_code, answered.json["code"]) == (409, "period_not_over")


def test_a_seal_is_refused_while_a_service_is_behind_or_does_not_answer(
    periods: Periods, heads_of_others: dict[str, int]
) -> None:
    heads_of_others["groups"] = 3
    answered = periods.post(FIRST, "lock")
    assert (answered.status_code, answered.json["code"]) == (503, "service_behind")
    assert "groups" in answered.json["detail"]
    heads_of_others["groups"] = -1
    answered = periods.post(FIRST, "lock")
    assert (answered.status_code, answered.json["code"]) == (503, "head_unknown")
    assert periods.items()[FIRST]["standing"] == "open"


def test_an_unlocked_period_is_not_reported_and_a_report_not_twice(periods: Periods) -> None:
    periods.lock(FIRST)
    periods.submit(FIRST)
    assert periods.post(FIRST, "reports").json["code"] == "report_submitted"
    assert periods.post(FIRST, "lock").json["code"] == "period_locked"
    periods.post(FIRST, "reopen", {"reason": "other"})
    assert periods.post(FIRST, "reports").json["code"] == "period_open"


def test_the_funder_returns_a_report_and_accepts_the_next(periods: Periods) -> None:
    periods.report(FIRST)
    assert periods.post(FIRST, "reports/1/return", {"reason": "narrative_missing"}).status_code == 200
    assert periods.items()[FIRST]["standing"] == "returned"
    assert periods.draft(FIRST, {"output-1/sessions": "The hall was closed."}).status_code == 200
    assert periods.submit(FIRST)["narrative"] == {"output-1/sessions": "The hall was closed."}
    assert periods.post(FIRST, "reports/1/accept").json["code"] == "report_answered"
    assert periods.post(FIRST, "reports/2/accept").status_code == 200
    assert [one["standing"] for one in periods.items()[FIRST]["reports"]] == ["returned", "accepted"]
    assert periods.verified(FIRST, 2) == []


def test_a_narrative_is_about_a_figure_of_the_contract(periods: Periods) -> None:
    periods.lock(FIRST)
    answered = periods.draft(FIRST, {"output-9/sessions": "?"})
    assert field_codes(answered) == [("narrative.output-9/sessions", "figure_not_found")]


def test_a_message_that_could_not_be_read_at_sealing_changes_nothing_when_it_is_read(
    periods: Periods, others: Others, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-01")
    with monkeypatch.context() as older:
        older.setitem(inbox.VERSIONS, "ServiceUnitRecorded", 0)
        others.record("session-2", MOTHER, occurred_on="2018-07-02")
    sent = periods.report(FIRST)
    assert (figure(sent, "output-2/sessions"), "case:2-2" in sent["cut"]) == (1, True)
    assert (periods.verified(FIRST), periods.late(FIRST)) == ([], [])
    assert service.intake.retry_parked() == 1
    assert periods.leader.figures()["output-2/sessions"] == 2
    assert periods.verified(FIRST) == []
    assert [one["about"] for one in periods.late(FIRST)] == ["session-2"]


def test_verification_names_what_is_not_as_it_was_sent(periods: Periods, others: Others, service: Service) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-01", minutes=60)
    periods.report(FIRST)
    with service.database.write() as connection:
        connection.execute(update(tables.ledger.segment).values(status="no_show"))
    found = periods.verified(FIRST)
    assert "outputs.4.actual: 1 was sent, 0 is counted again" in found
    with service.database.write() as connection:
        connection.execute(update(tables.ledger.segment).values(status="held", event_id="event-other"))
    assert [one.split(":")[0] for one in periods.verified(FIRST)] == ["entries"]


def test_a_funder_sees_reports_alone(periods: Periods, as_user: Any) -> None:
    periods.lock(SECOND)
    periods.report(FIRST)
    funder = as_user("funder")
    items = funder.get("/contracts/kachi-2/periods").json["items"]
    assert [(one["to"], sorted(one)) for one in items] == [(FIRST, ["from", "reports", "standing", "to"])]
    document = funder.get(f"/contracts/kachi-2/periods/{FIRST}/reports/1").json["document"]
    assert "late_entries" not in document
    assert figure(document, "output-2/sessions") == 0
    assert funder.get(f"/contracts/kachi-2/periods/{FIRST}/late").status_code == 403


def test_a_restatement_tells_every_step_who_took_it_and_why(periods: Periods, others: Others) -> None:
    others.record("meeting-1", family("person-m", "person-f"), occurred_on="2018-07-01")
    others.record("meeting-2", MOTHER, occurred_on="2019-02-01")
    periods.report(FIRST)
    others.correct("meeting-1", MOTHER, occurred_on="2018-07-01")
    periods.confirm(FIRST)
    periods.report(SECOND)
    path = f"/contracts/kachi-2/periods/{FIRST}/reports/1/restatement"
    until_now = periods.leader.get(path).json
    (attended,) = [one for one in until_now["figures"] if one["measure"] == "attendances"]
    assert (attended["was"], attended["now"], attended["by"]["entry"], attended["by"]["period"]) == (2, 1, -1, None)
    (step,) = attended["entries"]
    assert (step["about"], step["people"], step["reason"]) == ("meeting-1", ["person-f"], "attendance_wrong")
    told = {"what": "corrected", "reason": "attendance_wrong", "by": "account-worker", "events": 1}
    assert until_now["by_reason"] == [told]
    in_second = periods.leader.get(path, to=f"{SECOND}/1").json["figures"]
    (attended,) = [one for one in in_second if one["measure"] == "attendances"]
    assert (attended["was"], attended["now"], attended["by"]["entry"], attended["by"]["period"]) == (2, 2, -1, 1)
    assert field_codes(periods.leader.get(path, to="yesterday")) == [("to", "wrong_form")]
