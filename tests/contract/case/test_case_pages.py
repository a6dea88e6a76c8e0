"""The pages of the case service, as a browser without JavaScript uses them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.auth.accounts import Accounts
from shared.testing.clock import FixedClock
from shared.testing.people import page_client
from tests.contract.case.conftest import CASE, MOTHER, SON, Client, Others, a_session, add_person


def hidden(page: str, form: str) -> dict[str, str]:
    """The key and the version that a form on the page carries."""
    start = page.index(f'method="post" action="{form}"')
    inside = page[start : page.index("</form>", start)]
    return dict(re.findall(r'type="hidden" name="(idempotency_key|version)" value="([^"]*)"', inside))


def send(browser: FlaskClient, page: str, action: str, **fields: Any) -> TestResponse:
    """Fill in a form of the page and send it."""
    shown = browser.get(page)
    assert shown.status_code == 200
    return browser.post(action, data={**hidden(shown.text, action.replace("&", "&amp;")), **fields})


def test_a_person_is_searched_first_and_registered_after_duplicates_were_shown(
    browser: FlaskClient, worker: Client
) -> None:
    add_person(worker, "person-a", name_en="Chan Tai Man")
    assert "Chan Tai Man" in browser.post("/case/people", data={"q": "taiman"}).text
    assert "Nobody was found" in browser.post("/case/people", data={"q": "wong"}).text
    form = {"name_en": "chan tai-man", "from_date": "2026-05-01", "role": ["family_member"]}
    warned = send(browser, "/case/people/new", "/case/people/new", **form)
    assert warned.status_code == 200
    assert "registered already" in warned.text
    assert 'value="chan tai-man"' in warned.text
    assert len(worker.get("/people").json["items"]) == 1
    again = {**hidden(warned.text, "/case/people/new"), **form, "confirmed": "1"}
    saved = browser.post("/case/people/new", data=again)
    assert saved.status_code == 303
    page = browser.get(saved.location).text
    assert "chan tai-man" in page
    assert "Family member" in page
    assert browser.post("/case/people/new", data=again).location == saved.location


def test_a_wrong_form_comes_back_as_it_was_typed_with_the_error(browser: FlaskClient) -> None:
    sent = send(browser, "/case/people/new", "/case/people/new", phone="61234567", birth_year="1820")
    assert sent.status_code == 422
    assert "Give a name, or an alias" in sent.text
    assert 'value="61234567"' in sent.text


def test_a_person_page_corrects_details_and_dates_roles(browser: FlaskClient, worker: Client) -> None:
    add_person(worker, "person-a", alias="阿B", note="晚上")
    page = "/case/people/person-a"
    assert send(browser, f"{page}/edit", f"{page}/edit", alias="阿C", note="晚上").location == page
    assert send(browser, page, f"{page}/roles", role="drug_user", from_date="2026-03-01").location == page
    wrong = send(browser, page, f"{page}/roles/end", role="drug_user", to_date="2026-02-01")
    assert (wrong.status_code, "The end is before the start" in wrong.text) == (422, True)
    assert send(browser, page, f"{page}/roles/end", role="drug_user", to_date="2026-04-01").location == page
    read = worker.get("/people/person-a").json
    assert (read["alias"], read["note"], read["roles"][0]["to_date"]) == ("阿C", "晚上", "2026-04-01")


def test_a_leader_merges_undoes_and_erases_on_the_pages(app: Flask, accounts: Accounts, worker: Client) -> None:
    add_person(worker, "person-a", alias="阿B")
    add_person(worker, "person-b", alias="阿B仔")
    leader = page_client(app, accounts, "leader")
    merge = "/case/people/person-a/merge"
    shown = send(leader, merge, merge, q="阿B", find="1").text
    assert 'value="person-b 1"' in shown
    done = leader.post(merge, data={**hidden(shown, merge), "into": "person-b 1", "reason": "duplicate"})
    assert done.location == "/case/people/person-b"
    page = "/case/people/person-a"
    assert send(leader, page, f"{page}/unmerge", reason="wrong_person").location == page
    assert send(leader, f"{page}/erase", f"{page}/erase", reason="requested").location == page
    erased = leader.get(page).text
    assert "阿B" not in erased
    assert "data was erased" in erased
    assert "Leader" in leader.get("/case/people/person-b/looks").text
    assert page_client(app, accounts, "worker").get(merge).status_code == 403


def test_a_case_is_opened_for_people_found_by_a_search(browser: FlaskClient, worker: Client) -> None:
    add_person(worker, "person-a", alias="媽媽")
    add_person(worker, "person-b", alias="兒子")
    new = "/case/cases/new"
    found = send(browser, f"{new}?person=person-a", new, person="person-a", q="兒子", find="1")
    assert 'name="add" value="person-b"' in found.text
    added = browser.post(new, data={**hidden(found.text, new), "person": "person-a", "add": "person-b"})
    assert "relationship-person-b" in added.text
    form = {
        "person": ["person-a", "person-b"],
        "relationship-person-a": "mother",
        "relationship-person-b": "son",
        "kind": "family",
        "stage": "enquiry",
        "on": "2026-03-02",
        "contract_id": "regular",
        "worker_id": "account-worker",
    }
    saved = browser.post(new, data={**hidden(added.text, new), **form})
    assert saved.status_code == 303
    page = saved.location
    assert "媽媽" in browser.get(page).text
    assert "C00001" in browser.get("/case/cases").text
    assert send(browser, page, f"{page}/intake", on="2026-03-03").location == page
    assert send(browser, page, f"{page}/open", on="2026-03-04").location == page
    refused = send(browser, page, f"{page}/close", on="2026-03-01")
    assert (refused.status_code, "present stage" in refused.text) == (422, True)
    assert send(browser, page, f"{page}/close", on="2026-05-01", reason="goals_met").location == page
    text = browser.get(page).text
    assert "Goals met" in text
    assert text.index("Closed") < text.index("Enquiry")


def test_members_are_added_and_leave_on_the_page_of_the_case(browser: FlaskClient, worker: Client, family: str) -> None:
    add_person(worker, "person-aunt", alias="阿姨")
    page = f"/case/cases/{CASE}"
    found = send(browser, page, f"{page}/members", q="阿姨", find="1")
    sent = {**hidden(found.text, f"{page}/members"), "person_id": "person-aunt", "relationship": "relative"}
    assert browser.post(f"{page}/members", data={**sent, "from_date": "2026-03-05"}).location == page
    left = send(browser, page, f"{page}/members/leave", person_id="person-aunt", to_date="2026-04-01")
    assert left.location == page
    assert worker.get(f"/cases/{CASE}").json["members"][2]["to_date"] == "2026-04-01"


def session_form(**more: Any) -> dict[str, Any]:
    form = {
        "person": [MOTHER, SON],
        f"member-{MOTHER}": "1",
        f"member-{SON}": "1",
        f"role-{MOTHER}": "family_member",
        f"role-{SON}": "drug_user",
        f"there-{MOTHER}": "1",
        f"status-{MOTHER}": "present",
        "kind": "case_session",
        "occurred_on": "2026-03-09",
        "minutes": "60",
        "status": "held",
        "mode": "phone",
        "setting": "other",
        "contract_id": "kachi-2",
        "served_by": ["account-worker"],
    }
    return form | more


def test_a_session_is_logged_from_the_caseload_with_the_members_already_there(
    browser: FlaskClient, worker: Client, family: str
) -> None:
    choose, new = "/case/sessions/new", f"/case/sessions/new?case_id={CASE}"
    assert new in browser.get(choose).text
    number = worker.get(f"/cases/{CASE}").json["case_number"]
    assert new in browser.post(choose, data={"q": number}).text
    assert new not in browser.post(choose, data={"q": "C-NONE"}).text
    shown = browser.get(new).text
    assert "陳美玲" in shown
    assert "kachi-2" in shown
    saved = send(browser, new, new, **session_form(note="談及兒子"))
    assert saved.status_code == 303
    page = browser.get(saved.location).text
    assert "談及兒子" in page
    assert "阿明" not in page
    (item,) = worker.get("/sessions").json["items"]
    assert [one["person_id"] for one in item["participants"]] == [MOTHER]
    assert item["segments"] == [{"contract_id": "kachi-2", "minutes": 60}]
    assert saved.location in browser.get(f"/case/cases/{CASE}").text
    following = browser.get(new).text
    assert re.search(r'name="mode" value="phone" checked', following)


def test_a_companion_is_added_by_a_search(browser: FlaskClient, worker: Client, family: str) -> None:
    add_person(worker, "person-friend", alias="鄰居")
    new = f"/case/sessions/new?case_id={CASE}"
    found = send(browser, new, new, **session_form(q="鄰居", find="1", minutes="35"))
    assert 'name="add" value="person-friend"' in found.text
    assert 'value="35"' in found.text
    added = browser.post(new, data={**hidden(found.text, new), **session_form(add="person-friend")})
    assert "role-person-friend" in added.text
    people = {"person": [MOTHER, SON, "person-friend"], "role-person-friend": "companion", "there-person-friend": "1"}
    saved = browser.post(new, data={**hidden(added.text, new), **session_form(**people)})
    assert saved.status_code == 303
    roles = [one["role"] for one in worker.get("/sessions").json["items"][0]["participants"]]
    assert roles == ["family_member", "companion"]


def test_a_wrong_session_comes_back_as_it_was_typed(browser: FlaskClient, family: str) -> None:
    new = f"/case/sessions/new?case_id={CASE}"
    sent = send(browser, new, new, **session_form(minutes="-5", note="不可丟失"))
    assert sent.status_code == 422
    assert "Minutes cannot be below zero" in sent.text
    assert "不可丟失" in sent.text


NEW = f"/case/sessions/new?case_id={CASE}"


@pytest.mark.parametrize(
    ("starts_at", "doubt"), [("10:30", "overlaps in time"), ("", "A session of the same case on this day")]
)
def test_what_is_doubtful_is_asked_before_it_is_saved_and_saved_all_the_same_if_asked(
    browser: FlaskClient, worker: Client, family: str, starts_at: str, doubt: str
) -> None:
    first = worker.post("/sessions", a_session(MOTHER, starts_at="10:00")).json["session_id"]
    form = session_form(starts_at=starts_at, note="不可丟失")
    asked = send(browser, NEW, NEW, **form)
    assert (asked.status_code, doubt in asked.text, "不可丟失" in asked.text) == (200, True, True)
    assert f'href="/case/sessions/{first}"' in asked.text
    assert len(worker.get("/sessions").json["items"]) == 1
    again = {**hidden(asked.text, NEW), **form, "confirmed": "1"}
    saved = browser.post(NEW, data=again)
    assert saved.status_code == 303
    assert doubt not in browser.get(saved.location).text
    assert browser.post(NEW, data=again).location == saved.location  # Sent twice, saved once.
    assert len(worker.get("/sessions").json["items"]) == 2


def test_a_quick_log_is_filled_in_from_the_last_session_of_the_worker(
    browser: FlaskClient, worker: Client, family: str
) -> None:
    last = {"mode": "phone", "setting": "other", "minutes": 45, "activity": "follow_up"}
    worker.post("/sessions", a_session(MOTHER, occurred_on="2026-05-20", **last))
    worker.post("/sessions", a_session(SON, occurred_on="2026-05-25", served_by=["account-assistant"], minutes=90))
    worker.post("/sessions/plan", a_session(SON, occurred_on="2026-06-20", mode="online"))
    page = browser.get(NEW).text
    chosen = set(re.findall(r'name="([\w-]+)" value="([\w-]+)" checked', page))
    assert chosen >= {("mode", "phone"), ("setting", "other"), ("minutes", "45"), ("day", "2026-06-01")}
    assert (f"there-{MOTHER}", "1") in chosen
    assert (f"there-{SON}", "1") not in chosen
    assert re.search(r'value="follow_up" selected', page)
    assert "A session is planned for" not in page  # It is weeks away.


def test_the_day_and_the_length_are_chosen_or_typed_and_messages_have_no_length(
    browser: FlaskClient, worker: Client, family: str
) -> None:
    yesterday = session_form(day="2026-05-31", minutes="other", minutes_other="75")
    assert send(browser, NEW, NEW, **yesterday).status_code == 303
    messages = session_form(day="other", occurred_on="2026-05-12", minutes="45", mode="messaging")
    assert send(browser, NEW, NEW, **messages).status_code == 303
    newest, older = worker.get("/sessions").json["items"]
    assert (newest["occurred_on"], newest["minutes"]) == ("2026-05-31", 75)
    assert (older["occurred_on"], older["minutes"]) == ("2026-05-12", None)
    assert re.search(r'name="minutes" value="other" checked', browser.get(NEW).text)  # As in the last one: 75.


def test_a_running_contract_is_one_tap_away_and_any_other_in_a_list(
    browser: FlaskClient, worker: Client, family: str, others: Others
) -> None:
    others.contract("ended", first="2020-01-01", last="2020-12-31")
    page = browser.get(NEW).text
    assert re.findall(r'name="contract" value="([\w-]+)"', page) == ["kachi-2", "other", "regular", "other"]
    assert '<option value="ended">' in page
    assert send(browser, NEW, NEW, **session_form(contract="regular")).status_code == 303
    listed = session_form(contract="other", contract_id="ended", occurred_on="2026-03-10")
    assert send(browser, NEW, NEW, **listed).status_code == 303
    newest, older = worker.get("/sessions").json["items"]
    assert [one["contract_id"] for one in newest["segments"]] == ["ended"]
    assert older["segments"] == []


def test_the_next_appointment_is_planned_with_the_session_and_recorded_from_there(
    browser: FlaskClient, worker: Client, family: str
) -> None:
    appointment = {"next_appointment.on": "2026-06-01", "next_appointment.starts_at": "14:30"}
    follow_up = {"follow_up.on": "2026-06-05", "follow_up.reason": "call"}
    half = send(browser, NEW, NEW, **session_form(**{"follow_up.on": "2026-06-05"}))
    assert (half.status_code, 'href="#follow_up.reason"' in half.text) == (422, True)
    early = send(browser, NEW, NEW, **session_form(**{"next_appointment.on": "2026-01-01"}))
    assert (early.status_code, 'href="#next_appointment.on"' in early.text) == (422, True)
    saved = send(browser, NEW, NEW, **session_form(**appointment, **follow_up, note="談及兒子"))
    page = browser.get(saved.location).text
    assert "Call back" in page
    planned, held = worker.get("/sessions").json["items"]
    assert held["follow_up"] == {"on": "2026-06-05", "reason": "call"}
    assert (planned["phase"], planned["occurred_on"], planned["has_note"]) == ("planned", "2026-06-01", False)
    assert (planned["participants"], planned["follow_up"]) == (held["participants"], None)
    record = f"/case/sessions/{planned['session_id']}/record"
    assert record in browser.get(NEW).text  # A session is planned for today: log that one.
    form = session_form(day="2026-06-01", starts_at="14:30")
    assert send(browser, record, record, **form).location == f"/case/sessions/{planned['session_id']}"


def test_an_own_entry_of_today_is_undone_in_one_tap(
    app: Flask, accounts: Accounts, browser: FlaskClient, worker: Client, family: str, clock: FixedClock
) -> None:
    after = {"next_appointment.on": "2026-06-01", "follow_up.on": "2026-06-01", "follow_up.reason": "call"}
    saved = send(browser, NEW, NEW, **session_form(**after)).location
    void = f"{saved}/void"
    today = worker.post("/today").json
    assert (len(today["planned"]), len(today["needs"])) == (1, 1)
    undo = hidden(browser.get(saved).text, void)
    assert undo["version"] == "1"
    assert void not in re.findall(r'action="([^"]*)"', page_client(app, accounts, "leader").get(saved).text)
    clock.moment += timedelta(days=1)
    assert void not in re.findall(r'action="([^"]*)"', browser.get(saved).text)
    clock.moment -= timedelta(days=1)
    assert browser.post(void, data={**undo, "reason": "typing_error", "undo": "1"}).location == saved
    today = worker.post("/today").json
    assert (today["planned"], today["needs"]) == ([], [])
    page = browser.get(saved).text
    assert "voided and counts no more" in page
    assert f'href="{NEW}"' in page


def test_a_session_is_planned_recorded_corrected_and_voided_on_its_pages(
    browser: FlaskClient, worker: Client, family: str
) -> None:
    new = f"/case/sessions/new?plan=1&case_id={CASE}"
    planned = send(browser, new, new, **session_form(occurred_on="2026-06-20")).location
    assert send(browser, f"{planned}/record", f"{planned}/record", **session_form()).location == planned
    path = f"{planned}/correct"
    without = send(browser, path, path, **session_form(minutes="75"))
    assert (without.status_code, 'name="reason"' in without.text) == (422, True)
    assert send(browser, path, path, **session_form(minutes="75", reason="typing_error")).location == planned
    page = browser.get(planned).text
    assert "75 minutes" in page
    assert "Typing error" in page
    stale = {**hidden(browser.get(path).text, path), "version": "1"}
    refused = browser.post(path, data={**stale, **session_form(minutes="80", reason="typing_error")})
    assert (refused.status_code, "Somebody else" in refused.text, 'value="80"' in refused.text) == (412, True, True)
    assert send(browser, f"{planned}/void", f"{planned}/void", reason="duplicate").location == planned
    assert "voided and counts no more" in browser.get(planned).text


def test_phq9_is_answered_on_its_page_and_a_risk_stands_out(browser: FlaskClient, worker: Client, family: str) -> None:
    assert "PHQ-9" in browser.get(f"/case/assessments/new?person_id={MOTHER}").text
    new = f"/case/assessments/new?person_id={MOTHER}&instrument=phq9"
    answers = {f"answers.{index}": "1" for index in range(9)}
    form = {"phase": "pre", "assessed_on": "2026-03-10", "contract_id": "kachi-2", "language": "zh-Hant"}
    missing = send(browser, new, new, **form, **{**answers, "answers.8": ""})
    assert (missing.status_code, "exactly 9 answers" in missing.text) == (422, True)
    saved = send(browser, new, new, **form, **answers)
    page = browser.get(saved.location).text
    assert "risk of self-harm" in page
    assert "Risk: follow up today" in browser.get(f"/case/people/{MOTHER}").text
    path = f"{saved.location}/correct"
    better = {**answers, "answers.8": "0", "reason": "typing_error"}
    assert send(browser, path, path, **form, **better).location == saved.location
    assert "risk of self-harm" not in browser.get(saved.location).text
    voided = send(browser, f"{saved.location}/void", f"{saved.location}/void", reason="wrong_person")
    assert voided.location == saved.location


def test_pages_speak_chinese(app: Flask, accounts: Accounts, family: str) -> None:
    browser = page_client(app, accounts, "worker", accept_language="zh-HK,zh;q=0.9,en;q=0.8")
    for path, text in (
        ("/case/cases", "我負責的個案"),
        (f"/case/cases/{CASE}", "記錄面談"),
        (f"/case/sessions/new?case_id={CASE}", "出席"),
        ("/case/people", "服務使用者"),
        (f"/case/people/{MOTHER}", "吸毒人士家人"),
    ):
        assert text in browser.get(path).text


@pytest.mark.parametrize("path", ["/case/people", "/case/cases", "/case/sessions/new", f"/case/people/{MOTHER}"])
def test_pages_ask_for_a_sign_in_and_turn_funders_away(app: Flask, accounts: Accounts, family: str, path: str) -> None:
    assert app.test_client().get(path).location.startswith("/sign-in?next=")
    assert page_client(app, accounts, "funder").get(path).status_code == 403


def test_no_name_stands_in_an_address(browser: FlaskClient, family: str) -> None:
    paths = ("/case/people", f"/case/people/{MOTHER}", "/case/cases", f"/case/cases/{CASE}", "/case/sessions/new")
    shown = [browser.get(path).text for path in paths] + [browser.post("/case/people", data={"q": "陳"}).text]
    for page in shown:
        assert "陳美玲" in page
        addresses = re.findall(r'(?:href|action)="([^"]*)"', page)
        assert not [one for one in addresses if "陳美玲" in one or "%E9%99%B3" in one]


def test_one_support_session_serves_several_families_with_its_profession(
    browser: FlaskClient, worker: Client, family: str
) -> None:
    for name, number in (("person-lee", "C-LEE"), ("person-ho", "C-HO")):
        add_person(worker, name, alias=name[7:])
        members = [{"person_id": name, "relationship": "mother"}]
        body = {"id": f"case-{name[7:]}", "case_number": number, "kind": "family", "stage": "open", "on": "2026-03-02"}
        assert worker.post("/cases", {**body, "members": members}).status_code == 201
    new = f"/case/sessions/new?case_id={family}"
    form: dict[str, Any] = {"occurred_on": "2026-03-09", "minutes": "90", "kind": "case_session", "status": "held"}
    form |= {"person": [MOTHER], f"role-{MOTHER}": "family_member", f"member-{MOTHER}": "1", "contract_id": "regular"}
    form |= {f"there-{MOTHER}": "1"}
    found = send(browser, new, new, **form, case_q="c-lee", find="1")
    assert 'name="add_case" value="case-lee"' in found.text
    assert "No case was found" in send(browser, new, new, **form, case_q="nothing", find="1").text
    added = send(browser, new, new, **form, add_case="case-lee").text
    assert 'name="case" value="case-lee"' in added
    assert 'name="person" value="person-lee"' in added
    assert 'value="support_session" checked' in added
    both = {**form, "case": ["case-lee", "case-ho"], "person": [MOTHER, "person-lee", "person-ho"]}
    fewer = send(browser, new, new, **both, remove_case="case-ho").text
    assert ("case-ho" in fewer, "person-ho" in fewer, "person-lee" in fewer) == (False, False, True)
    form |= {"case": "case-lee", "person": [MOTHER, "person-lee"], "role-person-lee": "family_member"}
    form |= {"there-person-lee": "1"}
    one_only = send(browser, new, new, **form)
    assert (one_only.status_code, "A case session belongs to one case" in one_only.text) == (422, True)
    form |= {"kind": "support_session", "mode": "in_person", "setting": "centre"}
    no_profession = send(browser, new, new, **form)
    assert (no_profession.status_code, 'href="#activity"' in no_profession.text) == (422, True)
    saved = send(browser, new, new, **form, activity="nursing")
    assert saved.status_code == 303, saved.text
    session = worker.get(f"/sessions/{saved.location.rpartition('/')[2]}").json
    assert (session["case_ids"], session["activity"]) == ([family, "case-lee"], "nursing")
    assert "C-LEE" in browser.get(saved.location).text
    correct = f"{saved.location}/correct"
    shown = browser.get(correct).text
    assert 'name="case" value="case-lee"' in shown
    form |= {"case": [], "person": [MOTHER], "activity": "nursing", "reason": "wrong_person"}
    assert send(browser, correct, correct, **form).status_code == 303
    alone = worker.get(f"/sessions/{session['session_id']}").json
    assert (alone["case_id"], alone["case_ids"]) == (family, [])
