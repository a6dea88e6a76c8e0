"""Saving without a connection: the entry waits sealed on the phone, outlives the browser, and is saved once."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Size, Visitor
from tests.e2e.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

Return = Callable[[], Visitor]
MEETING = "/groups/meetings/meeting-"
SESSION = re.compile(r"/case/sessions/session-[0-9a-f-]+")
TWO_WEEKS = 14 * 24 * 3600 * 1000

# One transaction on the drawer: all records of a store as JSON (what is sealed shows as {}), after a change to each.
DRAWER = """async ([store, days]) => {
  const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const drawer = await asked(indexedDB.open("caseledger"));
  const records = drawer.transaction(store, "readwrite").objectStore(store);
  const found = await asked(records.getAll());
  if (days) for (const one of found) records.put({...one, written: one.written - days});
  drawer.close();
  return found.map((one) => JSON.parse(JSON.stringify(one)));
}"""


def drawer(page: Page, store: str, older: int = 0) -> list[dict[str, Any]]:
    """What lies in the phone's drawer, made `older` by so many milliseconds."""
    found: list[dict[str, Any]] = page.evaluate(DRAWER, [store, older])
    return found


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


def looked_after(page: Page, *addresses: str) -> None:
    """Wait until the service worker keeps the pages at these addresses."""
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.wait_for_function(
        """async (addresses) => {
          const asked = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
          const drawer = await asked(indexedDB.open("caseledger"));
          const kept = await asked(drawer.transaction("pages").objectStore("pages").getAllKeys());
          drawer.close();
          return addresses.every((one) => kept.some((key) => key.endsWith(` ${one}`)));
        }""",
        arg=list(addresses),
    )


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
