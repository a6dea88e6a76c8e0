"""What a change that is not saved yet would do to locked periods and to reports that were sent."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.reporting.contracts.yamltext import as_json, load
from services.reporting.submissions import heads
from tests.contract.reporting.conftest import KACHI, Client, Others, family

FIRST, SECOND = "2018-11-30", "2019-05-31"
MOTHER = family("person-m")


@pytest.fixture(autouse=True)
def heads_of_others(monkeypatch: pytest.MonkeyPatch, others: Others) -> None:
    monkeypatch.setattr(heads, "ask", lambda path, _: {"position": others.positions.get(path.split("/")[1], 0)})


def unit(unit_id: str, day: str, people: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "kind": "case_session",
        "activity": "follow_up",
        "occurred_on": day,
        "team_id": "team-west",
        "status": "held",
        "minutes": 60,
        "segments": [{"contract_id": "kachi-2"}],
        "participants": people,
        "note": "what is not read is passed over",
        **changes,
    }


def effects(leader: Client, **change: Any) -> list[tuple[str, int | None, dict[str, tuple[Any, Any]]]]:
    answered = leader.post("/effects", change)
    assert answered.status_code == 200, answered.json
    return [
        (
            one["period"]["to"],
            one["report"],
            {
                f"{figure['indicator']}/{figure['measure']}": (figure["now"], figure["would"])
                for figure in one["figures"]
            },
        )
        for one in answered.json["items"]
    ]


def report(leader: Client, last_day: str) -> None:
    base = f"/contracts/kachi-2/periods/{last_day}"
    assert leader.post(f"{base}/lock", version=0).status_code == 200
    assert leader.post(f"{base}/reports", version=1).status_code == 201


def test_nothing_is_said_while_nothing_is_locked(leader: Client, others: Others) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-01")
    assert effects(leader, ended=["session-1"]) == []


def test_a_late_session_moves_the_report_of_its_period_and_the_newest(leader: Client, others: Others) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-01")
    report(leader, FIRST)
    report(leader, SECOND)
    moved = {"output-2/sessions": (1, 2), "output-2/persons": (1, 2)}
    late = effects(leader, units=[unit("session-new", "2018-11-28", family("person-f"))])
    assert late == [(FIRST, 1, moved), (SECOND, 1, moved)]
    assert effects(leader, units=[unit("session-new", "2019-07-01", MOTHER)]) == []


def test_a_correction_and_a_void_say_from_what_to_what(leader: Client, others: Others) -> None:
    others.record("session-1", family("person-m", "person-f"), occurred_on="2018-07-01")
    report(leader, FIRST)
    assert effects(leader, units=[unit("session-1", "2018-07-01", MOTHER)]) == [
        (FIRST, 1, {"output-2/persons": (2, 1)})
    ]
    assert effects(leader, ended=["session-1"]) == [
        (FIRST, 1, {"output-2/persons": (2, 0), "output-2/sessions": (1, 0)})
    ]


def test_a_change_that_moves_nothing_in_a_locked_period_still_says_that_it_is_locked(
    leader: Client, others: Others
) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-01")
    assert leader.post(f"/contracts/kachi-2/periods/{FIRST}/lock", version=0).status_code == 200
    assert effects(leader, units=[unit("session-1", "2018-07-02", MOTHER)]) == [(FIRST, None, {})]


def test_a_merge_and_its_undoing_move_the_newest_report(leader: Client, others: Others) -> None:
    others.record("session-1", family("person-m", "person-f"), occurred_on="2018-07-01")
    report(leader, FIRST)
    assert effects(leader, joined=[["person-m", "person-f"]]) == [(FIRST, 1, {"output-2/persons": (2, 1)})]
    others.merge("person-m", "person-f")
    assert effects(leader, parted=[["person-m", "person-f"]]) == [(FIRST, 1, {"output-2/persons": (1, 2)})]


def test_what_is_no_session_is_refused(leader: Client) -> None:
    answered = leader.post("/effects", {"units": [{"unit_id": 7}]})
    assert (answered.status_code, answered.json["fields"][0]["path"]) == (422, "units")


def score(assessment_id: str, person_id: str, phase: str, day: str, total: int) -> dict[str, Any]:
    own = {"assessment_id": assessment_id, "person_id": person_id, "phase": phase, "assessed_on": day, "total": total}
    return {**own, "instrument": "phq9", "contract_id": "kachi-2"}


def test_a_questionnaire_entered_late_corrected_or_voided_says_what_it_moves(leader: Client, others: Others) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-01")
    others.assess("assessment-1", "person-m", "pre", "2018-07-02", 15)
    others.assess("assessment-2", "person-m", "post", "2018-10-02", 9)
    others.assess("assessment-3", "person-m", "pre", "2018-07-01", 12)
    report(leader, FIRST)
    gone = {"outcome-1/n": (1, 0), "outcome-1/improved": (1, 0)}
    assert effects(leader, ended=["assessment-2"]) == [(FIRST, 1, gone)]
    worse = {"outcome-1/improved": (1, 0), "outcome-1/worse": (0, 1)}
    assert effects(leader, scores=[score("assessment-2", "person-m", "post", "2018-10-02", 20)]) == [(FIRST, 1, worse)]
    late = score("assessment-4", "person-m", "post", "2018-11-02", 12)
    assert effects(leader, scores=[late]) == [(FIRST, 1, {"outcome-1/improved": (1, 0), "outcome-1/unchanged": (0, 1)})]
    assert effects(leader, scores=[{**late, "assessed_on": "2021-07-02"}]) == []


def test_unsigned_questionnaires_entered_late_corrected_or_voided_say_what_they_move(
    leader: Client, others: Others
) -> None:
    own = {"instrument": "bdf21", "contract_id": "kachi-2", "assessed_on": "2018-07-02"}
    tally = {"tally_id": "tally-1", **own, "totals": {"satisfied": 9, "not_satisfied": 1}}
    others.store("case", "QuestionnaireTallied", "tally-1", **tally)
    report(leader, FIRST)
    gone = {"outcome-4/n": (10, 0), "outcome-4/satisfied": (9, 0), "outcome-4/not_satisfied": (1, 0)}
    assert effects(leader, ended=["tally-1"]) == [(FIRST, 1, gone)]
    more = {**tally, "totals": {"satisfied": 10, "not_satisfied": 1}}
    moved = {"outcome-4/n": (10, 11), "outcome-4/satisfied": (9, 10)}
    assert effects(leader, tallies=[more]) == [(FIRST, 1, moved)]
    late = {**tally, "tally_id": "tally-2", "totals": {"satisfied": 0, "not_satisfied": 2}}
    moved = {"outcome-4/n": (10, 12), "outcome-4/not_satisfied": (1, 3)}
    assert effects(leader, tallies=[late]) == [(FIRST, 1, moved)]


def test_a_case_opened_or_closed_on_a_day_gone_by_says_what_it_moves(leader: Client, others: Others) -> None:
    document = as_json(load(KACHI))
    opened = {"id": "opened", "measure": "cases", "which": "opened", "target": 5}
    document["outputs"].append({"id": "cases", "title": {"en": "Cases"}, "measures": [opened]})
    assert leader.put("/contracts/kachi-2", {"document": document}, version=1).status_code == 200
    others.store("case", "CaseOpened", "case-1", case_id="case-1", on="2018-07-01", contract_id="kachi-2")
    report(leader, FIRST)
    stage = {"case_id": "case-2", "stage": "opened", "on": "2018-08-01", "contract_id": "kachi-2"}
    assert effects(leader, stages=[stage]) == [(FIRST, 1, {"cases/opened": (1, 2)})]
    assert effects(leader, stages=[{**stage, "on": "2021-07-01"}]) == []
    assert leader.post("/effects", {"stages": [{**stage, "stage": "paused"}]}).status_code == 422


def test_a_session_that_leaves_a_contract_moves_its_report_too(leader: Client, others: Others) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-01")
    report(leader, FIRST)
    elsewhere = unit("session-1", "2018-07-01", MOTHER, segments=[{"contract_id": "another"}])
    assert effects(leader, units=[elsewhere]) == [(FIRST, 1, {"output-2/sessions": (1, 0), "output-2/persons": (1, 0)})]


def test_a_changed_definition_is_read_beside_the_reports_it_would_have_changed(
    leader: Client, others: Others, browser: FlaskClient
) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-01", minutes=40)
    report(leader, FIRST)
    stricter = KACHI + "\ncounting: {minimum_minutes: 45}\n"
    address, form = "/reporting/contracts/kachi-2/revise", {"yaml": stricter, "version": "1"}
    asked = browser.post(address, data={**form, "idempotency_key": "key-1"})
    assert asked.status_code == 200
    assert "1 → 0" in asked.text
    (read,) = re.findall(r'name="effects_read" value="([0-9a-f]+)"', asked.text)
    assert leader.get("/contracts/kachi-2").json["definition_version"] == 1
    saved = browser.post(address, data={**form, "effects_read": read, "idempotency_key": "key-2"})
    assert saved.status_code == 303
    assert leader.get("/contracts/kachi-2").json["definition_version"] == 2


def test_another_target_changes_no_figure_of_a_report(leader: Client, others: Others, browser: FlaskClient) -> None:
    others.record("session-1", MOTHER, occurred_on="2018-07-01")
    report(leader, FIRST)
    begun = browser.post("/reporting/contracts/drafts", data={"contract_id": "kachi-2", "idempotency_key": "key-1"})
    review = browser.get(begun.headers["Location"].replace("/parties", "/review")).text
    assert "No figure of a report that was sent would be counted otherwise." in html.unescape(review)
    changed = {"yaml": KACHI.replace("target: 300", "target: 280"), "version": "1", "idempotency_key": "key-2"}
    assert browser.post("/reporting/contracts/kachi-2/revise", data=changed).status_code == 303
