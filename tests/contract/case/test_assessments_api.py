"""Assessments and tallies through the API: scored, sealed, corrected, voided; assistants stay outside."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from services.case.tables import assessment
from shared.service import Service
from tests.contract.case.conftest import CASE, MOTHER, SON, Client, add_person, field_codes

NINE = [1, 2, 3, 0, 1, 0, 0, 0, 0]


def phq9(**more: Any) -> dict[str, Any]:
    return {
        "person_id": MOTHER,
        "instrument": "phq9",
        "phase": "pre",
        "assessed_on": "2026-03-10",
        "contract_id": "kachi-2",
        "case_id": CASE,
        "answers": NINE,
        **more,
    }


def test_phq9_is_scored_from_its_nine_answers(worker: Client, family: str) -> None:
    made = worker.post("/assessments", phq9())
    assert (made.status_code, made.json["total"], made.json["risk"]) == (201, 7, False)
    assert (made.json["instrument_version"], made.json["language"], made.json["team_id"]) == (
        "zh-HK-1",
        "zh-Hant",
        "team-west",
    )
    assert worker.post("/assessments", phq9(total=7)).status_code == 201
    wrong = worker.post("/assessments", phq9(total=8))
    assert field_codes(wrong) == [("total", "total_differs")]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"answers": NINE[:8]}, ("answers", "answers_missing")),
        ({"answers": [*NINE, 0]}, ("answers", "answers_missing")),
        ({"answers": None, "total": 7}, ("answers", "answers_missing")),
        ({"answers": [4, *NINE[1:]]}, ("answers.0", "out_of_range")),
        ({"instrument": "phq15"}, ("instrument", "unknown_code")),
        ({"phase": "during"}, ("phase", "unknown_code")),
        ({"language": "fr"}, ("language", "unknown_code")),
        ({"instrument_version": "9"}, ("instrument_version", "unknown_code")),
        ({"assessed_on": "2026-06-02"}, ("assessed_on", "date_in_future")),
        ({"person_id": "person-x"}, ("person_id", "person_unknown")),
        ({"contract_id": "nothing"}, ("contract_id", "contract_unknown")),
        ({"case_id": "case-x"}, ("case_id", "case_unknown")),
        ({"instrument": "bdf13", "answers": None, "total": 11, "instrument_version": None}, ("total", "out_of_range")),
        ({"instrument": "bdf13", "answers": NINE}, ("answers", "answers_not_scored")),
        ({"instrument": "bdf20", "answers": None}, ("total", "required")),
        ({"instrument": "bdf21", "answers": None, "total": 4}, ("phase", "unknown_code")),
    ],
)
def test_bad_input_names_its_field(worker: Client, family: str, change: dict[str, Any], wrong: tuple[str, str]) -> None:
    refused = worker.post("/assessments", phq9(**change))
    assert refused.status_code == 422
    assert wrong in field_codes(refused)
    assert worker.get("/assessments").json["items"] == []


def test_an_unknown_instrument_is_told_the_known_ones(worker: Client, family: str) -> None:
    (wrong,) = worker.post("/assessments", phq9(instrument="phq15")).json["fields"]
    assert "phq9, bdf13, bdf20, bdf21" in wrong["message"]


def test_a002_27_the_ninth_answer_raises_a_risk_that_is_never_published(
    worker: Client, family: str, service: Service
) -> None:
    made = worker.post("/assessments", phq9(answers=[0] * 8 + [1], note="即日跟進"))
    assert made.json["risk"] is True
    with service.database.read() as connection:
        (raw,) = [one for one in service.store.read_raw(connection, 0, 100) if one.type == "AssessmentRecorded"]
    for secret in (b"risk", b"answers", "即日".encode()):
        assert secret not in raw.data


def test_others_are_entered_by_their_total(worker: Client, family: str) -> None:
    ladder = phq9(instrument="bdf13", answers=None, total=6, person_id=SON)
    assert worker.post("/assessments", ladder).json["total"] == 6


def test_a_correction_replaces_the_content_and_a_void_ends_it(worker: Client, family: str) -> None:
    entry = worker.post("/assessments", phq9(note="初次")).json["assessment_id"]
    path = f"/assessments/{entry}"
    right = phq9(answers=[3] * 9, reason="typing_error")
    corrected = worker.put(path, right, version=1)
    assert (corrected.json["total"], corrected.json["note"], corrected.json["version"]) == (27, "初次", 2)
    same = worker.put(path, right, version=2)
    assert (same.status_code, same.json["code"]) == (409, "nothing_changed")
    assert field_codes(worker.post(f"{path}/void", {"reason": "boredom"}, version=2)) == [("reason", "unknown_code")]
    assert worker.post(f"{path}/void", {"reason": "wrong_person"}, version=2).json["voided"] is True
    assert worker.put(path, right, version=3).json["code"] == "entry_voided"
    assert [one["voided"] for one in worker.get("/assessments", person_id=MOTHER).json["items"]] == [True]
    assert worker.get(path).headers["ETag"] == '"3"'


def test_assistants_read_no_assessments_and_other_teams_none_either(
    as_user: Callable[[str], Client], worker: Client, family: str
) -> None:
    path = f"/assessments/{worker.post('/assessments', phq9()).json['assessment_id']}"
    statuses = {"assistant": 403, "funder": 403, "worker-east": 403, "foreign-admin": 404, "admin": 200}
    for username, status in statuses.items():
        assert as_user(username).get(path).status_code == status
    assert as_user("assistant").post("/assessments", phq9()).status_code == 403
    assert as_user("worker-east").post("/assessments", phq9()).status_code == 403
    assert as_user("worker-east").get("/assessments").json["items"] == []


def test_erasing_a_person_leaves_the_total_alone(worker: Client, leader: Client, family: str, service: Service) -> None:
    entry = worker.post("/assessments", phq9(answers=[1] * 9, note="x")).json["assessment_id"]
    leader.post(f"/people/{MOTHER}/erase", {}, version=2)
    read = worker.get(f"/assessments/{entry}").json
    assert (read["total"], read["answers"], read["risk"], read["note"]) == (9, None, None, None)
    with service.database.read() as connection:
        assert connection.scalar(select(assessment.c.risk)) is None


def test_merged_people_have_their_assessments_together(worker: Client, leader: Client, family: str) -> None:
    add_person(worker, "person-twin")
    worker.post("/assessments", phq9(person_id="person-twin", case_id=None))
    worker.post("/assessments", phq9())
    leader.post("/people/person-twin/merge", {"into": MOTHER, "into_version": 2}, version=1)
    assert len(worker.get("/assessments", person_id=MOTHER).json["items"]) == 2


def tally(**more: Any) -> dict[str, Any]:
    return {"instrument": "bdf21", "contract_id": "kachi-2", "assessed_on": "2026-03-10", **more}


def test_a002_17_unsigned_questionnaires_are_counted_as_totals_or_rows(
    as_user: Callable[[str], Client], family: str
) -> None:
    assistant = as_user("assistant")
    totals = assistant.post("/tallies", tally(totals={"satisfied": 69, "not_satisfied": 3}))
    assert (totals.status_code, totals.json["totals"]) == (201, {"satisfied": 69, "not_satisfied": 3})
    rows = assistant.post("/tallies", tally(rows=[5, 3, 2, 4], satisfied_from=3))
    assert (rows.json["totals"], rows.json["scores"]) == ({"satisfied": 3, "not_satisfied": 1}, [5, 3, 2, 4])
    path = f"/tallies/{rows.json['tally_id']}"
    fixed = assistant.put(path, tally(rows=[5, 3, 3], satisfied_from=3, reason="typing_error"), version=1)
    assert fixed.json["totals"] == {"satisfied": 3, "not_satisfied": 0}
    assert assistant.post(f"{path}/void", {"reason": "duplicate"}, version=2).json["voided"] is True
    listed = assistant.get("/tallies", contract_id="kachi-2").json["items"]
    assert {(one["satisfied"], one["voided"]) for one in listed} == {(69, False), (3, True)}
    assert as_user("worker-east").get(path).status_code == 403
    assert as_user("foreign-worker").get(path).status_code == 404


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, ("totals", "totals_or_rows")),
        ({"rows": [3], "totals": {"satisfied": 1, "not_satisfied": 0}}, ("totals", "totals_or_rows")),
        ({"rows": [3]}, ("satisfied_from", "required")),
        ({"rows": [6], "satisfied_from": 3}, ("rows.0", "out_of_range")),
        ({"totals": {"satisfied": -1, "not_satisfied": 0}}, ("totals.satisfied", "out_of_range")),
        ({"totals": {"satisfied": 1, "not_satisfied": 0}, "contract_id": "no"}, ("contract_id", "contract_unknown")),
        ({"totals": {"satisfied": 1, "not_satisfied": 0}, "instrument": "x"}, ("instrument", "unknown_code")),
    ],
)
def test_a_wrong_tally_names_its_field(
    worker: Client, family: str, change: dict[str, Any], wrong: tuple[str, str]
) -> None:
    assert wrong in field_codes(worker.post("/tallies", tally(**change)))
