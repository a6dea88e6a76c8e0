"""The page of a case: one timeline of everything, narrowed to a kind, paged, with what happened to each entry."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.auth.accounts import Accounts
from shared.testing.people import TEAM, page_client
from tests.contract.case.conftest import CASE, MOTHER, SON, Client, Others, a_session
from tests.contract.case.test_assessments_api import phq9
from tests.contract.case.test_case_pages import send, session_form

PAGE = f"/case/cases/{CASE}"


def elsewhere(others: Others, source: str, unit_id: str, kind: str, day: str, *people: str, **more: Any) -> None:
    """What groups or outreach publish of an occasion."""
    unit = {"unit_id": unit_id, "kind": kind, "occurred_on": day, "status": "held", "mode": "in_person"}
    unit |= {"setting": "centre", "team_id": "team-west", "participants": [{"person_id": one} for one in people]}
    name = "ServiceUnitCorrected" if more else "ServiceUnitRecorded"
    others.publish(source, name, unit_id, unit=unit, note_subject=unit_id, **more)


@pytest.fixture
def busy(worker: Client, others: Others, family: str) -> str:
    """The Chan family with one entry of every kind; the session was corrected, the meeting corrected and voided."""
    session = worker.post("/sessions", a_session(MOTHER, occurred_on="2026-03-09", note="初談")).json["session_id"]
    right = a_session(MOTHER, SON, occurred_on="2026-03-09", minutes=45, reason="typing_error")
    right["participants"][1] |= {"role": "drug_user", "status": "late"}
    assert worker.put(f"/sessions/{session}", right, version=1).status_code == 200
    elsewhere(others, "groups", "meeting-one", "group_meeting", "2026-03-10", MOTHER)
    elsewhere(others, "groups", "meeting-one", "group_meeting", "2026-03-11", MOTHER, reason="wrong_date")
    others.publish("groups", "ServiceUnitVoided", "meeting-one", unit_id="meeting-one", reason="duplicate")
    elsewhere(others, "outreach", "visit-one", "outreach_visit", "2026-03-12", SON)
    worker.post("/assessments", phq9(assessed_on="2026-03-13", answers=[2] * 8 + [0]))
    worker.post("/assessments", phq9(assessed_on="2026-05-13", phase="post", answers=[1] * 9))
    return session


def kinds(client: Client, **asked: Any) -> list[str]:
    items = client.get(f"/cases/{CASE}/timeline", **asked).json["items"]
    return [one.get("service") or one["entry"] for one in items]


def test_everything_stands_in_one_line_newest_first_and_can_be_narrowed(worker: Client, busy: str) -> None:
    everything = ["task", "assessment", "assessment", "outreach", "groups", "case", "step", "step"]
    assert kinds(worker) == everything
    for kind, expected in {
        "session": ["case"],
        "meeting": ["groups"],
        "visit": ["outreach"],
        "assessment": ["assessment"] * 2,
        "task": ["task"],
        "step": ["step"] * 2,
    }.items():
        assert kinds(worker, kind=kind) == expected
    assert worker.get(f"/cases/{CASE}/timeline", kind="gossip").status_code == 422


def test_assistants_read_neither_assessments_nor_tasks(as_user: Callable[[str], Client], busy: str) -> None:
    assistant = as_user("assistant")
    assert kinds(assistant) == ["outreach", "groups", "case", "step", "step"]
    assert kinds(assistant, kind="assessment") == []


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_join_to_the_whole_also_with_many_entries_on_one_day(worker: Client, busy: str, limit: int) -> None:
    for minutes in range(10, 80, 10):
        worker.post("/sessions", a_session(MOTHER, occurred_on="2026-03-11", minutes=minutes))
    whole = [one["id"] for one in worker.get(f"/cases/{CASE}/timeline", limit=500).json["items"]]
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = worker.get(f"/cases/{CASE}/timeline", limit=limit, **after).json
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert (found, len(whole)) == (whole, 15)


def test_a_corrected_entry_tells_what_changed_by_whom_and_why(browser: FlaskClient, busy: str) -> None:
    page = browser.get(f"{PAGE}?kind=session").text
    for words in ("Corrected", "60 minutes → 45 minutes", "阿明: – → Person who uses drugs · Late", "Typing error"):
        assert words in page, words
    assert f"/case/sessions/{busy}/correct" in page
    assert f"/case/sessions/{busy}/void" in page
    assert "60 minutes → 45 minutes" in browser.get(f"/case/sessions/{busy}").text


def test_a_voided_entry_is_struck_through_with_its_reason(browser: FlaskClient, busy: str) -> None:
    page = browser.get(f"{PAGE}?kind=meeting").text
    assert 'class="struck"' in page
    for words in ("Voided: Entered twice", "Wrong date", "Worker"):
        assert words in page, words


def test_the_timeline_of_the_page_is_narrowed_and_paged_by_links(
    browser: FlaskClient, worker: Client, busy: str
) -> None:
    page = browser.get(f"{PAGE}?kind=visit").text
    assert f'href="{PAGE}?kind=visit" aria-current="page"' in page
    assert ("visit-one" in page, "meeting-one" in page) == (True, False)
    for day in range(1, 31):
        worker.post("/sessions", a_session(MOTHER, occurred_on=f"2026-04-{day:02}"))
    first = browser.get(f"{PAGE}?kind=session").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    assert busy not in first
    assert busy in browser.get(following[1].replace("&amp;", "&")).text


def test_the_family_stands_there_with_its_dated_roles_and_target_groups(browser: FlaskClient, busy: str) -> None:
    page = browser.get(PAGE).text
    for words in ("Mother", "Family member", "Hidden", "1 Mar 2026"):
        assert words in page, words


def test_assessments_are_drawn_over_time_with_the_same_numbers_as_a_table(browser: FlaskClient, busy: str) -> None:
    page = browser.get(f"{PAGE}?view=assessments").text
    chart = page[page.index('<svg class="score-chart"') : page.index("</figure>")]
    for words in ("<title", "<desc", "Moderately severe", ">16<", ">9<", "13 Mar 2026: 16", "13 May 2026: 9"):
        assert words in chart, words
    assert "style=" not in page
    assert chart.count("<tr>") == 3


def test_a_referral_from_a_visit_is_an_entry_of_its_own_while_the_visit_stands(
    browser: FlaskClient, worker: Client, others: Others, family: str
) -> None:
    went = {"person_id": SON, "destination": "residential", "on": "2026-03-14", "taken_up": True}
    stranger = went | {"person_id": "person-stranger"}
    unit = {"unit_id": "visit-two", "kind": "outreach_visit", "occurred_on": "2026-03-12", "status": "held"}
    unit |= {"mode": "in_person", "setting": "outreach", "team_id": TEAM, "participants": [{"person_id": SON}]}
    others.publish("outreach", "ServiceUnitRecorded", "visit-two", unit=unit | {"referrals": [stranger, went]})
    (item,) = worker.get(f"/cases/{CASE}/timeline", kind="referral").json["items"]
    assert (item["on"], item["person_id"], item["taken_up"]) == ("2026-03-14", SON, True)
    assert (item["unit_id"], item["destination"]) == ("visit-two", "residential")
    page = browser.get(f"{PAGE}?kind=referral").text
    for words in ("Residential treatment", "阿明", "taken up", "/outreach/visits/visit-two"):
        assert words in page, words
    others.publish("outreach", "ServiceUnitVoided", "visit-two", unit_id="visit-two", reason="duplicate")
    assert worker.get(f"/cases/{CASE}/timeline", kind="referral").json["items"] == []


def test_a_referral_is_made_with_a_session_and_its_answer_noted_later(
    browser: FlaskClient, worker: Client, family: str
) -> None:
    new = f"/case/sessions/new?case_id={CASE}"
    line = {"referral_person": MOTHER, "destination": "legal", "referred_on": "", "taken_up": ""}
    saved = send(browser, new, new, **session_form(note="願意", **line))
    path = saved.headers["Location"]
    made = {"person_id": MOTHER, "destination": "legal", "on": "2026-03-09", "taken_up": None}
    assert worker.get(path.removeprefix("/case")).json["referrals"] == [made]
    assert send(browser, path, f"{path}/referral", number="0", taken_up="no").status_code == 303
    after = worker.get(path.removeprefix("/case")).json
    assert (after["referrals"], after["note"]) == ([{**made, "taken_up": False}], "願意")
    (item,) = worker.get(f"/cases/{CASE}/timeline", kind="referral").json["items"]
    assert (item["service"], item["destination"], item["taken_up"]) == ("case", "legal", False)
    assert "Referrals: Legal advice · 9 Mar 2026 → Legal advice · 9 Mar 2026 · Not taken up" in browser.get(path).text
    send(browser, f"{path}/void", f"{path}/void", reason="wrong_person")
    assert worker.get(f"/cases/{CASE}/timeline", kind="referral").json["items"] == []


def test_assistants_get_no_chart(app: Flask, accounts: Accounts, busy: str) -> None:
    assert "score-chart" not in page_client(app, accounts, "assistant").get(f"{PAGE}?view=assessments").text


def test_an_open_task_stands_above_the_timeline(browser: FlaskClient, worker: Client, busy: str) -> None:
    (item,) = worker.get("/tasks").json["items"]
    page = browser.get(PAGE).text
    assert page.index(f"/case/tasks/{item['task_id']}") < page.index('id="timeline"')
