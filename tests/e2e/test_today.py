"""From Today an ordinary follow-up is logged in a few taps, doubts are asked about first, and undoing is one tap."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from shared.clock import HONG_KONG
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

MOST_TAPS = 5
SESSION = re.compile(r"/case/sessions/session-[0-9a-f-]+$")


@dataclass(frozen=True, slots=True)
class Words:
    """What this person reads."""

    size: Size
    language: Language
    worker: str
    case: str
    phone: str
    minutes: str
    doubt: str
    follow_up: str
    voided: str


PEOPLE = {
    "phone in Chinese": Words(PHONE, CHINESE, "worker1", "RF-009", "電話", "30 分鐘", "請核對", "致電跟進", "已作廢"),
    "desktop in English": Words(
        DESKTOP, ENGLISH, "worker4", "RF-008", "Phone", "30 minutes", "Please check", "Call back", "voided"
    ),
}


class Hand:
    """Taps, and counts the taps."""

    def __init__(self) -> None:
        self.taps = 0

    def __call__(self, target: Locator) -> None:
        self.taps += 1
        target.click()


@pytest.mark.parametrize("name", PEOPLE)
def test_a_follow_up_is_logged_from_today_in_a_few_taps(name: str, visit: Callable[..., Visitor]) -> None:
    words, tap = PEOPLE[name], Hand()
    visitor = visit(words.size)
    page = visitor.page
    visitor.sign_in(words.worker, words.language)  # Signing in leads to Today.
    of_case = page.locator(f"#caseload ~ ul > li:has-text('{words.case}')")
    ahead = page.locator("section[aria-labelledby=next] li").filter(has_text=words.case)
    planned = ahead.count()
    tap(of_case.locator("a[href*='/case/sessions/new']"))
    save = page.locator(".actions .btn-primary")
    expect(save).to_be_in_viewport()  # Always within reach,
    expect(page.locator("#participants :checked")).to_have_count(1)  # and nothing to fill in:
    tap(
        page.locator("#minutes").get_by_role("radio", name="30", exact=True)
    )  # what differs from the last time is changed.
    tap(page.locator("#mode").get_by_role("radio", name=words.phone, exact=True))
    tap(save)
    page.wait_for_url(SESSION)
    assert tap.taps <= MOST_TAPS
    expect(page.locator("main")).to_contain_text(words.minutes)

    # The same once more is asked about first, and can be saved all the same; messages have no length.
    page.goto("/")
    of_case.locator("a[href*='/case/sessions/new']").click()
    expect(page.locator("#mode input:checked")).to_have_value("phone")
    page.locator("#mode").get_by_role("radio", name="WhatsApp").click()
    expect(page.locator("#minutes")).to_be_hidden()
    page.locator(".fold summary").first.click()
    today = datetime.now(HONG_KONG).date()
    page.locator("[id='next_appointment.on']").fill((today + timedelta(days=3)).isoformat())
    page.locator("[id='follow_up.on']").fill(today.isoformat())
    page.locator("[id='follow_up.reason']").select_option("call")
    save.click()
    expect(page.locator(".doubts")).to_contain_text(words.doubt)
    page.locator("button[name=confirmed]").click()
    page.wait_for_url(SESSION)
    saved = page.url

    # What was planned and what is due stand on Today, each with the one thing to do.
    page.locator(".bar a, .places a").and_(page.locator("[href='/']")).filter(visible=True).click()
    expect(ahead).to_have_count(planned + 1)
    due = page.locator("section[aria-labelledby=needs] li").filter(has_text=words.case).filter(has_text=words.follow_up)
    expect(due).to_have_count(1)  # The session before it settles nothing.
    ahead.first.locator(".btn").click()
    page.wait_for_url("**/record")
    expect(page.locator("#day input:checked")).to_have_value(today.isoformat())

    page.goto(saved)
    page.locator(".undo button").click()
    expect(page.locator("main .notice")).to_contain_text(words.voided)
    expect(page.locator(".undo")).to_have_count(0)
