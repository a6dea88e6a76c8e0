"""A half-year is reported, a session in it corrected, another one entered late; the next report says so."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from deploy.demo.staff import PASSWORD
from tests.api_client import unique
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Visitor
from tests.e2e.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

FIRST, SECOND = "2025-06-30", "2025-12-31"


def document(name: str) -> str:
    return f"""
contract: {name}
title: {{zh-Hant: 家晴計劃, en: Clear Sky}}
period: {{from: 2025-01-01, to: 2026-12-31}}
outputs:
  - id: output-1
    title: {{zh-Hant: 個案跟進, en: Case follow-up}}
    where: {{kind: [case_session], role: [family_member]}}
    measures:
      - {{id: persons, measure: headcount, target: 3}}
      - {{id: sessions, measure: sessions, target: 40}}
"""


class Desk:
    """A worker who logs sessions of a case over the API."""

    def __init__(self, served: Served, contract: str) -> None:
        self.url, self.contract = served.url, contract
        body = {"username": "worker1", "password": PASSWORD}
        token = requests.post(f"{self.url}/api/v1/sessions", json=body, timeout=30).json()["token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {**self._headers, "Idempotency-Key": unique("reports-e2e-")}
        answered = requests.post(f"{self.url}{path}", json=body, headers=headers, timeout=30)
        assert answered.status_code == 201, answered.text
        return dict(answered.json())

    def family(self) -> tuple[str, str]:
        """A new person and her case."""
        person = self.post("/case/api/v1/people", {"alias": "晴", "team_id": "team-families"})["person_id"]
        member = {"person_id": person, "relationship": "mother", "from_date": "2025-01-02"}
        case = {"kind": "family", "stage": "open", "on": "2025-01-02", "members": [member]}
        case_id = self.post("/case/api/v1/cases", {"team_id": "team-families", **case})["case_id"]
        return person, case_id

    def session(self, person: str, case_id: str, day: str) -> str:
        body = {
            "kind": "case_session",
            "case_id": case_id,
            "contract_id": self.contract,
            "occurred_on": day,
            "minutes": 45,
            "mode": "in_person",
            "setting": "centre",
            "activity": "follow_up",
            "participants": [{"person_id": person, "role": "family_member", "status": "present"}],
        }
        return str(self.post("/case/api/v1/sessions", body)["session_id"])


def register(page: Page, name: str) -> None:
    page.goto("/reporting/contracts/new")
    page.locator("details:has(#yaml) > summary").click()
    page.locator("#yaml").fill(document(name))
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**/reporting/contracts/{name}")


def lock_and_submit(page: Page, base: str, last_day: str, *words: str) -> None:
    lock, submit = words
    page.goto(f"{base}/{last_day}")
    page.get_by_role("button", name=lock, exact=True).click()
    page.get_by_role("button", name=submit).click()
    expect(page.locator("section[aria-labelledby=reports]")).to_be_visible()


def test_a_half_year_is_reported_and_what_comes_later_is_told_not_hidden(
    visit: Callable[..., Visitor], served: Served
) -> None:
    name = unique("clear-sky-")
    base = f"/reporting/contracts/{name}/periods"
    leader, worker = visit(DESKTOP), visit(PHONE)
    leader.sign_in("leader1", ENGLISH)
    register(leader.page, name)
    desk = Desk(served, name)
    person, case_id = desk.family()
    session_id = desk.session(person, case_id, "2025-03-03")
    desk.session(person, case_id, "2025-03-10")
    lock_and_submit(leader.page, base, FIRST, "Lock", "Submit the report")

    # A worker corrects one of the two, and reads first what that does to the report.
    worker.sign_in("worker1", CHINESE)
    page = worker.page
    page.goto(f"/case/sessions/{session_id}/correct")
    page.locator("summary", has_text="出席").click()
    page.locator(".person .chip", has=page.locator("[value=absent]")).first.click()
    page.locator("#reason").select_option("attendance_wrong")
    page.locator(".actions .btn-primary").click()
    asked = page.locator(".error-summary .effects")
    expect(asked).to_contain_text("家晴計劃")
    expect(asked).to_contain_text("2 → 1")
    page.locator(".actions .btn-primary").click()
    page.wait_for_url(re.compile(rf"/case/sessions/{session_id}$"))

    # A session of June is entered late: it is saved at once, and waits for the leader.
    desk.session(person, case_id, "2025-06-20")
    page = leader.page
    page.goto(f"{base}/{SECOND}")
    page.get_by_role("button", name="Lock", exact=True).click()
    page.locator(".notice", has_text="late entries wait").get_by_role("link").click()
    expect(page.locator(".late-entry")).to_have_count(2)
    page.locator("#reason .chip", has=page.locator("[value=outside_office]")).click()
    page.get_by_role("button", name="Confirm late entries").click()
    page.goto(f"{base}/{SECOND}")
    page.get_by_role("button", name="Submit the report").click()
    page.goto(f"{base}/{SECOND}/reports/1")
    expect(page.locator("section[aria-labelledby=late-entries] tbody tr")).to_have_count(2)

    # The first report stays as it was sent, and the way from it to the second one is told step by step.
    page.goto(f"{base}/{FIRST}/reports/1?verify=1")
    expect(page.locator(".notice")).to_contain_text("every figure is the same")
    page.goto(f"{base}/{FIRST}/reports/1/restatement?to={SECOND}/1")
    steps = page.locator("section[aria-labelledby=f-1] tbody tr")
    expect(steps).to_have_count(2)
    expect(steps.first).to_contain_text("Attendance was wrong")
