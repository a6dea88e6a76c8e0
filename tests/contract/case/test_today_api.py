"""What the case service says of a worker's day: codes and ids, of the own teams, and nothing that is settled."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.testing.clock import FixedClock
from tests.contract.case.conftest import CASE, MOTHER, SON, Client, a_session, add_person

TODAY = "2026-06-01"


def day_of(client: Client) -> dict[str, Any]:
    answered = client.post("/today", {})
    assert answered.status_code == 200, answered.json
    return dict(answered.json)


def test_the_caseload_with_who_belongs_to_it_and_when_they_were_last_seen(
    worker: Client, as_user: Callable[[str], Client], family: str
) -> None:
    worker.post("/sessions", a_session(MOTHER, occurred_on="2026-05-20"))
    worker.post("/sessions", a_session(MOTHER, occurred_on="2026-05-25", status="no_show"))
    worker.post("/sessions/plan", a_session(MOTHER, occurred_on="2026-05-30"))
    (case,) = day_of(worker)["caseload"]
    assert (case["case_id"], case["last_on"]) == (CASE, "2026-05-20")
    assert sorted(case["person_ids"]) == [MOTHER, SON]
    assert day_of(as_user("leader"))["caseload"] == []
    version = worker.get(f"/cases/{CASE}").json["version"]
    assert worker.post(f"/cases/{CASE}/close", {"on": TODAY, "reason": "goals_met"}, version=version).status_code == 200
    assert day_of(worker)["caseload"] == []


def test_what_is_planned_near_today_and_what_was_held_lately_at_a_known_time(
    worker: Client, as_user: Callable[[str], Client], family: str
) -> None:
    for day in ("2026-03-01", "2026-05-12", "2026-06-10", "2026-06-20"):
        worker.post("/sessions/plan", a_session(MOTHER, occurred_on=day, starts_at="14:30"))
    for day, start in (("2026-05-20", "10:00"), ("2026-05-29", "10:00"), ("2026-05-28", None)):
        worker.post("/sessions", a_session(MOTHER, occurred_on=day, starts_at=start))
    day = day_of(worker)
    assert sorted(one["on"] for one in day["planned"]) == ["2026-05-12", "2026-06-10"]
    (held,) = day["held"]
    assert (held["on"], held["starts_at"]) == ("2026-05-29", "2026-05-29T10:00:00+08:00")
    assert (held["person_ids"], held["title"]) == ([MOTHER], worker.get(f"/cases/{CASE}").json["case_number"])
    assert day_of(as_user("assistant"))["planned"] == []


def test_a_follow_up_is_due_from_its_day_until_the_family_is_met_again(
    worker: Client, as_user: Callable[[str], Client], family: str, clock: FixedClock
) -> None:
    due = {"follow_up": {"on": "2026-06-02", "reason": "referral"}}
    asked = worker.post("/sessions", a_session(MOTHER, occurred_on="2026-05-20", **due)).json["session_id"]
    assert day_of(worker)["needs"] == []
    clock.moment += timedelta(days=1)
    (need,) = day_of(worker)["needs"]
    assert (need["why"], need["reason"], need["on"]) == ("follow_up", "referral", "2026-06-02")
    assert (need["address"], need["next"]) == (f"/case/sessions/{asked}", f"/case/sessions/new?case_id={CASE}")
    assert day_of(as_user("worker-east"))["needs"] == []
    worker.post("/sessions", a_session(MOTHER, occurred_on="2026-06-02", status="no_show"))
    worker.post("/sessions", a_session(SON, occurred_on="2026-06-01"))
    assert len(day_of(worker)["needs"]) == 1
    worker.post("/sessions", a_session(MOTHER, occurred_on="2026-06-02", minutes=45))
    assert day_of(worker)["needs"] == []


def test_a_corrected_entry_asks_for_no_follow_up_any_more(worker: Client, family: str, clock: FixedClock) -> None:
    due = {"follow_up": {"on": "2026-06-01", "reason": "call"}}
    made = worker.post("/sessions", a_session(MOTHER, occurred_on="2026-05-20", **due)).json["session_id"]
    assert len(day_of(worker)["needs"]) == 1
    without = a_session(MOTHER, occurred_on="2026-05-20", reason="new_information")
    assert worker.put(f"/sessions/{made}", without, version=1).status_code == 200
    assert day_of(worker)["needs"] == []


@pytest.mark.parametrize("phase", ["pre", "post"])
def test_a_second_questionnaire_is_asked_for_half_a_year_after_the_first(
    worker: Client, as_user: Callable[[str], Client], family: str, clock: FixedClock, phase: str
) -> None:
    first = {"person_id": MOTHER, "instrument": "bdf13", "total": 4, "contract_id": "kachi-2", "language": "zh-Hant"}
    for which, on in (("pre", "2026-03-10"), (phase, "2026-05-31")):
        worker.post("/assessments", first | {"phase": which, "assessed_on": on, "instrument_version": "DEMO"})
    assert day_of(worker)["needs"] == []
    clock.moment += timedelta(days=120)
    needs = day_of(worker)["needs"]
    assert [(one["why"], one["reason"]) for one in needs] == [("post_test", "bdf13")] * (phase == "pre")
    assert day_of(as_user("assistant"))["needs"] == []
    clock.moment += timedelta(days=120)  # The contract has ended.
    assert day_of(worker)["needs"] == []


def test_a_task_needs_the_worker_and_the_leader_until_it_is_decided(
    worker: Client, leader: Client, as_user: Callable[[str], Client], family: str
) -> None:
    worker.post("/sessions", a_session(MOTHER, child_safety_concern=True))
    (need,) = day_of(worker)["needs"]
    assert day_of(leader)["needs"] == [need]
    assert (need["why"], need["kind"], need["reason"], need["on"]) == ("task", "child_safety", "decision", TODAY)
    assert (need["title"], need["person_ids"]) == (worker.get(f"/cases/{CASE}").json["case_number"], [MOTHER])
    for other in ("assistant", "worker-east"):
        assert day_of(as_user(other))["needs"] == []
    task_id = need["address"].rpartition("/")[2]
    worker.post(f"/tasks/{task_id}/decisions", {"decision": "no_further_action"}, version=1)
    assert day_of(worker)["needs"] == []


def test_a_leader_is_told_what_the_team_has_not_recorded_and_who_has_how_many_cases(
    worker: Client, as_user: Callable[[str], Client], family: str
) -> None:
    for day in ("2026-03-01", "2026-05-12", TODAY):
        worker.post("/sessions/plan", a_session(MOTHER, occurred_on=day, starts_at="14:30"))
    told = as_user("leader").post("/today/team", {}).json
    (late,) = told["overdue"]
    assert (late["on"], late["workers"]) == ("2026-05-12", ["account-worker"])
    assert "person_ids" not in late
    assert [(one["worker_id"], one["cases"]) for one in told["cases"]] == [("account-worker", 1)]
    assert worker.post("/today/team", {}).status_code == 403
    assert as_user("foreign-leader").post("/today/team", {}).json == {"overdue": [], "cases": []}


def test_people_of_one_name_are_told_as_pairs_until_they_are_merged(
    worker: Client, as_user: Callable[[str], Client]
) -> None:
    for number, name in enumerate(({"name_zh": "陳大文"}, {"name_en": "Chan Tai Man"}, {"name_zh": "李小明"})):
        add_person(worker, f"person-alike-{number}", **name)
    (pair,) = worker.post("/doubts", {}).json["possible_duplicate"]
    assert {pair["about"], pair["other"]} == {"person-alike-0", "person-alike-1"}
    assert "陳大文" not in str(pair)
    assert as_user("foreign-leader").post("/doubts", {}).json["possible_duplicate"] == []
    merge = {"into": pair["other"], "into_version": 1}
    assert as_user("leader").post(f"/people/{pair['about']}/merge", merge, version=1).status_code == 200
    assert worker.post("/doubts", {}).json["possible_duplicate"] == []
