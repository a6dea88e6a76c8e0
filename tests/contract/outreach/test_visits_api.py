"""Visits over the API: recording several contacts met or missed, planning, correcting, voiding."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.service import Service
from shared.testing.people import TEAM
from tests.contract.outreach.conftest import Client, Others, a_contact, a_visit, codes, field_codes

NEW = {"new_contact": {"alias": "細佬", "marks": "左手刺青", "target_groups": ["hidden"]}}
ABSENT = {"role": "drug_user", "status": "absent"}


def test_a_visit_is_one_event_with_everybody_met_or_missed(worker: Client, token: str, service: Service) -> None:
    missed = a_contact(worker, "阿明")
    with service.database.read() as connection:
        before, _ = service.store.head(connection)
    saved = worker.post("/visits", a_visit(token, {"person_id": missed, **ABSENT}))
    assert saved.status_code == 201
    assert (saved.json["status"], saved.json["setting"], saved.json["activity"]) == ("held", "outreach", "contact")
    assert saved.headers["ETag"] == '"1"'
    assert saved.headers["X-Caseledger-Position"] == f"outreach={before + 1}"
    read = worker.get(f"/visits/{saved.json['visit_id']}")
    assert {name: saved.json[name] for name in read.json} == read.json
    assert [(one["person_id"], one["status"]) for one in read.json["participants"]] == [
        (token, "present"),
        (missed, "absent"),
    ]


def test_a002_06_a_visit_on_which_nobody_was_met_is_kept_as_missed(worker: Client, token: str) -> None:
    saved = worker.post("/visits", a_visit({"person_id": token, **ABSENT}))
    assert saved.json["status"] == "missed"
    wrong = worker.post("/visits", a_visit({"person_id": token, **ABSENT}, status="held"))
    assert wrong.status_code == 422
    assert field_codes(wrong) == [("status", "nobody_met")]


def test_target_groups_and_role_left_out_are_those_of_the_day(worker: Client, others: Others, token: str) -> None:
    others.contract()
    others.person("person-1", low_motivation="2026-05-20")
    others.publish(
        "case", "PersonRoleGiven", "person-1", person_id="person-1", role="drug_user", from_date="2026-01-01"
    )
    named = [{"person_id": "person-1"}, {"person_id": token}]
    of_day = worker.post("/visits", a_visit(*named, contract_id="kachi-2")).json["participants"]
    assert [(one["role"], one["target_groups"]) for one in of_day] == [
        ("drug_user", ["low_motivation"]),
        ("drug_user", ["hidden"]),
    ]
    day_before = worker.post("/visits", a_visit(*named, occurred_on="2026-05-19")).json["participants"]
    assert [one["target_groups"] for one in day_before] == [[], ["hidden"]]
    given = {"person_id": token, "role": "companion", "target_groups": []}
    (said,) = worker.post("/visits", a_visit(given, starts_at="10:00")).json["participants"]
    assert (said["role"], said["target_groups"]) == ("companion", [])


def test_a_new_contact_is_made_with_the_visit(worker: Client, token: str, service: Service) -> None:
    place = worker.post("/places", {"name": "北河街公園", "district": "sham_shui_po"}).json["place_id"]
    saved = worker.post("/visits", a_visit(token, NEW, place_id=place))
    assert saved.status_code == 201
    made = saved.json["participants"][1]
    assert made["target_groups"] == ["hidden"]
    contact = worker.get(f"/contacts/{made['person_id']}").json
    assert (contact["alias"], contact["place_id"], contact["team_id"]) == ("細佬", place, TEAM)
    assert contact["target_groups"] == [{"target_group": "hidden", "from_date": "2026-05-20", "to_date": None}]
    with service.database.read() as connection:
        events = service.store.read_all(connection, 0, 100)
    assert [one.type for one in events[-2:]] == ["ServiceUnitRecorded", "ContactRegistered"]


def test_a_wrong_new_contact_leaves_no_visit(worker: Client, token: str) -> None:
    wrong = worker.post("/visits", a_visit(token, {"new_contact": {"alias": "A123456(3)"}}))
    assert wrong.status_code == 422
    assert field_codes(wrong) == [("participants.1.new_contact.alias", "identity_number")]
    assert worker.get("/visits").json["items"] == []


def test_a_walk_up_with_a_known_alias_is_pointed_out(worker: Client, token: str) -> None:
    saved = worker.post("/visits", a_visit({"new_contact": {"alias": " 阿強"}}))
    assert codes(saved) == ["possible_duplicate"]
    assert saved.json["warnings"][0]["contact_ids"] == [token]
    assert saved.json["warnings"][0]["path"] == "participants.0.new_contact"


def test_the_same_request_again_answers_the_same_and_saves_once(worker: Client) -> None:
    first = worker.post("/visits", a_visit(NEW), Idempotency_Key="once")
    again = worker.post("/visits", a_visit(NEW), Idempotency_Key="once")
    assert again.status_code == 201
    assert again.json["visit_id"] == first.json["visit_id"]
    assert again.json["participants"] == first.json["participants"]
    assert len(worker.get("/visits").json["items"]) == len(worker.get("/contacts").json["items"]) == 1


def test_a_preview_saves_nothing(worker: Client, token: str) -> None:
    preview = worker.post("/visits?dry_run=true", a_visit(token, NEW))
    assert preview.status_code == 200
    assert preview.json["status"] == "held"
    assert "X-Caseledger-Position" not in preview.headers
    assert worker.get("/visits").json["items"] == []
    assert len(worker.get("/contacts").json["items"]) == 1


def test_a_visit_is_planned_recorded_corrected_and_voided(worker: Client, token: str) -> None:
    plan = a_visit(token, occurred_on="2026-06-08", id="visit-park", note="Bring leaflets.")
    planned = worker.post("/visits/plan", plan)
    assert (planned.status_code, planned.json["phase"], planned.json["status"]) == (201, "planned", "planned")
    path = "/visits/visit-park"
    recorded = worker.post(f"{path}/record", a_visit(token, occurred_on="2026-05-30"), version=1)
    assert (recorded.status_code, recorded.json["phase"], recorded.json["status"]) == (200, "recorded", "held")
    assert recorded.json["note"] == "Bring leaflets."
    content = a_visit({"person_id": token, **ABSENT}, occurred_on="2026-05-30", note="Not there.")
    corrected = worker.put(path, {**content, "reason": "attendance_wrong", "reason_text": "Wrong tick."}, version=2)
    assert (corrected.status_code, corrected.json["status"]) == (200, "missed")
    voided = worker.post(f"{path}/void", {"reason": "did_not_happen"}, version=3)
    assert (voided.status_code, voided.headers["ETag"]) == (200, '"4"')
    assert worker.get(path).json["phase"] == "voided"
    story = worker.get(f"{path}/history").json["items"]
    assert [(one["type"], one["reason"]) for one in story] == [
        ("ServiceUnitPlanned", None),
        ("ServiceUnitRecorded", None),
        ("ServiceUnitCorrected", "attendance_wrong"),
        ("ServiceUnitVoided", "did_not_happen"),
    ]
    assert story[2]["reason_text"] == "Wrong tick."
    assert story[1]["unit"]["participants"][0]["status"] == "present"
    assert [one["version"] for one in story] == [1, 2, 3, 4]
    assert {one["actor_name"] for one in story} == {"Worker"}


def test_a_correction_leaves_the_note_unless_it_says_another(
    worker: Client, as_user: Callable[[str], Client], token: str
) -> None:
    visit_id = worker.post("/visits", a_visit(token, note="He looked thin.")).json["visit_id"]
    shorter = {**a_visit(token, minutes=60), "reason": "typing_error"}
    seen = as_user("assistant").put(f"/visits/{visit_id}", shorter, version=1)
    assert seen.status_code == 200
    assert "note" not in seen.json
    assert worker.get(f"/visits/{visit_id}").json["note"] == "He looked thin."
    cleared = worker.put(f"/visits/{visit_id}", {**shorter, "note": None}, version=2)
    assert cleared.json["note"] is None


def test_a_correction_keeps_who_entered_it_and_the_helpers(worker: Client, as_user: Callable[[str], Client]) -> None:
    first = worker.post("/visits", a_visit(unidentified_count=5, helpers=["梅姨"])).json
    assert (first["served_by"], first["helpers"]) == ([], ["梅姨"])
    again = {**a_visit(unidentified_count=6, helpers=["梅姨"]), "reason": "attendance_wrong"}
    second = as_user("leader").put(f"/visits/{first['visit_id']}", again, version=1).json
    assert (second["entered_by"], second["helpers"]) == ("account-worker", ["梅姨"])


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"participants": [{"person_id": "person-9", "role": "child"}]}, "participants.0.person_id", "person_unknown"),
        ({"participants": [{"person_id": "contact-9"}]}, "participants.0.person_id", "person_unknown"),
        ({"participants": [{"role": "child"}]}, "participants.0.person_id", "required"),
        ({"participants": [{"person_id": "person-1"}]}, "participants.0.role", "required"),
        ({"contract_id": "nowhere"}, "contract_id", "contract_unknown"),
        ({"segments": [{"contract_id": "nowhere"}]}, "segments.0.contract_id", "contract_unknown"),
        ({"case_id": "case-nowhere"}, "case_id", "case_unknown"),
        ({"place_id": "place-nowhere"}, "place_id", "place_unknown"),
        ({"organisation_id": "陳大文"}, "organisation_id", "organisation_unknown"),
        ({"served_by": ["account-worker", "account-foreign-worker"]}, "served_by.1", "worker_unknown"),
        ({"team_id": "team-nowhere"}, "team_id", "team_unknown"),
        ({"team_id": "team-foreign"}, "team_id", "team_unknown"),
        ({"setting": "centre"}, "setting", "unknown_code"),
        ({"status": "no_show"}, "status", "unknown_code"),
        ({"status": "planned"}, "status", "status_of_plan"),
        ({"mode": "pigeon"}, "mode", "unknown_code"),
        ({"activity": "chatting"}, "activity", "unknown_code"),
        ({"starts_at": "20:00", "ends_at": "19:00", "minutes": None}, "ends_at", "end_before_start"),
        ({"minutes": 25 * 60}, "minutes", "too_long"),
        ({"minutes": -5}, "minutes", "negative_minutes"),
        ({"minutes": "90"}, "minutes", "not_a_whole_number"),
        ({"unidentified_count": -1}, "unidentified_count", "negative_count"),
        ({"occurred_on": "2026-06-02"}, "occurred_on", "date_in_future"),
        ({"occurred_on": "yesterday"}, "occurred_on", "not_a_date"),
        ({"occurred_on": "0026-05-20"}, "occurred_on", "date_too_early"),
        ({"name": "陳大文"}, "name", "unknown_field"),
        ({"id": "session-1"}, "id", "id_malformed"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(
    worker: Client, others: Others, service: Service, change: dict[str, Any], path: str, code: str
) -> None:
    others.person("person-1")
    with service.database.read() as connection:
        before = service.store.head(connection)
    base = a_visit({"person_id": "person-1", "role": "family_member"})
    wrong = worker.post("/visits", {**base, **change})
    assert wrong.status_code == 422
    assert wrong.mimetype == "application/problem+json"
    assert (path, code) in field_codes(wrong)
    with service.database.read() as connection:
        assert service.store.head(connection) == before


def test_the_same_contact_twice_in_one_visit_is_refused(worker: Client, token: str) -> None:
    assert field_codes(worker.post("/visits", a_visit(token, token))) == [
        ("participants.1.person_id", "person_twice"),
    ]


def test_a_token_and_the_person_it_is_count_once_and_are_pointed_out(
    worker: Client, others: Others, token: str
) -> None:
    others.person("person-1")
    worker.post(f"/contacts/{token}/identify", {"person_id": "person-1"}, version=1)
    assert codes(worker.post("/visits", a_visit(token, "person-1"))) == ["same_person"]


@pytest.mark.parametrize(
    ("headers", "version", "status", "code"),
    [
        ({"Idempotency_Key": ""}, 1, 400, "idempotency_key_missing"),
        ({}, None, 428, "version_required"),
        ({}, 7, 412, "stale_version"),
    ],
)
def test_a_change_needs_its_key_and_the_newest_version(
    worker: Client, token: str, headers: dict[str, str], version: int | None, status: int, code: str
) -> None:
    visit_id = worker.post("/visits", a_visit(token)).json["visit_id"]
    wrong = worker.post(f"/visits/{visit_id}/void", {"reason": "duplicate"}, version=version, **headers)
    assert (wrong.status_code, wrong.json["code"]) == (status, code)
    assert worker.get(f"/visits/{visit_id}").json["phase"] == "recorded"


def test_ax_03_the_second_of_two_who_correct_the_same_version_is_told(worker: Client, token: str) -> None:
    visit_id = worker.post("/visits", a_visit(token)).json["visit_id"]
    one, other = ({**a_visit(token, minutes=length), "reason": "typing_error"} for length in (60, 45))
    assert worker.put(f"/visits/{visit_id}", one, version=1).status_code == 200
    assert worker.put(f"/visits/{visit_id}", other, version=1).status_code == 412
    assert worker.get(f"/visits/{visit_id}").json["minutes"] == 60


def test_malformed_and_foreign_bodies_are_refused(worker: Client, token: str) -> None:
    headers = worker.headers(None, {})
    post = worker.client.post
    address = "/outreach/api/v1/visits"
    assert post(address, data="{", content_type="application/json", headers=headers).status_code == 400
    assert post(address, data="a=1", content_type="text/plain", headers=headers).status_code == 415
    large = worker.post("/visits", a_visit(token, note="x" * 1_000_001))
    assert large.status_code == 413
    reused = worker.post("/visits", a_visit(token), Idempotency_Key="k")
    assert reused.status_code == 201
    other = worker.post("/visits", a_visit(token, minutes=5), Idempotency_Key="k")
    assert (other.status_code, other.json["code"]) == (422, "key_reused")


def test_nothing_changed_and_voided_entries_are_told_apart(worker: Client, token: str) -> None:
    visit_id = worker.post("/visits", a_visit(token)).json["visit_id"]
    same = worker.put(f"/visits/{visit_id}", {**a_visit(token), "reason": "other"}, version=1)
    assert (same.status_code, same.json["code"]) == (409, "nothing_changed")
    worker.post(f"/visits/{visit_id}/void", {"reason": "duplicate"}, version=1)
    late = worker.put(f"/visits/{visit_id}", {**a_visit(token, minutes=5), "reason": "other"}, version=2)
    assert (late.status_code, late.json["code"]) == (409, "entry_voided")
    unknown = worker.post(f"/visits/{visit_id}/void", {"reason": "because"}, version=2)
    assert unknown.status_code in (409, 422)


def test_an_id_may_be_chosen_once(worker: Client, token: str) -> None:
    assert worker.post("/visits", a_visit(token, id="visit-mine")).json["visit_id"] == "visit-mine"
    again = worker.post("/visits", a_visit(token, id="visit-mine", minutes=5))
    assert (again.status_code, again.json["code"]) == (409, "entry_exists")


# Cases


@pytest.fixture
def home_visit(others: Others) -> dict[str, Any]:
    others.person("person-000")
    family = {"person_id": "person-000", "role": "family_member"}
    return a_visit(family, setting="home_visit", case_id=others.case(closed="2026-05-10"))


def test_a_home_visit_to_a_case_is_one_entry_that_names_it(worker: Client, home_visit: dict[str, Any]) -> None:
    saved = worker.post("/visits", {**home_visit, "occurred_on": "2026-05-10"})
    assert (saved.status_code, saved.json["case_id"], saved.json["tags"]) == (201, "case-1", [])
    assert [one["visit_id"] for one in worker.get("/visits", case_id="case-1").json["items"]] == [
        saved.json["visit_id"],
    ]


def test_a_closed_case_is_visited_as_aftercare_only(worker: Client, home_visit: dict[str, Any]) -> None:
    refused = worker.post("/visits", home_visit)
    assert (refused.status_code, refused.json["code"]) == (409, "case_closed")
    saved = worker.post("/visits", {**home_visit, "aftercare": True})
    assert (saved.status_code, saved.json["tags"], saved.json["aftercare"]) == (201, ["aftercare"], True)


def test_a_visit_before_the_case_opened_is_marked(worker: Client, home_visit: dict[str, Any]) -> None:
    saved = worker.post("/visits", {**home_visit, "occurred_on": "2026-01-31"})
    assert saved.json["tags"] == ["before_opening"]


def test_a_reopened_case_is_open_again(worker: Client, others: Others, home_visit: dict[str, Any]) -> None:
    reopened = {"case_id": "case-1", "case_number": "A-1", "team_id": TEAM, "contract_id": None, "on": "2026-05-15"}
    others.publish("case", "CaseReopened", "case-1", **reopened)
    assert worker.post("/visits", home_visit).json["tags"] == []
    between = worker.post("/visits", {**home_visit, "occurred_on": "2026-05-12"})
    assert between.status_code == 409


# Contracts and colleagues


def test_a002_22_a_day_outside_the_contract_is_saved_with_a_warning(worker: Client, others: Others, token: str) -> None:
    others.contract(last="2026-05-19")
    saved = worker.post("/visits", a_visit(token, contract_id="kachi-2"))
    assert (saved.status_code, codes(saved)) == (201, ["outside_period"])
    assert "kachi-2" in saved.json["warnings"][0]["message"]
    inside = worker.post("/visits", a_visit(token, contract_id="kachi-2", occurred_on="2026-05-19"))
    assert codes(inside) == []


def test_a002_24_a_colleague_in_two_places_is_pointed_out(worker: Client, token: str) -> None:
    worker.post("/visits", a_visit(token, served_by=["account-worker", "account-assistant"]))
    overlapping = a_visit(NEW, starts_at="21:00", served_by=["account-assistant"])
    saved = worker.post("/visits", overlapping)
    assert (saved.status_code, codes(saved)) == (201, ["overlap"])
    assert saved.json["warnings"][0]["worker_id"] == "account-assistant"
    assert codes(worker.post("/visits", {**overlapping, "starts_at": "21:30", "participants": []})) == []


def test_a002_10_a_visit_is_not_recorded_for_two_contracts(worker: Client, others: Others, token: str) -> None:
    others.contract()
    others.contract("youth-1")
    assert worker.post("/visits", a_visit(token, contract_id="kachi-2")).status_code == 201
    twice = worker.post("/visits", a_visit(token, contract_id="youth-1"))
    assert (twice.status_code, twice.json["code"]) == (409, "counted_for_other_contract")
    parts = [{"contract_id": "kachi-2", "minutes": 60}, {"contract_id": "youth-1", "minutes": 30}]
    split = a_visit(token, starts_at="10:00", segments=parts)
    assert field_codes(worker.post("/visits", split)) == [("split_approval", "split_not_approved")]
    assert worker.post("/visits", {**split, "split_approval": "BDF/7"}).status_code == 201
