"""The pages of groups as a browser without JavaScript uses them: every form is sent as it was served."""

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from shared.auth.accounts import Accounts
from shared.testing.people import page_client
from tests.contract.groups.conftest import Client, Others, a_meeting
from tests.contract.groups.sent_forms import changed, form_of


def test_a_group_is_planned_opened_and_ended_on_its_pages(browser: FlaskClient, others: Others) -> None:
    others.contract()
    asked = browser.get("/groups/groups/new")
    plan = changed(form_of(asked, "/new"), title="家人互助小組", activity="mutual_aid", contract_id="kachi-2")
    assert browser.post("/groups/groups/new", data=plan).status_code == 303
    page = browser.get("/groups/groups")
    assert "家人互助小組" in page.text
    (address,) = set(re.findall(r"/groups/groups/group-[0-9a-f-]+", page.text))
    for step in ("open", "end"):
        sent = form_of(browser.get(address), f"/{step}")
        answered = browser.post(f"{address}/{step}", data=sent)
        assert (answered.status_code, answered.headers["Location"]) == (303, address)
    stale = browser.post(f"{address}/end", data=changed(sent, idempotency_key="another"))
    assert stale.status_code in (409, 412)


def test_a_group_is_described_anew_on_its_page(browser: FlaskClient, circle: str, worker: Client) -> None:
    form = form_of(browser.get(f"/groups/groups/{circle}/edit"), "/edit")
    assert form["title"] == "家人互助小組"
    wrong = changed(form, to_date="2026-01-01")
    assert browser.post(f"/groups/groups/{circle}/edit", data=wrong).status_code == 422
    right = changed(form, title="星期二小組", closed="true", intake_until="2026-12-01")
    assert browser.post(f"/groups/groups/{circle}/edit", data=right).status_code == 303
    read = worker.get(f"/groups/{circle}").json
    assert (read["title"], read["closed"], read["intake_until"]) == ("星期二小組", True, "2026-12-01")


def test_a_member_joins_and_leaves_on_the_pages(
    browser: FlaskClient, others: Others, circle: str, worker: Client
) -> None:
    others.person("person-new")
    address = f"/groups/groups/{circle}"
    form = form_of(browser.get(f"{address}/members/new"), "/members/new")
    searched = browser.post(f"{address}/members/new", data=changed(form, q="陳", find="1"))
    assert searched.status_code == 200
    joined = browser.post(f"{address}/members/new", data=changed(form, person_id="person-new", from_date="2026-03-09"))
    assert joined.status_code == 303
    leaving = changed(form_of(browser.get(address), "/members/leave"), person_id="person-new", to_date="2026-04-09")
    assert browser.post(f"{address}/members/leave", data=leaving).status_code == 303
    assert worker.get(f"/groups/{circle}").json["members"][-1] == {
        "person_id": "person-new",
        "role": "family_member",
        "from_date": "2026-03-09",
        "to_date": "2026-04-09",
    }


def test_the_roster_saves_everybody_a_walk_in_and_a_headcount_with_one_request(
    browser: FlaskClient, others: Others, circle: str, worker: Client
) -> None:
    others.person("person-walk-in")
    address = f"/groups/meetings/new?group_id={circle}"
    roster = form_of(browser.get(address), address)
    assert roster.getlist("person") == ["person-000", "person-001", "person-002"]
    assert {roster[f"status-{one}"] for one in roster.getlist("person")} == {"present"}
    added = browser.post(address, data=changed(roster, add="person-walk-in", minutes="90", note="打算"))
    assert added.status_code == 200
    assert worker.get("/meetings").json["items"] == []
    filled = form_of(added, address)
    assert (filled["minutes"], filled["note"], filled["idempotency_key"]) == ("90", "打算", roster["idempotency_key"])
    sent = changed(filled, **{"status-person-001": "absent", "unidentified_count": "2", "occurred_on": "2026-05-31"})
    saved = browser.post(address, data=sent)
    assert saved.status_code == 303
    (meeting,) = worker.get("/meetings").json["items"]
    assert [(one["person_id"], one["status"], one["walk_in"]) for one in meeting["participants"]] == [
        ("person-000", "present", False),
        ("person-001", "absent", False),
        ("person-002", "present", False),
        ("person-walk-in", "present", True),
    ]
    assert (meeting["unidentified_count"], meeting["minutes"]) == (2, 90)
    assert meeting["segments"] == [{"contract_id": "kachi-2", "minutes": 90}]
    again = browser.post(address, data=sent)
    assert again.headers["Location"] == saved.headers["Location"]
    assert len(worker.get("/meetings").json["items"]) == 1


def test_a_wrong_roster_comes_back_as_it_was_typed_with_the_error_beside_the_person(
    browser: FlaskClient, others: Others, circle: str, worker: Client
) -> None:
    others.person("person-stranger")
    address = f"/groups/meetings/new?group_id={circle}"
    roster = form_of(browser.get(address), address)
    roster.add("person", "person-stranger")
    wrong = changed(
        roster, **{"role-person-stranger": "family_member", "status-person-stranger": "late", "minutes": "-5"}
    )
    answered = browser.post(address, data=wrong, headers={"Accept-Language": "zh-HK"})
    assert answered.status_code == 422
    assert answered.text.count("此人當日不是組員") == 2
    kept = form_of(answered, address)
    assert (kept["status-person-stranger"], kept["minutes"]) == ("late", "-5")
    assert worker.get("/meetings").json["items"] == []


def test_a_meeting_is_corrected_and_voided_with_a_reason_on_its_pages(
    browser: FlaskClient, circle: str, worker: Client
) -> None:
    body = a_meeting("person-000", "person-001", starts_at="19:00", minutes=90, helpers=["陳姑娘"], note="平靜")
    meeting_id = worker.post("/meetings", body).json["meeting_id"]
    address = f"/groups/meetings/{meeting_id}"
    correction = form_of(browser.get(f"{address}/correct"), "/correct")
    unchanged = browser.post(f"{address}/correct", data=changed(correction, reason="other"))
    assert unchanged.status_code == 409
    sent = changed(correction, **{"reason": "attendance_wrong", "status-person-001": "absent"})
    assert browser.post(f"{address}/correct", data=sent).status_code == 303
    corrected = worker.get(f"/meetings/{meeting_id}").json
    assert [one["status"] for one in corrected["participants"]] == ["present", "absent"]
    assert (corrected["note"], list(corrected["helpers"].values())) == ("平靜", ["陳姑娘"])
    ticked = changed(form_of(browser.get(f"{address}/correct"), "/correct"), reason="new_information")
    assert "child_safety_concern" not in ticked
    assert browser.post(f"{address}/correct", data=changed(ticked, child_safety_concern="true")).status_code == 303
    lines = {"referral_person": "person-001", "destination": "housing", "reason": "new_information"}
    referred = changed(form_of(browser.get(f"{address}/correct"), "/correct"), **lines)
    assert browser.post(f"{address}/correct", data=referred).status_code == 303
    answer = form_of(browser.get(address), "/referral")
    assert browser.post(f"{address}/referral", data=changed(answer, taken_up="yes")).status_code == 303
    after = worker.get(f"/meetings/{meeting_id}").json
    assert (after["child_safety_concern"], after["note"]) == (True, "平靜")
    made = {"person_id": "person-001", "destination": "housing", "on": "2026-03-09", "taken_up": True}
    assert after["referrals"] == [made]
    assert form_of(browser.get(f"{address}/correct"), "/correct")["child_safety_concern"] == "true"
    page = browser.get(address, headers={"Accept-Language": "zh-HK"}).text
    assert "出席紀錄有誤" in page
    assert "兒童安全關注" in page
    assert "平靜" in page
    without_reason = form_of(browser.get(f"{address}/void"), "/void")
    assert browser.post(f"{address}/void", data=without_reason).status_code == 422
    assert browser.post(f"{address}/void", data=changed(without_reason, reason="duplicate")).status_code == 303
    assert worker.get(f"/meetings/{meeting_id}").json["phase"] == "voided"


def test_a_planned_meeting_is_recorded_from_its_page(browser: FlaskClient, circle: str, worker: Client) -> None:
    address = f"/groups/meetings/new?plan=1&group_id={circle}"
    plan = changed(form_of(browser.get(address), address), occurred_on="2026-06-20")
    planned = browser.post(address, data=plan)
    assert planned.status_code == 303
    meeting = planned.headers["Location"]
    form = form_of(browser.get(f"{meeting}/record"), "/record")
    assert browser.post(f"{meeting}/record", data=changed(form, occurred_on="2026-05-30")).status_code == 303
    (listed,) = worker.get("/meetings").json["items"]
    assert (listed["phase"], listed["status"]) == ("recorded", "held")


def test_a_sector_event_is_recorded_with_practitioners_found_by_name(browser: FlaskClient, worker: Client) -> None:
    form = changed(form_of(browser.get("/groups/practitioners/new"), "/new"), name="李家欣", organisation="海港社")
    assert browser.post("/groups/practitioners/new", data=form).status_code == 303
    address = "/groups/meetings/new?kind=sector_event"
    event = form_of(browser.get(address), address)
    found = browser.post(address, data=changed(event, q="家欣", find="1"))
    (practitioner,) = re.findall(r'name="add" value="(practitioner-[^"]+)"', found.text)
    added = form_of(browser.post(address, data=changed(form_of(found, address), add=practitioner)), address)
    assert browser.post(address, data=changed(added, activity="sharing", occurred_on="2026-05-30")).status_code == 303
    (listed,) = worker.get("/meetings").json["items"]
    assert (listed["kind"], listed["activity"]) == ("sector_event", "sharing")
    assert [(one["person_id"], one["role"]) for one in listed["participants"]] == [(practitioner, "practitioner")]


def test_an_assistant_sees_no_note_and_keeps_it_while_correcting(
    app: Flask, accounts: Accounts, circle: str, worker: Client
) -> None:
    meeting_id = worker.post("/meetings", a_meeting("person-000", note="只限社工")).json["meeting_id"]
    assistant = page_client(app, accounts, "assistant")
    address = f"/groups/meetings/{meeting_id}"
    form = form_of(assistant.get(f"{address}/correct"), "/correct")
    assert "note" not in form
    assert "只限社工" not in assistant.get(address).text
    assert assistant.post(f"{address}/correct", data=changed(form, reason="other", minutes="30")).status_code == 303
    assert worker.get(f"/meetings/{meeting_id}").json["note"] == "只限社工"


def test_a_leader_decides_about_notes_on_a_page(
    app: Flask, accounts: Accounts, others: Others, circle: str, worker: Client
) -> None:
    meeting_id = worker.post("/meetings", a_meeting("person-000", note="提及某人")).json["meeting_id"]
    others.publish("case", "PersonErased", "person-000", person_id="person-000", reason="asked")
    leader = page_client(app, accounts, "leader")
    page = leader.get("/groups/note-reviews")
    assert "提及某人" in page.text
    form = changed(form_of(page, meeting_id), decision="destroyed")
    assert leader.post(f"/groups/note-reviews/{meeting_id}", data=form).status_code == 303
    assert worker.get(f"/meetings/{meeting_id}").json["note"] is None


def test_lists_and_choices_are_shown_in_both_languages(
    browser: FlaskClient, circle: str, worker: Client, as_user: Callable[[str], Client]
) -> None:
    worker.post("/meetings", a_meeting("person-000"))
    for address, chinese, english in (
        ("/groups/groups", "小組及活動", "Groups and activities"),
        ("/groups/meetings", "聚會", "Meetings"),
        ("/groups/meetings/new", "哪一個小組？", "Which group?"),
        ("/groups/practitioners", "業界同工", "Practitioners"),
    ):
        assert chinese in browser.get(address, headers={"Accept-Language": "zh-HK"}).text
        assert english in browser.get(address, headers={"Accept-Language": "en"}).text
