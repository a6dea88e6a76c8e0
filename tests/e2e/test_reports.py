"""A half-year is reported, a session in it corrected, another one entered late; the next report says so."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.api_client import unique
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor
from tests.e2e.desk import Desk
from tests.e2e.serving import Served
from tests.e2e.story import choose_contract

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

FIRST, SECOND = "2025-06-30", "2025-12-31"


@dataclass(frozen=True, slots=True)
class Words:
    """What both of them read."""

    size: Size
    language: Language
    waits: str
    same: str
    corrected: str


READERS = {
    "phone in Chinese": Words(PHONE, CHINESE, "待主管確認", "所有數字相同", "出席紀錄有誤"),
    "desktop in English": Words(
        DESKTOP, ENGLISH, "Waits for the leader", "every figure is the same", "Attendance was wrong"
    ),
}


def lock_and_submit(page: Page, period: str) -> None:
    page.goto(period)
    for step in ("lock", "submit"):
        page.locator(f"form[action$='/{step}'] .btn-primary").click()
    expect(page.locator("section[aria-labelledby=reports]")).to_be_visible()


def correct(page: Page, session_id: str) -> None:
    """Correct a session of the report, and read first what that does to it."""
    page.goto(f"/case/sessions/{session_id}/correct")
    page.locator("details:has(.person) > summary").click()
    page.locator(".person .chip", has=page.locator("[value=absent]")).first.click()
    page.locator("#reason").select_option("attendance_wrong")
    page.locator(".actions .btn-primary").click()
    expect(page.locator(".error-summary .effects")).to_contain_text("2 → 1")
    page.locator(".actions .btn-primary").click()
    page.wait_for_url(re.compile(rf"/case/sessions/{session_id}$"))


def enter_late(page: Page, case_id: str, contract: str, day: str) -> None:
    """Log a session of a period that is locked: it is said first, saved at once, and waits for the leader."""
    page.goto(f"/case/sessions/new?case_id={case_id}")
    page.locator("#day .chip", has=page.locator("[value=other]")).click()
    page.locator("#occurred_on").fill(day)
    page.locator("#minutes .chip", has=page.locator("[value='45']")).click()
    choose_contract(page, contract)
    page.locator(".actions .btn-primary").click()
    expect(page.locator(".error-summary .effects")).to_contain_text("1 → 2")
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/case/sessions/session-*")


@pytest.mark.parametrize("name", READERS)
def test_a_half_year_is_reported_and_what_comes_later_is_told_not_hidden(
    name: str, visit: Callable[..., Visitor], served: Served
) -> None:
    words, contract = READERS[name], unique("clear-sky-")
    base = f"/reporting/contracts/{contract}/periods"
    desk = Desk(served)
    desk.contract(contract, "2025-01-01")
    family = desk.family()
    session_id, _ = [desk.session(contract, family, day) for day in ("2025-03-03", "2025-03-10")]
    leader, worker = visit(words.size), visit(words.size)
    leader.sign_in("leader1", words.language)
    worker.sign_in("worker1", words.language)
    desk.tell(leader)
    lock_and_submit(leader.page, f"{base}/{FIRST}")

    correct(worker.page, session_id)
    enter_late(worker.page, family[1], contract, "2025-06-20")
    assert worker.figures(contract)["output-1/sessions"] == 2
    worker.page.goto(f"{base}/{FIRST}")
    waiting = worker.page.locator("section[aria-labelledby=late] tbody td:last-child")
    expect(waiting).to_have_text([words.waits] * 2)

    # The next report cannot be sent before the leader has said why they are late; then both stand in it.
    page = leader.page
    page.goto(f"{base}/{SECOND}")
    page.locator("form[action$='/lock'] .btn-primary").click()
    page.locator(f".notice a[href='{base}/{FIRST}']").click()
    expect(page.locator(".late-entry")).to_have_count(2)
    page.locator("#reason .chip", has=page.locator("[value=outside_office]")).click()
    page.locator("form[action$='/late'] .btn-primary").click()
    expect(page.locator(".late-entry")).to_have_count(0)
    worker.page.reload()
    expect(waiting.filter(has_text=words.waits)).to_have_count(0)
    page.goto(f"{base}/{SECOND}")
    page.locator("form[action$='/submit'] .btn-primary").click()
    page.goto(f"{base}/{SECOND}/reports/1")
    expect(page.locator("section[aria-labelledby=late-entries] tbody tr")).to_have_count(2)

    # The first report stays as it was sent, and the way from it to the second one is told step by step.
    page.goto(f"{base}/{FIRST}/reports/1?verify=1")
    expect(page.locator(".notice")).to_contain_text(words.same)
    page.goto(f"{base}/{FIRST}/reports/1/restatement?to={SECOND}/1")
    steps = page.locator("section[aria-labelledby=f-1] tbody tr")
    expect(steps).to_have_count(2)
    expect(steps.first).to_contain_text(words.corrected)
