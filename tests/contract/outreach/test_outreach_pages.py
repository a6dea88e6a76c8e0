"""The pages of outreach as a browser without JavaScript uses them."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.auth.accounts import Accounts
from shared.ids import new_id
from shared.testing.people import page_client
from tests.contract.outreach.conftest import Client, Others, a_contact, a_visit


def hidden(page: TestResponse, name: str) -> str:
    """The value of a hidden field, as the browser would send it back."""
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page.text)
    assert found is not None, name
    return unescape(found[1])


def form(**values: Any) -> dict[str, Any]:
    usual = {"occurred_on": "2026-05-20", "starts_at": "20:00", "minutes": "90", "setting": "outreach"}
    return {**usual, "mode": "in_person", "idempotency_key": new_id("key"), **values}


@pytest.fixture
def token(worker: Client) -> str:
    return a_contact(worker, "阿強", marks="紅帽")


def test_a_visit_is_logged_by_finding_somebody_and_adding_somebody_new(
    browser: FlaskClient, worker: Client, token: str
) -> None:
    path = "/outreach/visits/new"
    empty = browser.get(path)
    assert empty.status_code == 200
    assert "new_alias" not in empty.text, "somebody new is made only after looking for them"
    found = browser.post(path, data=form(find="1", q="強"))
    assert "阿強 · 紅帽" in found.text
    added = browser.post(path, data=form(add=token))
    assert hidden(added, "person") == token
    one = {"person": [token], f"role-{token}": "drug_user", f"status-{token}": "absent"}
    nobody = browser.post(path, data=form(find="1", q="阿明", **one))
    assert "new_alias" in nobody.text
    with_new = browser.post(
        path, data=form(add_new="1", new_alias="阿明", new_marks="", new_groups=["hidden"], new_role="drug_user", **one)
    )
    new = next(found for found in re.findall(r'name="person" value="([^"]+)"', with_new.text) if found != token)
    two = {**one, "person": [token, new], f"role-{new}": "drug_user", f"alias-{new}": "阿明", f"groups-{new}": "hidden"}
    saved = browser.post(path, data=form(note="明瘦了", **two))
    assert saved.status_code == 303
    (visit,) = worker.get("/visits").json["items"]
    assert saved.headers["Location"] == f"/outreach/visits/{visit['visit_id']}"
    assert [(one["person_id"], one["status"], one["target_groups"]) for one in visit["participants"]] == [
        (token, "absent", []),
        (new, "present", ["hidden"]),
    ]
    page = browser.get(saved.headers["Location"])
    for shown in ("阿強", "阿明", "明瘦了", "90"):
        assert shown in page.text


def test_whom_one_has_met_is_offered_before_anything_is_typed(
    app: Flask, accounts: Accounts, browser: FlaskClient, worker: Client, token: str
) -> None:
    path = "/outreach/visits/new"
    assert token not in browser.get(path).text
    made = browser.post("/outreach/places", data={"name": "北河街公園", "idempotency_key": "k"})
    assert made.status_code == 303
    (place,) = worker.get("/places").json["items"]
    unmet = {"person_id": a_contact(worker, "阿明"), "role": "drug_user", "status": "absent"}
    worker.post("/visits", a_visit(token, unmet, place_id=place["place_id"]))
    offered = browser.get(path).text
    assert re.findall(r'name="add" value="([^"]+)"', offered) == [token]
    assert "阿強 · 紅帽" in offered
    assert f'<option value="{place["place_id"]}" selected>' in offered, "the place is that of the last visit"
    added = browser.post(path, data=form(add=token))
    assert re.findall(r'name="add" value="([^"]+)"', added.text) == []
    # A colleague, who has met nobody yet, is offered those of the place they choose.
    leader = page_client(app, accounts, "leader")
    assert token not in leader.get(path).text
    assert token in leader.post(path, data=form(place_id=place["place_id"], near="1")).text


def test_a_referral_is_made_with_the_visit_and_its_answer_noted_later(
    browser: FlaskClient, worker: Client, token: str
) -> None:
    row = {"person": token, f"role-{token}": "drug_user"}
    line = {"referral_person": token, "destination": "substance_clinic", "referred_on": "", "taken_up": ""}
    saved = browser.post("/outreach/visits/new", data=form(note="願意求診", child_safety_concern="true", **row, **line))
    path = saved.headers["Location"]
    made = {"person_id": token, "destination": "substance_clinic", "on": "2026-05-20", "taken_up": None}
    visit = path.removeprefix("/outreach")
    assert worker.get(visit).json["referrals"] == [made]
    page = browser.get(path, headers={"Accept-Language": "zh-HK"})
    assert "物質誤用診所" in page.text
    assert "兒童安全關注" in page.text
    answer = {"number": "0", "taken_up": "yes", "version": "1", "idempotency_key": "k1"}
    assert browser.post(f"{path}/referral", data=answer).status_code == 303
    after = worker.get(visit).json
    assert (after["referrals"], after["note"]) == ([{**made, "taken_up": True}], "願意求診")
    assert after["child_safety_concern"] is True
    assert worker.get(f"{visit}/history").json["items"][-1]["reason"] == "new_information"
    # A correction on the page keeps what was referred before, and has room for one more.
    sent = form(version="2", reason="typing_error", minutes="45", note="願意求診", **row)
    lines = {
        "referral_person": [token, token, ""],
        "destination": ["substance_clinic", "housing", ""],
        "referred_on": ["2026-05-21", "", ""],
        "taken_up": ["no", "", ""],
    }
    assert browser.post(f"{path}/correct", data=sent | lines).status_code == 303
    two = [{**made, "on": "2026-05-21", "taken_up": False}, {**made, "destination": "housing"}]
    assert worker.get(visit).json["referrals"] == two
    assert browser.get(f"{path}/correct").text.count('name="destination"') == 3


def test_a_referral_of_somebody_else_is_refused(worker: Client, token: str) -> None:
    made = {"person_id": "person-9", "destination": "moon", "on": "2026-05-19"}
    refused = worker.post("/visits", a_visit(token, referrals=[made]))
    assert refused.status_code == 422
    assert {one["code"] for one in refused.json["fields"]} == {"unknown_code", "not_in_the_list", "day_of_referral"}


def test_what_one_has_just_logged_is_undone_in_place(browser: FlaskClient, worker: Client, token: str) -> None:
    row = {"person": token, f"role-{token}": "drug_user"}
    path = browser.post("/outreach/visits/new", data=form(**row)).headers["Location"]
    page = browser.get(path)
    undo = {name: hidden(page, name) for name in ("idempotency_key", "version", "reason")}
    assert browser.post(f"{path}/void", data=undo).status_code == 303
    assert worker.get(path.removeprefix("/outreach")).json["phase"] == "voided"


def test_a_home_visit_starts_with_those_of_the_case(browser: FlaskClient, worker: Client, others: Others) -> None:
    others.person("person-000")
    others.case()
    sent = form(setting="home_visit", case_id="case-1")
    added = browser.post("/outreach/visits/new", data={**sent, "add_case": "1"})
    assert hidden(added, "person") == "person-000"
    row = {"person": "person-000", "role-person-000": "family_member"}
    assert browser.post("/outreach/visits/new", data={**sent, **row}).status_code == 303
    (visit,) = worker.get("/visits", case_id="case-1").json["items"]
    assert (visit["setting"], visit["participants"][0]["person_id"]) == ("home_visit", "person-000")
    assert "A-1" in browser.get(f"/outreach/visits/{visit['visit_id']}").text


def test_the_same_form_sent_twice_saves_once(browser: FlaskClient, worker: Client, token: str) -> None:
    sent = form(person=token, **{f"role-{token}": "drug_user"})
    answers = [browser.post("/outreach/visits/new", data=sent).headers["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(worker.get("/visits").json["items"]) == 1


def test_a_wrong_form_is_shown_again_with_all_that_was_typed(browser: FlaskClient, worker: Client, token: str) -> None:
    sent = form(person=token, occurred_on="2026-06-20", note="Red cap.", helpers="梅姨", **{f"role-{token}": ""})
    wrong = browser.post("/outreach/visits/new", data=sent, headers={"Accept-Language": "en"})
    assert wrong.status_code == 422
    assert "This date is in the future." in wrong.text
    for kept in ("2026-06-20", "Red cap.", "梅姨", "阿強"):
        assert kept in wrong.text
    assert worker.get("/visits").json["items"] == []


def test_a_planned_visit_is_recorded_corrected_and_voided_on_pages(
    browser: FlaskClient, worker: Client, token: str
) -> None:
    planned = browser.post("/outreach/visits/new?plan=1", data=form(occurred_on="2026-06-08", person=token))
    path = planned.headers["Location"]
    assert worker.get(path.removeprefix("/outreach")).json["phase"] == "planned"
    record = browser.get(f"{path}/record")
    version = hidden(record, "version")
    row = {"person": token, f"role-{token}": "drug_user"}
    assert browser.post(f"{path}/record", data=form(version=version, note="紅帽", **row)).status_code == 303
    correct = browser.get(f"{path}/correct")
    assert "紅帽" in correct.text
    missed = {**row, f"status-{token}": "absent"}
    unreasoned = browser.post(f"{path}/correct", data=form(version="2", note="紅帽", **missed))
    assert unreasoned.status_code == 422
    sent = form(version=hidden(correct, "version"), note="紅帽", reason="attendance_wrong", **missed)
    assert browser.post(f"{path}/correct", data=sent).status_code == 303
    stale = browser.post(f"{path}/void", data={"version": "2", "reason": "duplicate", "idempotency_key": "a"})
    assert stale.status_code == 412
    void = browser.post(f"{path}/void", data={"version": "3", "reason": "duplicate", "idempotency_key": "b"})
    assert void.status_code == 303
    page = browser.get(path, headers={"Accept-Language": "en"})
    for told in ("Planned", "Recorded", "Corrected", "Voided", "Attendance was wrong", "Entered twice"):
        assert told in page.text


def test_two_who_save_one_visit_compare_and_nothing_typed_is_lost(
    browser: FlaskClient, worker: Client, token: str
) -> None:
    other = a_contact(worker, "阿明")
    visit = f"/visits/{worker.post('/visits', a_visit(token, other, note='單車徑')).json['visit_id']}"
    path, people = f"/outreach{visit}/correct", {"person": [token, other]}
    roles = {f"role-{one}": "drug_user" for one in (token, other)}
    missed = {"person_id": other, "role": "drug_user", "status": "absent"}
    theirs = a_visit(token, missed, minutes=60, note="單車徑", reason="attendance_wrong")
    assert worker.put(visit, theirs, version=1).status_code == 200
    mine = form(version="1", reason="other", note="我的", unidentified_count="2", **people, **roles)
    mine["served_by"] = ["account-worker"]
    stale = browser.post(path, data=mine, headers={"Accept-Language": "zh-HK"})
    assert (stale.status_code, hidden(stale, "version")) == (412, "2")
    assert "同事剛更新了這次探訪" in stale.text
    chosen = dict(re.findall(r'name="choose-([^"]+)" value="(\w+)" checked', stale.text))
    assert chosen == {"minutes": "theirs", "unidentified_count": "mine", "note": "mine", other: "theirs"}
    both = {**mine, "version": "2", "conflict": "1", f"status-{other}": "present", "idempotency_key": new_id("key")}
    undecided = browser.post(path, data=both | {"choose-minutes": "theirs"})
    assert (undecided.status_code, 'id="choose-note-error"' in undecided.text) == (422, True)
    decided = both | {f"choose-{key}": choice for key, choice in chosen.items()}
    assert browser.post(path, data=decided).status_code == 303
    after = worker.get(visit).json
    assert [one["status"] for one in after["participants"]] == ["present", "absent"]
    assert (after["minutes"], after["unidentified_count"], after["note"], after["version"]) == (60, 2, "我的", 3)


def test_a_visit_recorded_twice_from_one_plan_becomes_a_correction(
    browser: FlaskClient, worker: Client, token: str
) -> None:
    planned = worker.post("/visits/plan", a_visit(token, occurred_on="2026-05-20")).json["visit_id"]
    assert worker.post(f"/visits/{planned}/record", a_visit(token, minutes=30), version=1).status_code == 200
    row = {"person": token, f"role-{token}": "drug_user"}
    stale = browser.post(f"/outreach/visits/{planned}/record", data=form(version="1", minutes="45", **row))
    assert f'action="/outreach/visits/{planned}/correct"' in stale.text
    assert 'name="choose-minutes"' in stale.text


def test_what_the_form_does_not_show_stays_when_it_is_corrected(
    browser: FlaskClient, worker: Client, others: Others, token: str
) -> None:
    others.contract()
    others.contract("youth-1")
    parts = [{"contract_id": "kachi-2", "minutes": 60}, {"contract_id": "youth-1", "minutes": 30}]
    given = {"person_id": token, "role": "drug_user", "target_groups": ["hidden"]}
    body = a_visit(given, segments=parts, split_approval="BDF/7", late_reason="leave")
    visit_id = worker.post("/visits", body).json["visit_id"]
    sent = form(
        version="1", reason="typing_error", person=token, unidentified_count="3", **{f"role-{token}": "drug_user"}
    )
    assert browser.post(f"/outreach/visits/{visit_id}/correct", data=sent).status_code == 303
    after = worker.get(f"/visits/{visit_id}").json
    assert (after["unidentified_count"], after["segments"], after["split_approval"]) == (3, parts, "BDF/7")
    assert (after["late_reason"], after["participants"][0]["target_groups"]) == ("leave", ["hidden"])


def test_an_assistants_correction_leaves_the_note_they_cannot_read(
    app: Flask, accounts: Accounts, worker: Client, token: str
) -> None:
    visit_id = worker.post("/visits", a_visit(token, note="He looked thin.")).json["visit_id"]
    assistant = page_client(app, accounts, "assistant")
    for page in ("", "/correct"):
        assert "He looked thin." not in assistant.get(f"/outreach/visits/{visit_id}{page}").text
    sent = form(version="1", minutes="45", reason="typing_error", person=token, **{f"role-{token}": "drug_user"})
    assert assistant.post(f"/outreach/visits/{visit_id}/correct", data=sent).status_code == 303
    after = worker.get(f"/visits/{visit_id}").json
    assert (after["minutes"], after["note"]) == (45, "He looked thin.")


def test_a_contact_is_looked_for_without_its_alias_in_the_address(browser: FlaskClient, token: str) -> None:
    found = browser.post("/outreach/contacts", data={"q": "紅帽"})
    assert f"/outreach/contacts/{token}" in found.text
    assert f"/outreach/contacts/{token}" not in browser.post("/outreach/contacts", data={"q": "阿明"}).text
    assert f"/outreach/contacts/{token}" in browser.get("/outreach/contacts").text
    assert 'method="get"' not in found.text


def test_a_contact_is_made_identified_and_that_is_undone_on_pages(
    browser: FlaskClient, worker: Client, others: Others
) -> None:
    others.person("person-1")
    sent = {"alias": "阿強", "target_groups": ["hidden"], "role": "drug_user", "idempotency_key": "k1"}
    made = browser.post("/outreach/contacts/new", data=sent)
    path = made.headers["Location"]
    groups = {"target_group": "low_motivation", "from_date": "2026-05-01", "version": "1", "idempotency_key": "k2"}
    assert browser.post(f"{path}/target-groups", data=groups).status_code == 303
    chosen = {"person_id": "person-1", "version": "2", "idempotency_key": "k3"}
    assert browser.post(f"{path}/identify", data=chosen).status_code == 303
    assert worker.get(path.removeprefix("/outreach")).json["identified_as"] == "person-1"
    again = browser.post(f"{path}/identify", data={**chosen, "version": "3", "idempotency_key": "k4"})
    assert again.status_code == 409
    undone = {"reason": "wrong_person", "version": "3", "idempotency_key": "k5"}
    assert browser.post(f"{path}/unidentify", data=undone).status_code == 303
    assert worker.get(path.removeprefix("/outreach")).json["identified_as"] is None


def test_an_alias_known_already_is_pointed_out_on_the_page_of_the_new_contact(browser: FlaskClient, token: str) -> None:
    made = browser.post("/outreach/contacts/new", data={"alias": "阿強", "idempotency_key": "k"})
    page = browser.get(made.headers["Location"], headers={"Accept-Language": "en"})
    assert "A contact of this team has this alias already." in page.text


def test_places_are_listed_and_added(browser: FlaskClient, worker: Client) -> None:
    sent = {"name": "北河街公園", "district": "sham_shui_po", "idempotency_key": "k"}
    assert browser.post("/outreach/places", data=sent).status_code == 303
    assert "北河街公園" in browser.get("/outreach/places").text
    assert browser.post("/outreach/places", data={"name": "", "idempotency_key": "k2"}).status_code == 422
    assert "北河街公園" in browser.get("/outreach/visits/new").text


def test_a_leader_reads_a_waiting_note_and_destroys_it(
    app: Flask, accounts: Accounts, worker: Client, others: Others, token: str
) -> None:
    others.person("person-1")
    worker.post(f"/contacts/{token}/identify", {"person_id": "person-1"}, version=1)
    visit_id = worker.post("/visits", a_visit(token, a_contact(worker, "阿明"), note="強同明")).json["visit_id"]
    others.publish("case", "PersonErased", "person-1", person_id="person-1", reason="requested")
    leader = page_client(app, accounts, "leader")
    assert "強同明" in leader.get("/outreach/note-reviews").text
    sent = {"decision": "destroyed", "idempotency_key": "k"}
    assert leader.post(f"/outreach/note-reviews/{visit_id}", data=sent).status_code == 303
    assert "強同明" not in leader.get("/outreach/note-reviews").text
    assert worker.get(f"/visits/{visit_id}").json["note"] is None


PAGES = [
    "/outreach/visits",
    "/outreach/visits?phase=planned",
    "/outreach/visits/new",
    "/outreach/visits/new?plan=1",
    "/outreach/contacts",
    "/outreach/contacts/new",
    "/outreach/places",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_both_languages_and_has_nothing_inline(browser: FlaskClient, token: str, path: str) -> None:
    english = browser.get(path, headers={"Accept-Language": "en"}).text
    chinese = browser.get(path, headers={"Accept-Language": "zh-HK"}).text
    for page in (english, chinese):
        assert " style=" not in page
        assert " onclick=" not in page
        assert 'href="/case/cases"' in page, "the shell's own navigation is whole"
    texts = re.findall(r">([^<>{}]*[A-Za-z]{3,}[^<>{}]*)<", re.sub(r"(?s)<head>.*?</head>", "", chinese))
    own = {"Esc", "Worker", "English", "Team", "Funder", "Leader", "Assistant", "Admin", "East", "WhatsApp／訊息"}
    assert [one.strip() for one in texts if not own.intersection(one.split())] == []


def test_pages_are_not_for_funders_and_lead_strangers_to_the_sign_in(app: Flask, accounts: Accounts) -> None:
    assert page_client(app, accounts, "funder").get("/outreach/visits").status_code == 403
    assert app.test_client().get("/outreach/visits").status_code == 303


def test_another_teams_visit_is_refused_as_a_page(
    app: Flask, accounts: Accounts, worker: Client, as_user: Callable[[str], Client], token: str
) -> None:
    visit_id = worker.post("/visits", a_visit(token)).json["visit_id"]
    assert page_client(app, accounts, "worker-east").get(f"/outreach/visits/{visit_id}").status_code == 403
    assert page_client(app, accounts, "foreign-worker").get(f"/outreach/visits/{visit_id}").status_code == 404
