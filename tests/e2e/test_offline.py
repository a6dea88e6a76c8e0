"""Saving without a connection: the entry waits sealed on the phone, outlives the browser, and is saved once."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Size, Visitor
from tests.e2e.phone import count, cut, drawer, looked_after, synced
from tests.e2e.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

Return = Callable[[], Visitor]
MEETING = "/groups/meetings/meeting-"
SESSION = re.compile(r"/case/sessions/session-[0-9a-f-]+")
VISITS, NEW_VISIT = "/outreach/api/v1/visits?limit=200", "/outreach/visits/new"
HOUR = 3600 * 1000
A_DAY_AND_MORE, TWO_WEEKS = 25 * HOUR, 14 * 24 * HOUR


@pytest.fixture
def comes_back(browser: Browser, served: Served, tmp_path: Path) -> Iterator[Callable[[Size], Return]]:
    """A browser that can be closed and started again: each call closes it and starts it on the same memory."""
    running: list[Visitor] = []

    def of_size(size: Size) -> Return:
        def start() -> Visitor:
            for visitor in running:
                visitor.page.context.close()
            running[:] = [Visitor.returning(browser, served.url, size, tmp_path / "memory")]
            return running[0]

        return start

    yield of_size
    for visitor in running:
        visitor.page.context.close()


def test_a_session_saved_without_a_connection_outlives_the_browser_and_counts_once(
    comes_back: Callable[[Size], Return],
) -> None:
    start = comes_back(PHONE)
    visitor = start()
    page = visitor.page
    visitor.sign_in("worker1", CHINESE)
    looked_after(page, "/on-this-phone")
    row = page.locator("#caseload ~ ul > li").filter(has_text="KF20-121")
    case, form = (row.locator("a").nth(place).get_attribute("href") for place in (0, 1))
    assert case
    assert form
    before = sessions(page, case)
    page.goto(form)
    looked_after(page, form)

    page.context.set_offline(True)
    page.goto(form)  # Opened from the phone.
    expect(page.locator("main > .notice")).to_contain_text("暫時未能連線")
    page.locator("#minutes").get_by_role("radio", name="45", exact=True).click()
    sent = page.evaluate("`${new URLSearchParams(new FormData(document.querySelector('form[data-offline]')))}`")
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/on-this-phone")
    expect(page.locator("[data-entry=waiting]")).to_contain_text("KF20-121")
    assert "KF20-121" not in str(drawer(page, "entries"))  # Sealed, also its label.
    # As if it had arrived, and only the answer was lost on the way.
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    arrived = page.context.request.post(form, data=sent, headers=headers, max_redirects=0)
    assert arrived.status == 303, arrived.text()

    page = start().page
    page.goto("/")
    expect(page.locator("[data-entry=sent]")).to_contain_text("已傳送")
    expect(page.locator("[data-phone-count]:visible")).to_have_count(0)
    assert sessions(page, case) == before + 1

    # The same once more is doubtful: the server asks, when it hears of it, and nothing is typed twice.
    page.goto(form)
    page.context.set_offline(True)
    page.goto(form)
    page.locator("#minutes").get_by_role("radio", name="45", exact=True).click()
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/on-this-phone")
    page.context.set_offline(False)
    doubtful = page.locator("[data-entry=attention]")
    expect(doubtful.locator(".said")).to_contain_text("核對")
    doubtful.locator("[data-open]").click()
    page.locator("button[name=confirmed]").click()
    page.wait_for_url(SESSION)
    page.goto("/on-this-phone")
    expect(page.locator("[data-entry=sent]")).to_have_count(2)
    expect(page.locator("[data-entry]")).to_have_count(2)
    assert sessions(page, case) == before + 2


def sessions(page: Page, case: str) -> int:
    """How many sessions the page of a case leads to."""
    page.goto(case)
    addresses = page.locator("main a").evaluate_all("all => all.map((one) => one.pathname)")
    return len({one for one in addresses if SESSION.fullmatch(one)})


def test_an_entry_stays_locked_to_its_author_on_a_shared_phone(comes_back: Callable[[Size], Return]) -> None:
    visitor = comes_back(DESKTOP)()
    page = visitor.page
    visitor.sign_in("worker4", ENGLISH)
    looked_after(page, "/on-this-phone")
    page.goto("/groups/meetings/new")
    group = page.get_by_role("link", name="溝通技巧小組", exact=True)
    roster = group.get_attribute("href")
    assert roster
    group.click()
    looked_after(page, roster)
    page.context.set_offline(True)
    page.locator(".person .chip", has=page.locator("[value=absent]")).first.click()
    page.locator("#minutes").fill("77")
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/on-this-phone")
    expect(page.locator("[data-entry=waiting]")).to_contain_text("溝通技巧小組")

    # Signing out without a connection: nothing can be read any more, and the server hears of it first of all.
    page.locator("form[action='/sign-out'] button").filter(visible=True).click()
    expect(page.locator("h1")).to_have_text("沒有連線")
    assert (drawer(page, "pages"), drawer(page, "keys")) == ([], [])
    drawer(page, "entries", older=TWO_WEEKS)
    page.context.set_offline(False)
    page.goto("/")
    page.wait_for_url("**/sign-in*")
    expect(page.locator("main .notice")).to_contain_text("此手機有 1 項紀錄等候傳送")

    visitor.sign_in("worker1", ENGLISH)
    looked_after(page, "/on-this-phone")
    page.goto("/on-this-phone")
    expect(page.locator("[data-none]").first).to_be_visible()
    expect(page.locator("[data-entry]")).to_have_count(0)
    page.context.set_offline(True)
    page.goto(roster)
    page.wait_for_url("**/on-this-phone")  # What the other one had opened is gone.
    page.context.set_offline(False)
    assert [one["state"] for one in drawer(page, "entries")] == ["waiting"]
    visitor.sign_out()

    visitor.sign_in("worker4", ENGLISH)
    expect(page.locator("[data-entry=sent]")).to_contain_text("溝通技巧小組")
    page.goto(f"/groups/groups/{roster.partition('group_id=')[2]}")
    page.locator("tr", has_text="Held").locator(f"a[href^='{MEETING}']").first.click()
    expect(page.locator("main")).to_contain_text("77 minutes")


def test_a_visit_is_logged_on_the_street_and_is_sent_after_two_weeks(comes_back: Callable[[Size], Return]) -> None:
    start = comes_back(PHONE)
    visitor = start()
    page = visitor.page
    visitor.sign_in("worker5", CHINESE)
    page.goto(NEW_VISIT)
    looked_after(page, "/on-this-phone", NEW_VISIT)
    before = count(page, VISITS)

    # The browser was closed, and is opened again where there is no connection.
    visitor = start()
    page = visitor.page
    page.context.set_offline(True)
    page.goto(NEW_VISIT)
    cut(page)
    expect(page.locator("main > .notice")).to_contain_text("暫時未能連線")
    log_visit_on_the_street(page)
    assert "高佬明" not in str(drawer(page, "entries"))

    # What can be read is gone after a day, also without a connection; what was not sent never is.
    drawer(page, "pages", older=A_DAY_AND_MORE)
    page.goto(NEW_VISIT)
    expect(page.locator("h1")).to_have_text("沒有連線")
    assert drawer(page, "pages") == []
    drawer(page, "entries", older=TWO_WEEKS)
    visitor.end_session()
    page.context.set_offline(False)
    page.goto("/")
    page.wait_for_url("**/sign-in*")
    expect(page.locator("main .notice")).to_contain_text("此手機有 1 項紀錄等候傳送")
    visitor.sign_in("worker5", CHINESE)
    expect(page.locator("[data-entry=sent]")).to_have_count(1)
    page.goto("/outreach/visits?phase=recorded")
    assert count(page, VISITS) == before + 1
    page.locator("main a[href^='/outreach/visits/visit-']").first.click()
    people = page.locator("main .plain").first.locator("li")
    expect(people).to_have_count(3)
    expect(people.nth(1)).to_contain_text("未能接觸")
    expect(people.nth(2)).to_contain_text("高佬明")


def log_visit_on_the_street(page: Page) -> None:
    """Without a connection: two whom one met before, one of them not met today, and somebody new."""
    offers, met = page.locator(".offer:visible"), page.locator(".met")
    first = offers.first.inner_text()
    for number in (1, 2):
        offers.first.click()
        expect(met).to_have_count(number)
    expect(met.first.locator("legend")).to_have_text(first)
    met.nth(1).locator(".off").click()
    expect(met).to_have_count(1)
    offers.first.click()
    met.nth(1).locator(".chip").nth(1).click()
    page.locator("#q").fill("高佬明")  # Nobody can be looked for now, so somebody new is written down.
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_contain_text("搜尋需要連線")
    expect(page.locator("#away_alias")).to_have_value("高佬明")
    page.locator("[data-add-new]").click()
    expect(met).to_have_count(3)
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/on-this-phone")
    expect(page.locator("[data-entry=waiting]")).to_have_count(1)


def test_the_browser_itself_sends_what_waits_when_no_page_is_open(visit: Callable[..., Visitor]) -> None:
    visitor = visit(PHONE)
    page = visitor.page
    visitor.sign_in("worker6", ENGLISH)
    before = count(page, VISITS)
    page.goto(NEW_VISIT)
    looked_after(page, "/on-this-phone", NEW_VISIT)
    page.context.set_offline(True)
    page.locator("#unidentified_count").fill("4")
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/on-this-phone")
    expect(page.locator("[data-entry=waiting]")).to_have_count(1)
    page.goto("about:blank")
    page.context.set_offline(False)
    synced(page, visitor.url)
    page.goto("/on-this-phone")
    expect(page.locator("[data-entry=sent]")).to_have_count(1)
    assert count(page, VISITS) == before + 1
