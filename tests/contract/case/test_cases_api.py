"""Cases through the API: stages with dates, members by date, numbers, teams, contracts, the timeline."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.case.conftest import (
    CASE,
    MOTHER,
    SON,
    Client,
    Others,
    a_session,
    add_person,
    field_codes,
)


def a_case(*people: str, **more: Any) -> dict[str, Any]:
    members = [{"person_id": one, "relationship": "self"} for one in people]
    return {"kind": "family", "stage": "open", "on": "2026-03-02", "members": members, **more}


def test_a_case_goes_from_enquiry_to_closing_and_is_reopened(worker: Client) -> None:
    add_person(worker, "person-a")
    made = worker.post("/cases", a_case("person-a", id="case-a", stage="enquiry", on="2026-01-05"))
    assert (made.status_code, made.json["stage"], made.json["case_number"]) == (201, "enquiry", "C00001")
    steps = [("intake", "2026-01-12"), ("open", "2026-01-19"), ("close", "2026-03-31"), ("reopen", "2026-05-04")]
    for version, (step, day) in enumerate(steps, start=2):
        moved = worker.post(f"/cases/case-a/{step}", {"on": day}, version=version)
        assert moved.status_code == 200, moved.json
    read = worker.get("/cases/case-a")
    assert read.json["periods"] == [
        {"opened_on": "2026-01-19", "closed_on": "2026-03-31"},
        {"opened_on": "2026-05-04", "closed_on": None},
    ]
    assert read.headers["ETag"] == '"6"'


@pytest.mark.parametrize(
    ("step", "body", "status", "code"),
    [
        ("reopen", {"on": "2026-04-01"}, 409, "case_not_closed"),
        ("intake", {"on": "2026-04-01"}, 409, "stage_passed"),
        ("close", {"on": "2026-03-01"}, 422, "before_last_stage"),
        ("close", {"on": "2026-06-02"}, 422, "date_in_future"),
        ("close", {"on": "2026-04-01", "reason": "bored"}, 422, "unknown_code"),
        ("assign", {"on": "2026-04-01", "worker_id": "account-nobody"}, 422, "worker_unknown"),
        ("transfer", {"on": "2026-04-01", "team_id": "team-foreign"}, 422, "team_unknown"),
        ("transfer", {"on": "2026-04-01", "team_id": "team-west"}, 409, "same_team"),
    ],
)
def test_what_cannot_happen_to_an_open_case(
    worker: Client, family: str, step: str, body: dict[str, str], status: int, code: str
) -> None:
    refused = worker.post(f"/cases/{CASE}/{step}", body, version=3)
    assert refused.status_code == status
    assert code in {refused.json["code"], *(one for _, one in field_codes(refused))}
    assert worker.get(f"/cases/{CASE}").json["version"] == 3


def test_wrong_members_kind_and_stage_name_their_fields(worker: Client, others: Others) -> None:
    add_person(worker, "person-a")
    body = a_case("person-a", "person-a", kind="clan", stage="closed")
    assert {path for path, _ in field_codes(worker.post("/cases", body))} == {"kind", "stage", "members.1.person_id"}
    assert field_codes(worker.post("/cases", a_case())) == [("members", "member_missing")]
    add_person(worker, "person-b")
    two = a_case("person-a", "person-b", kind="person")
    assert field_codes(worker.post("/cases", two)) == [("members", "one_person_only")]
    unknown = worker.post("/cases", a_case("person-a", "person-x"))
    assert field_codes(unknown) == [("members.1.person_id", "person_unknown")]
    contract = worker.post("/cases", a_case("person-a", contract_id="nothing"))
    assert field_codes(contract) == [("contract_id", "contract_unknown")]


def test_a_case_number_is_the_agencys_own_and_unique_there(worker: Client, as_user: Callable[[str], Client]) -> None:
    add_person(worker, "person-a")
    assert worker.post("/cases", a_case("person-a", case_number="KF18-001")).json["case_number"] == "KF18-001"
    taken = worker.post("/cases", a_case("person-a", case_number="KF18-001"))
    assert (taken.status_code, taken.json["code"]) == (409, "case_number_taken")
    foreign = as_user("foreign-worker")
    add_person(foreign, "person-f")
    assert foreign.post("/cases", a_case("person-f", case_number="KF18-001")).status_code == 201


def test_members_join_and_leave_by_date(worker: Client, family: str) -> None:
    add_person(worker, "person-aunt")
    late = {"person_id": "person-aunt", "relationship": "relative", "from_date": "2026-04-01"}
    assert worker.post(f"/cases/{CASE}/members", late, version=3).status_code == 201
    twice = worker.post(f"/cases/{CASE}/members", late, version=4)
    assert (twice.status_code, twice.json["code"]) == (409, "member_already")
    assert field_codes(worker.post("/sessions", a_session("person-aunt", occurred_on="2026-03-31"))) == [
        ("participants.0", "not_a_member")
    ]
    assert worker.post("/sessions", a_session("person-aunt", occurred_on="2026-04-01")).status_code == 201
    leave = {"person_id": "person-aunt", "to_date": "2026-04-30"}
    assert worker.post(f"/cases/{CASE}/members/leave", leave, version=4).status_code == 200
    assert worker.post("/sessions", a_session("person-aunt", occurred_on="2026-04-30")).status_code == 201
    assert worker.post("/sessions", a_session("person-aunt", occurred_on="2026-05-01")).status_code == 422
    assert worker.post(f"/cases/{CASE}/members/leave", leave, version=5).json["code"] == "not_a_member"


def test_a_case_belongs_to_one_team_until_it_is_transferred(
    as_user: Callable[[str], Client], worker: Client, family: str
) -> None:
    east = as_user("worker-east")
    assert east.get(f"/cases/{CASE}").status_code == 403
    assert east.post("/sessions", a_session(MOTHER)).status_code == 403
    assert as_user("foreign-worker").get(f"/cases/{CASE}").status_code == 404
    assert as_user("foreign-worker").get(f"/cases/{CASE}/timeline").status_code == 404
    assert as_user("admin").get(f"/cases/{CASE}").status_code == 200
    moved = worker.post(f"/cases/{CASE}/transfer", {"on": "2026-05-01", "team_id": "team-east"}, version=3)
    assert (moved.status_code, moved.json["team_id"], moved.json["worker_id"]) == (200, "team-east", None)
    assert east.get(f"/cases/{CASE}").status_code == 200
    assert worker.get(f"/cases/{CASE}").status_code == 403


def test_the_case_list_is_ones_own_caseload_when_asked(as_user: Callable[[str], Client], family: str) -> None:
    leader = as_user("leader")
    add_person(leader, "person-b")
    leader.post("/cases", a_case("person-b", id="case-b", case_number="Z-9"))
    assert [one["case_id"] for one in leader.get("/cases").json["items"]] == ["case-b", CASE]
    assert leader.get("/cases", mine="true").json["items"] == []
    assert [one["case_id"] for one in as_user("worker").get("/cases", mine="true").json["items"]] == [CASE]
    assert [one["case_id"] for one in leader.get("/cases", q="z-").json["items"]] == ["case-b"]
    assert [one["case_id"] for one in leader.get("/cases", person_id=MOTHER).json["items"]] == [CASE]
    first = leader.get("/cases", limit=1).json
    assert [one["case_id"] for one in leader.get("/cases", limit=1, after=first["next"]).json["items"]] == [CASE]
    assert as_user("worker-east").get("/cases").json["items"] == []


def a_unit(unit_id: str, kind: str, *people: str, **more: Any) -> dict[str, Any]:
    participants = [{"person_id": one, "role": "family_member", "status": "present"} for one in people]
    common = {"occurred_on": "2026-03-16", "status": "held", "mode": "in_person", "setting": "centre", "minutes": 90}
    return {"unit_id": unit_id, "kind": kind, "participants": participants, **common, **more}


def test_the_timeline_shows_the_case_its_sessions_and_what_others_recorded(
    worker: Client, others: Others, family: str, as_user: Callable[[str], Client]
) -> None:
    session_id = worker.post("/sessions", a_session(MOTHER)).json["session_id"]
    meeting = a_unit("meeting-1", "group_meeting", MOTHER, "person-stranger")
    others.publish("groups", "ServiceUnitRecorded", "meeting-1", unit=meeting, note_subject="meeting-1")
    before = a_unit("meeting-0", "group_meeting", MOTHER, occurred_on="2026-02-02")
    others.publish("groups", "ServiceUnitRecorded", "meeting-0", unit=before, note_subject="meeting-0")
    visit = a_unit("visit-1", "visit", "contact-1", case_id=CASE, occurred_on="2026-03-20")
    others.publish("outreach", "ServiceUnitRecorded", "visit-1", unit=visit, note_subject="visit-1")
    trip = a_unit("visit-2", "visit", "contact-1", occurred_on="2026-03-25")
    others.publish("outreach", "ServiceUnitRecorded", "visit-2", unit=trip, note_subject="visit-2")
    body = {"person_id": MOTHER, "instrument": "phq9", "phase": "pre", "assessed_on": "2026-03-12"}
    worker.post("/assessments", {**body, "contract_id": "kachi-2", "answers": [1] * 8 + [0]})

    def shown(client: Client) -> list[str]:
        return [one["id"].partition(".")[0] for one in client.get(f"/cases/{CASE}/timeline").json["items"]]

    assert shown(worker)[:3] == ["visit-1", "meeting-1", worker.get("/assessments").json["items"][0]["assessment_id"]]
    assert shown(worker)[3:] == [session_id, CASE, CASE]
    assert len(shown(as_user("assistant"))) == 5
    items = {one["id"]: one for one in worker.get(f"/cases/{CASE}/timeline").json["items"]}
    assert items["meeting-1"]["person_ids"] == []
    found = {"contact_id": "contact-1", "person_id": SON, "identification_id": "identification-1"}
    others.publish("outreach", "ContactIdentified", "contact-1", **found)
    assert "visit-2" in shown(worker)
    undone = {"contact_id": "contact-1", "identification_id": "identification-1"}
    others.publish("outreach", "ContactIdentificationUndone", "contact-1", **undone)
    assert "visit-2" not in shown(worker)
    others.publish("outreach", "ServiceUnitVoided", "visit-1", unit_id="visit-1", reason="duplicate", note_subject="x")
    voided = {one["id"]: one["phase"] for one in worker.get(f"/cases/{CASE}/timeline").json["items"] if "phase" in one}
    assert voided["visit-1"] == "voided"
    page = worker.get(f"/cases/{CASE}/timeline", limit=2).json
    assert worker.get(f"/cases/{CASE}/timeline", limit=2, after=page["next"]).json["items"][0]["on"] == "2026-03-12"


def test_what_was_recorded_for_somebody_merged_away_stands_in_the_timeline_under_who_remained(
    worker: Client, leader: Client, others: Others, family: str
) -> None:
    add_person(worker, "person-twin")
    meeting = a_unit("meeting-1", "group_meeting", "person-twin")
    others.publish("groups", "ServiceUnitRecorded", "meeting-1", unit=meeting, note_subject="meeting-1")
    visit = a_unit("visit-1", "visit", "contact-1", case_id=CASE, occurred_on="2026-03-20")
    others.publish("outreach", "ServiceUnitRecorded", "visit-1", unit=visit, note_subject="visit-1")
    found = {"contact_id": "contact-1", "person_id": "person-twin", "identification_id": "identification-1"}
    others.publish("outreach", "ContactIdentified", "contact-1", **found)
    asked = {"person_id": "person-twin", "instrument": "bdf13", "phase": "pre", "assessed_on": "2026-03-12"}
    assessed = worker.post("/assessments", {**asked, "total": 3, "contract_id": "kachi-2"})
    assert assessed.status_code == 201, assessed.json

    def shown() -> dict[str, Any]:
        items = worker.get(f"/cases/{CASE}/timeline").json["items"]
        return {one["id"]: one.get("person_ids") or one.get("person_id") for one in items if one["entry"] != "step"}

    assert shown() == {"visit-1": ["person-twin"]}
    version = worker.get(f"/people/{SON}").json["version"]
    leader.post("/people/person-twin/merge", {"into": SON, "into_version": version}, version=1)
    together = worker.post("/sessions", a_session("person-twin", MOTHER)).json["session_id"]
    assessment_id = assessed.json["assessment_id"]
    with_twin = {"visit-1": [SON], assessment_id: SON, together: [SON, MOTHER]}
    assert shown() == {**with_twin, "meeting-1": None}
    for person_id in (SON, "person-twin"):
        theirs = worker.get("/sessions", person_id=person_id).json["items"]
        assert [one["session_id"] for one in theirs] == [together]
        assert [one["case_id"] for one in worker.get("/cases", person_id=person_id).json["items"]] == [CASE]
    leader.post("/people/person-twin/unmerge", {}, version=2)
    assert shown() == {"visit-1": ["person-twin"], together: ["person-twin", MOTHER]}
