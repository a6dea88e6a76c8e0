"""Meetings over the API: recording with the whole attendance, planning, correcting, voiding."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.service import Service
from tests.contract.groups.conftest import Client, Others, a_meeting, field_codes

WALK_IN = {"person_id": "person-walk-in", "role": "family_member", "walk_in": True}


def warning_codes(response: Any) -> list[str]:
    return [one["code"] for one in response.json["warnings"]]


def test_a_meeting_is_one_event_with_its_whole_attendance(
    worker: Client, others: Others, circle: str, service: Service
) -> None:
    others.person("person-walk-in", hidden="2026-01-01")
    with service.database.read() as connection:
        before, _ = service.store.head(connection)
    saved = worker.post(
        "/meetings",
        a_meeting(
            "person-000",
            {"person_id": "person-001", "role": "family_member", "status": "absent"},
            WALK_IN,
            unidentified_count=2,
            starts_at="19:00",
            ends_at="20:30",
            helpers=["陳姑娘"],
            note="大家分享近況",
        ),
    )
    assert saved.status_code == 201
    assert saved.headers["X-Caseledger-Position"] == f"groups={before + 1}"
    assert saved.json["warnings"] == []
    assert (saved.json["minutes"], saved.json["unidentified_count"]) == (90, 2)
    assert saved.json["segments"] == [{"contract_id": "kachi-2", "minutes": 90}]
    assert (saved.json["activity"], saved.json["team_id"]) == ("mutual_aid", "team-west")
    assert [one["status"] for one in saved.json["participants"]] == ["present", "absent", "present"]
    assert saved.json["participants"][2]["target_groups"] == ["hidden"]
    (helper,) = saved.json["helpers"]
    assert saved.json["served_by"] == [helper]
    read = worker.get(f"/meetings/{saved.json['meeting_id']}")
    assert {**read.json, "warnings": []} == saved.json


def test_target_groups_are_those_of_the_day_unless_given(worker: Client, others: Others, circle: str) -> None:
    others.person("person-walk-in", low_motivation="2026-03-10", hidden="2026-01-01")
    for day, expected in (("2026-03-09", ["hidden"]), ("2026-03-10", ["hidden", "low_motivation"])):
        saved = worker.post("/meetings", a_meeting(WALK_IN, occurred_on=day))
        assert saved.json["participants"][0]["target_groups"] == expected
    saved = worker.post("/meetings", a_meeting({**WALK_IN, "target_groups": []}))
    assert saved.json["participants"][0]["target_groups"] == []


def test_regular_service_is_said_by_an_explicit_null(worker: Client, circle: str) -> None:
    assert worker.post("/meetings", a_meeting("person-000", contract_id=None)).json["segments"] == []


def test_a_planned_meeting_is_recorded_later_under_its_own_id(worker: Client, circle: str) -> None:
    planned = worker.post("/meetings/plan", a_meeting("person-000", occurred_on="2026-07-01"))
    assert (planned.json["phase"], planned.json["status"]) == ("planned", "planned")
    meeting = f"/meetings/{planned.json['meeting_id']}"
    recorded = worker.post(f"{meeting}/record", a_meeting("person-000", occurred_on="2026-05-30"), version=1)
    assert recorded.status_code == 200
    assert (recorded.json["phase"], recorded.json["status"], recorded.json["version"]) == ("recorded", "held", 2)
    again = worker.post(f"{meeting}/record", a_meeting("person-000"), version=2)
    assert (again.status_code, again.json["code"]) == (409, "entry_already_recorded")


def test_a_correction_carries_the_full_new_content_and_the_history_keeps_both(worker: Client, circle: str) -> None:
    saved = worker.post("/meetings", a_meeting("person-000", "person-001", note="第一次"))
    meeting = f"/meetings/{saved.json['meeting_id']}"
    change = {"reason": "attendance_wrong", "reason_text": "看錯名單", "note": "第一次"}
    corrected = worker.put(meeting, a_meeting("person-000", **change), version=1)
    assert corrected.status_code == 200
    story = worker.get(f"{meeting}/history").json["items"]
    assert [(one["type"], len(one["unit"]["participants"]), one["reason"]) for one in story] == [
        ("ServiceUnitRecorded", 2, None),
        ("ServiceUnitCorrected", 1, "attendance_wrong"),
    ]
    assert {one["actor_name"] for one in story} == {"Worker"}
    assert story[1]["reason_text"] == "看錯名單"


def test_a_correction_that_changes_nothing_is_refused(worker: Client, circle: str) -> None:
    content = a_meeting("person-000", helpers=["陳姑娘"])
    saved = worker.post("/meetings", content)
    again = worker.put(f"/meetings/{saved.json['meeting_id']}", {**content, "reason": "other"}, version=1)
    assert (again.status_code, again.json["code"]) == (409, "nothing_changed")


def test_a_voided_meeting_stays_readable_and_cannot_be_corrected(worker: Client, circle: str) -> None:
    saved = worker.post("/meetings", a_meeting("person-000"))
    meeting = f"/meetings/{saved.json['meeting_id']}"
    assert worker.post(f"{meeting}/void", {"reason": "duplicate"}, version=1).status_code == 200
    read = worker.get(meeting).json
    assert (read["phase"], len(read["participants"])) == ("voided", 1)
    refused = worker.put(meeting, a_meeting("person-001", reason="other"), version=2)
    assert (refused.status_code, refused.json["code"]) == (409, "entry_voided")


def test_ax_03_the_second_of_two_corrections_is_told(worker: Client, circle: str) -> None:
    saved = worker.post("/meetings", a_meeting("person-000"))
    meeting = f"/meetings/{saved.json['meeting_id']}"
    assert worker.put(meeting, a_meeting("person-001", reason="wrong_person"), version=1).status_code == 200
    late = worker.put(meeting, a_meeting("person-002", reason="wrong_person"), version=1)
    assert (late.status_code, late.json["code"]) == (412, "stale_version")
    assert worker.put(meeting, a_meeting("person-002", reason="wrong_person")).status_code == 428
    assert worker.get(meeting).json["participants"][0]["person_id"] == "person-001"


BAD: list[tuple[dict[str, Any], tuple[str, str]]] = [
    (
        {"participants": [{"person_id": "person-nobody", "role": "family_member"}]},
        ("participants.0.person_id", "person_unknown"),
    ),
    ({"participants": [{"person_id": "person-000", "role": "friend"}]}, ("participants.0.role", "unknown_code")),
    ({"participants": [{"person_id": "person-000"}]}, ("participants.0.role", "required")),
    (
        {"participants": [{"person_id": "person-000", "role": "family_member"}] * 2},
        ("participants.1.person_id", "person_twice"),
    ),
    ({"contract_id": "nowhere"}, ("contract_id", "contract_unknown")),
    ({"group_id": "group-nowhere"}, ("group_id", "group_unknown")),
    ({"activity": "training"}, ("activity", "unknown_code")),
    ({"mode": "telepathy"}, ("mode", "unknown_code")),
    ({"kind": "visit"}, ("kind", "unknown_code")),
    ({"starts_at": "19:00", "ends_at": "18:00"}, ("ends_at", "end_before_start")),
    ({"minutes": 25 * 60}, ("minutes", "too_long")),
    ({"minutes": -1}, ("minutes", "negative_minutes")),
    ({"minutes": 90.5}, ("minutes", "not_a_whole_number")),
    ({"unidentified_count": -1}, ("unidentified_count", "negative_count")),
    ({"occurred_on": "2026-06-02"}, ("occurred_on", "date_in_future")),
    ({"served_by": ["account-foreign-worker"]}, ("served_by.0", "worker_unknown")),
    ({"status": "planned"}, ("status", "status_of_plan")),
]


@pytest.mark.parametrize(("change", "expected"), BAD, ids=[f"{path}-{code}" for _, (path, code) in BAD])
def test_bad_input_changes_nothing_and_names_the_field(
    worker: Client, circle: str, change: dict[str, Any], expected: tuple[str, str]
) -> None:
    refused = worker.post("/meetings", {**a_meeting("person-000"), **change})
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert field_codes(refused) == [expected]
    assert worker.get("/meetings").json["items"] == []


def test_problems_are_told_in_the_language_of_the_person(worker: Client, circle: str) -> None:
    wrong = a_meeting("person-000", starts_at="19:00", ends_at="18:00")
    chinese = worker.post("/meetings", wrong, Accept_Language="zh-HK,zh;q=0.9,en;q=0.8").json
    assert chinese["fields"][0]["message"] == "結束時間早於開始時間，請修改。"


def test_somebody_neither_member_nor_marked_walk_in_is_refused(worker: Client, others: Others, circle: str) -> None:
    others.person("person-walk-in")
    refused = worker.post("/meetings", a_meeting("person-000", "person-walk-in"))
    assert (refused.status_code, field_codes(refused)) == (422, [("participants.1", "not_a_member")])
    assert worker.post("/meetings", a_meeting("person-000", WALK_IN)).status_code == 201


def test_a002_23_companions_and_guests_come_without_membership(worker: Client, others: Others, circle: str) -> None:
    others.person("person-guest")
    saved = worker.post("/meetings", a_meeting("person-000", {"person_id": "person-guest", "role": "guest"}))
    assert [one["role"] for one in saved.json["participants"]] == ["family_member", "guest"]


def test_an_ended_group_refuses_meetings_after_its_end(worker: Client, circle: str) -> None:
    worker.post(f"/groups/{circle}/end", {"on": "2026-04-01"}, version=5)
    refused = worker.post("/meetings", a_meeting("person-000", occurred_on="2026-04-02"))
    assert (refused.status_code, refused.json["code"]) == (409, "group_ended")
    assert worker.post("/meetings", a_meeting("person-000", occurred_on="2026-04-01")).status_code == 201


def test_a_closed_group_refuses_walk_ins_after_its_intake(worker: Client, others: Others) -> None:
    others.person("person-walk-in")
    plan = {"id": "group-closed", "title": "自我關懷", "activity": "carer_self_care", "closed": True}
    worker.post("/groups", {**plan, "from_date": "2026-03-02"})
    worker.post("/groups/group-closed/open", {"on": "2026-03-02"}, version=1)
    late = a_meeting(WALK_IN, group_id="group-closed")
    refused = worker.post("/meetings", late)
    assert (refused.status_code, refused.json["code"]) == (409, "group_closed")
    assert worker.post("/meetings", {**late, "occurred_on": "2026-03-02"}).status_code == 201
    member = {"person_id": "person-walk-in", "role": "family_member", "from_date": "2026-03-03"}
    refused = worker.post("/groups/group-closed/members", member, version=2)
    assert (refused.status_code, refused.json["code"]) == (409, "group_closed")


def test_people_merged_away_are_accepted_with_a_warning_and_erased_ones_are_not(
    worker: Client, others: Others, circle: str
) -> None:
    others.publish("case", "PersonMergedInto", "person-001", person_id="person-001", into="person-000", merge_id="m-1")
    saved = worker.post("/meetings", a_meeting("person-001"))
    assert saved.status_code == 201
    assert warning_codes(saved) == ["person_merged"]
    assert saved.json["participants"][0]["person_id"] == "person-001"
    others.publish("case", "PersonErased", "person-002", person_id="person-002", reason="asked")
    refused = worker.post("/meetings", a_meeting("person-002"))
    assert (refused.status_code, field_codes(refused)) == (422, [("participants.0.person_id", "person_erased")])


def test_a002_24_the_same_meeting_entered_twice_is_pointed_out(worker: Client, circle: str) -> None:
    once = a_meeting("person-000", starts_at="19:00", minutes=90)
    assert warning_codes(worker.post("/meetings", once)) == []
    assert warning_codes(worker.post("/meetings", once)) == ["possible_duplicate"]
    elsewhere = a_meeting(group_id=None, activity="mutual_aid", starts_at="20:00", minutes=30)
    assert warning_codes(worker.post("/meetings?dry_run=true", elsewhere)) == ["overlap", "overlap"]
    later = a_meeting("person-000", starts_at="20:30", minutes=30)
    assert warning_codes(worker.post("/meetings", later)) == []


def test_a002_22_a_date_outside_the_contract_is_saved_with_a_warning(
    worker: Client, others: Others, circle: str
) -> None:
    others.contract("old-fund", first="2025-01-01", last="2025-12-31")
    saved = worker.post("/meetings", a_meeting("person-000", contract_id="old-fund"))
    assert (saved.status_code, warning_codes(saved)) == (201, ["outside_period"])


def test_an_assistant_records_and_corrects_without_seeing_or_losing_the_note(
    as_user: Callable[[str], Client], circle: str
) -> None:
    worker, assistant = as_user("worker"), as_user("assistant")
    saved = worker.post("/meetings", a_meeting("person-000", note="只限社工"))
    meeting = f"/meetings/{saved.json['meeting_id']}"
    assert "note" not in assistant.get(meeting).json
    assert all("note" not in one for one in assistant.get(f"{meeting}/history").json["items"])
    assert assistant.put(meeting, a_meeting("person-001", reason="wrong_person"), version=1).status_code == 200
    assert worker.get(meeting).json["note"] == "只限社工"


@pytest.mark.parametrize(
    ("username", "status"),
    [("leader", 200), ("admin", 200), ("worker-east", 403), ("funder", 403), ("foreign-admin", 404)],
)
def test_a_meeting_is_read_by_its_team_alone(
    as_user: Callable[[str], Client], worker: Client, circle: str, username: str, status: int
) -> None:
    meeting_id = worker.post("/meetings", a_meeting("person-000")).json["meeting_id"]
    client = as_user(username)
    assert client.get(f"/meetings/{meeting_id}").status_code == status
    assert client.get(f"/meetings/{meeting_id}/history").status_code == status
    change = a_meeting("person-001", reason="wrong_person")
    assert client.put(f"/meetings/{meeting_id}", change, version=1).status_code == status


def test_meetings_are_listed_newest_first_page_by_page(worker: Client, circle: str) -> None:
    days = ["2026-03-09", "2026-03-16", "2026-03-23"]
    for day in days:
        worker.post("/meetings", a_meeting("person-000", occurred_on=day))
    first = worker.get("/meetings", group_id=circle, limit=2).json
    second = worker.get("/meetings", group_id=circle, limit=2, after=first["next"]).json
    assert [one["occurred_on"] for one in first["items"] + second["items"]] == sorted(days, reverse=True)
    assert worker.get("/meetings", after="nonsense").status_code == 400
    assert worker.get("/meetings", person_id="person-001").json["items"] == []


def test_a_meeting_is_kept_apart_from_other_streams(worker: Client, circle: str) -> None:
    assert worker.get(f"/meetings/{circle}").status_code == 404
    assert worker.get("/meetings/meeting-nowhere").status_code == 404
    assert worker.post("/meetings/meeting-nowhere/void", {"reason": "other"}, version=1).status_code == 404
