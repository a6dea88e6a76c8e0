"""Sessions through the API: what is accepted, what is refused, what is marked."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.service import Service
from tests.contract.case.conftest import CASE, MOTHER, SON, Client, Others, a_session, add_person, field_codes


def test_a_session_is_recorded_under_the_contract_of_its_case(worker: Client, family: str) -> None:
    response = worker.post("/sessions", a_session(MOTHER, starts_at="14:30", ends_at="15:45", minutes=None))
    assert response.status_code == 201
    assert response.headers["ETag"] == '"1"'
    assert response.headers["X-Caseledger-Position"].startswith("case=")
    body = response.json
    assert body["segments"] == [{"contract_id": "kachi-2", "minutes": 75}]
    assert (body["team_id"], body["served_by"], body["entered_by"]) == (
        "team-west",
        ["account-worker"],
        "account-worker",
    )
    assert (body["phase"], body["status"], body["tags"], body["warnings"]) == ("recorded", "held", [], [])


def test_target_groups_are_those_of_the_day_unless_they_are_given(worker: Client, family: str) -> None:
    def groups(day: str, **more: object) -> list[str]:
        person = {"person_id": SON, "role": "drug_user", **more}
        found: list[str] = worker.post("/sessions", a_session(person, occurred_on=day)).json["participants"][0][
            "target_groups"
        ]
        return found

    assert groups("2026-03-10") == ["hidden"]
    assert groups("2026-03-11", target_groups=[]) == []
    assert groups("2026-03-12", target_groups=["low_motivation"]) == ["low_motivation"]
    ended = {"target_group": "hidden", "to_date": "2026-03-31"}
    assert worker.post(f"/people/{SON}/target-groups/end", ended, version=2).status_code == 200
    assert groups("2026-03-31") == ["hidden"]
    assert groups("2026-04-01") == []


def test_regular_service_has_no_contract(worker: Client, family: str) -> None:
    assert worker.post("/sessions", a_session(MOTHER, regular=True)).json["segments"] == []
    later = a_session(MOTHER, contract_id=None, occurred_on="2026-03-20")
    assert worker.post("/sessions", later).json["segments"] == []


def test_the_same_key_answers_the_same_session_again(worker: Client, family: str) -> None:
    body = a_session(MOTHER)
    first = worker.post("/sessions", body, Idempotency_Key="once")
    again = worker.post("/sessions", body, Idempotency_Key="once")
    assert (again.status_code, again.json) == (201, first.json)
    assert len(worker.get("/sessions", case_id=CASE).json["items"]) == 1
    other = worker.post("/sessions", a_session(MOTHER, minutes=30), Idempotency_Key="once")
    assert (other.status_code, other.json["code"]) == (422, "key_reused")


def test_a_preview_saves_nothing(worker: Client, family: str) -> None:
    preview = worker.post("/sessions?dry_run=true", a_session(MOTHER))
    assert (preview.status_code, preview.json["segments"]) == (200, [{"contract_id": "kachi-2", "minutes": 60}])
    assert worker.get("/sessions").json["items"] == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (
            {"participants": [{"person_id": "person-x", "role": "family_member"}]},
            ("participants.0.person_id", "person_unknown"),
        ),
        ({"contract_id": "nothing"}, ("contract_id", "contract_unknown")),
        ({"contract_id": "foreign"}, ("contract_id", "contract_unknown")),
        ({"mode": "telepathy"}, ("mode", "unknown_code")),
        ({"kind": "visit"}, ("kind", "unknown_code")),
        ({"kind": "support_session"}, ("activity", "unknown_code")),
        ({"case_id": "case-x"}, ("case_id", "case_unknown")),
        ({"case_id": None}, ("case_id", "case_missing")),
        ({"minutes": None, "starts_at": "15:00", "ends_at": "14:00"}, ("ends_at", "end_before_start")),
        ({"minutes": 25 * 60}, ("minutes", "too_long")),
        ({"minutes": -1}, ("minutes", "negative_minutes")),
        ({"occurred_on": "2026-06-02"}, ("occurred_on", "date_in_future")),
        (
            {"participants": [{"person_id": MOTHER, "role": "family_member"}] * 2},
            ("participants.1.person_id", "person_twice"),
        ),
        ({"served_by": ["account-nobody"]}, ("served_by.0", "worker_unknown")),
        ({"regular": True, "contract_id": "kachi-2"}, ("regular", "regular_or_contract")),
        ({"minutes": "sixty"}, ("minutes", "not_a_whole_number")),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_bad_input_names_its_field_and_changes_nothing(
    worker: Client, family: str, change: dict[str, Any], wrong: tuple[str, str]
) -> None:
    refused = worker.post("/sessions", a_session(MOTHER, **change))
    assert refused.status_code == 422, refused.json
    assert refused.mimetype == "application/problem+json"
    assert wrong in field_codes(refused)
    assert worker.get("/sessions").json["items"] == []


def test_problems_speak_the_language_of_the_request(worker: Client, family: str) -> None:
    body = a_session(MOTHER, minutes=None, starts_at="15:00", ends_at="14:00")
    chinese = worker.post("/sessions", body, Accept_Language="zh-HK,zh;q=0.9,en;q=0.8")
    assert chinese.json["fields"][0]["message"] == "結束時間早於開始時間，請修改。"


def test_a_request_without_key_version_or_json_is_refused(worker: Client, family: str) -> None:
    assert worker.post("/sessions", a_session(MOTHER), Idempotency_Key="").status_code == 400
    session_id = worker.post("/sessions", a_session(MOTHER)).json["session_id"]
    change = a_session(MOTHER, minutes=30, reason="typing_error")
    assert worker.put(f"/sessions/{session_id}", change).status_code == 428
    assert worker.put(f"/sessions/{session_id}", change, version=7).status_code == 412
    raw = worker.client.post("/case/api/v1/sessions", data=b"{", content_type="application/json")
    assert raw.status_code == 400
    assert worker.client.post("/case/api/v1/sessions", data=b"a=b", content_type="text/plain").status_code == 415


def test_a_contact_before_the_opening_is_recorded_and_marked(worker: Client, family: str) -> None:
    early = worker.post("/sessions", a_session(MOTHER, occurred_on="2026-03-01"))
    assert (early.status_code, early.json["tags"]) == (201, ["before_opening"])
    assert worker.post("/sessions", a_session(MOTHER, occurred_on="2026-03-02")).json["tags"] == []


def test_after_the_closing_only_aftercare_is_recorded(worker: Client, family: str) -> None:
    worker.post(f"/cases/{CASE}/close", {"on": "2026-04-30"}, version=3)
    assert worker.post("/sessions", a_session(MOTHER, occurred_on="2026-04-30")).json["tags"] == []
    late = a_session(MOTHER, occurred_on="2026-05-01")
    refused = worker.post("/sessions", late)
    assert (refused.status_code, refused.json["code"], field_codes(refused)) == (
        409,
        "case_closed",
        [("case_id", "case_closed")],
    )
    care = worker.post("/sessions", {**late, "aftercare": True})
    assert (care.status_code, care.json["tags"]) == (201, ["aftercare"])
    change = {**late, "minutes": 20, "reason": "typing_error"}
    assert worker.put(f"/sessions/{care.json['session_id']}", change, version=1).json["tags"] == ["aftercare"]
    worker.post(f"/cases/{CASE}/reopen", {"on": "2026-05-10"}, version=4)
    assert worker.post("/sessions", a_session(MOTHER, occurred_on="2026-05-10")).json["tags"] == []


def test_a_support_session_serves_several_families(worker: Client, family: str) -> None:
    add_person(worker, "person-wong")
    members = [{"person_id": "person-wong", "relationship": "mother"}]
    other = {"id": "case-wong", "kind": "family", "stage": "open", "on": "2026-03-02", "members": members}
    assert worker.post("/cases", other).status_code == 201
    both = a_session(MOTHER, "person-wong", case_id=None, case_ids=[CASE, "case-wong"])
    alone = worker.post("/sessions", both)
    assert field_codes(alone) == [("case_ids", "one_case_only")]
    made = worker.post("/sessions", {**both, "kind": "support_session", "activity": "nursing"})
    assert (made.status_code, made.json["case_id"], made.json["case_ids"]) == (201, CASE, [CASE, "case-wong"])
    for case_id in (CASE, "case-wong"):
        assert [one["session_id"] for one in worker.get("/sessions", case_id=case_id).json["items"]] == [
            made.json["session_id"]
        ]


def test_only_members_or_roles_beside_them_take_part(worker: Client, family: str) -> None:
    add_person(worker, "person-aunt")
    for role in ("collateral", "companion", "guest", "child"):
        beside = {"person_id": "person-aunt", "role": role}
        assert worker.post("/sessions", a_session(MOTHER, beside)).status_code == 201
    refused = worker.post("/sessions", a_session(MOTHER, "person-aunt"))
    assert field_codes(refused) == [("participants.1", "not_a_member")]


def test_a002_10_the_same_session_is_refused_for_another_contract_without_an_approved_split(
    worker: Client, family: str
) -> None:
    at = {"starts_at": "10:00", "minutes": 180}
    first = worker.post("/sessions", a_session(MOTHER, SON, **at))
    assert first.status_code == 201
    again = worker.post("/sessions", a_session(SON, MOTHER, contract_id="other", starts_at="11:00", minutes=30))
    assert (again.status_code, again.json["code"]) == (409, "counted_for_other_contract")
    assert worker.post("/sessions", a_session(MOTHER, contract_id="other", **at)).status_code == 201
    later = a_session(MOTHER, SON, contract_id="other", starts_at="13:00", minutes=30)
    assert worker.post("/sessions", later).status_code == 201
    parts = [{"contract_id": "kachi-2", "minutes": 120}, {"contract_id": "other", "minutes": 60}]
    split = a_session(MOTHER, SON, **at, segments=parts, reason="new_information")
    path = f"/sessions/{first.json['session_id']}"
    assert field_codes(worker.put(path, split, version=1)) == [("split_approval", "split_not_approved")]


def test_a002_11_a_split_session_gives_each_contract_its_own_minutes(worker: Client, family: str) -> None:
    parts = [{"contract_id": "kachi-2", "minutes": 120}, {"contract_id": "other", "minutes": 60}]
    split = a_session(MOTHER, minutes=180, segments=parts, split_approval="HQ/2026/4")
    assert worker.post("/sessions", split).json["segments"] == parts
    wrong = a_session(MOTHER, minutes=170, segments=parts, split_approval="HQ/2026/4", occurred_on="2026-03-10")
    assert field_codes(worker.post("/sessions", wrong)) == [("segments", "split_minutes")]


def test_a002_22_a_session_outside_the_contracts_period_is_saved_with_a_warning(worker: Client, others: Others) -> None:
    others.contract(first="2026-03-01", last="2026-03-31")
    add_person(worker, MOTHER)
    members = [{"person_id": MOTHER, "relationship": "self"}]
    case = {"id": CASE, "kind": "person", "stage": "open", "on": "2026-01-01", "contract_id": "kachi-2"}
    assert worker.post("/cases", {**case, "members": members}).status_code == 201
    for day, codes in (
        ("2026-02-28", ["outside_period"]),
        ("2026-03-01", []),
        ("2026-03-31", []),
        ("2026-04-01", ["outside_period"]),
    ):
        saved = worker.post("/sessions", a_session(MOTHER, occurred_on=day))
        assert (saved.status_code, [one["code"] for one in saved.json["warnings"]]) == (201, codes)


def test_a002_24_a_duplicate_and_an_overlap_are_flagged_and_saved(worker: Client, family: str) -> None:
    at_ten = a_session(MOTHER, starts_at="10:00")
    assert worker.post("/sessions", at_ten).json["warnings"] == []
    key = worker.post("/sessions", {**at_ten, "minutes": 45}, Idempotency_Key="twice")
    assert [one["code"] for one in key.json["warnings"]] == ["possible_duplicate"]
    again = worker.post("/sessions", {**at_ten, "minutes": 45}, Idempotency_Key="twice")
    assert again.json == key.json
    over = worker.post("/sessions", a_session(SON, starts_at="10:30"))
    assert [one["code"] for one in over.json["warnings"]] == ["overlap"]
    after = worker.post("/sessions", a_session(SON, starts_at="11:30"))
    assert after.json["warnings"] == []


def test_a_no_show_stays_in_the_log(worker: Client, family: str) -> None:
    absent = {"person_id": MOTHER, "role": "family_member", "status": "absent"}
    assert worker.post("/sessions", a_session(absent, status="no_show")).status_code == 201
    assert worker.get("/sessions", case_id=CASE).json["items"][0]["status"] == "no_show"


def test_a_session_is_planned_recorded_corrected_and_voided_and_tells_its_story(
    worker: Client, family: str, as_user: Callable[[str], Client]
) -> None:
    planned = worker.post("/sessions/plan", a_session(MOTHER, occurred_on="2026-06-20", id="session-1"))
    assert (planned.status_code, planned.json["phase"], planned.json["status"]) == (201, "planned", "planned")
    early = worker.put("/sessions/session-1", a_session(MOTHER, reason="other"), version=1)
    assert (early.status_code, early.json["code"]) == (409, "entry_only_planned")
    recorded = worker.post("/sessions/session-1/record", a_session(MOTHER, note="首次"), version=1)
    assert (recorded.status_code, recorded.json["phase"], recorded.json["version"]) == (200, "recorded", 2)
    change = a_session(MOTHER, minutes=75, reason="typing_error", reason_text="看錯鐘")
    corrected = as_user("leader").put("/sessions/session-1", change, version=2)
    assert (corrected.json["segments"][0]["minutes"], corrected.json["note"]) == (75, "首次")
    assert corrected.json["entered_by"] == "account-worker"
    voided = worker.post("/sessions/session-1/void", {"reason": "did_not_happen"}, version=3)
    assert (voided.status_code, voided.json["phase"]) == (200, "voided")
    gone = worker.put("/sessions/session-1", change, version=4)
    assert (gone.status_code, gone.json["code"]) == (409, "entry_voided")
    story = worker.get("/sessions/session-1/history").json["items"]
    assert [one["type"].removeprefix("ServiceUnit") for one in story] == ["Planned", "Recorded", "Corrected", "Voided"]
    assert [(one["actor_name"], one["reason"]) for one in story[2:]] == [
        ("Leader", "typing_error"),
        ("Worker", "did_not_happen"),
    ]
    assert story[2]["reason_text"] == "看錯鐘"


def test_an_assistant_records_for_the_team_and_reads_no_notes(
    as_user: Callable[[str], Client], family: str, worker: Client
) -> None:
    assistant = as_user("assistant")
    made = assistant.post("/sessions", a_session(MOTHER, note="轉述", served_by=["account-worker"]))
    assert (made.json["entered_by"], made.json["served_by"]) == ("account-assistant", ["account-worker"])
    path = f"/sessions/{made.json['session_id']}"
    assert "note" not in assistant.get(path).json
    assert "note" not in assistant.get(f"{path}/history").json["items"][0]
    change = a_session(MOTHER, minutes=50, note=None, served_by=["account-worker"], reason="typing_error")
    assert assistant.put(path, change, version=1).status_code == 200
    assert worker.get(path).json["note"] == "轉述"


def test_helpers_without_accounts_are_named_and_their_names_sealed(
    worker: Client, family: str, service: Service
) -> None:
    made = worker.post("/sessions", a_session(MOTHER, helpers=["蕭博士"], served_by=["account-worker"])).json
    ((helper_id, name),) = made["helpers"].items()
    assert (name, made["served_by"]) == ("蕭博士", ["account-worker", helper_id])
    with service.database.read() as connection:
        assert all("蕭博士".encode() not in one.data for one in service.store.read_raw(connection, 0, 100))
    change = a_session(MOTHER, helpers=["蕭博士"], served_by=["account-worker"], minutes=30, reason="typing_error")
    assert worker.put(f"/sessions/{made['session_id']}", change, version=1).json["helpers"] == made["helpers"]


def test_another_agencys_session_is_not_there_and_another_teams_is_closed(
    as_user: Callable[[str], Client], family: str, worker: Client
) -> None:
    path = f"/sessions/{worker.post('/sessions', a_session(MOTHER)).json['session_id']}"
    change = a_session(MOTHER, minutes=30, reason="typing_error")
    for username, status in (("foreign-admin", 404), ("worker-east", 403)):
        client = as_user(username)
        assert client.get(path).status_code == status
        assert client.get(f"{path}/history").status_code == status
        assert client.put(path, change, version=1).status_code == status
        assert client.post(f"{path}/void", {"reason": "other"}, version=1).status_code == status
        assert client.get("/sessions").json["items"] == []
    assert worker.get("/sessions/session-none").status_code == 404
    assert worker.get(f"/sessions/{CASE}").status_code == 404
