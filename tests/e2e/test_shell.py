"""The shell in a real browser: searching, switching language, theme and the discreet view, keys, printing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsing import CHINESE, ENGLISH, PHONE, Visitor
from tests.e2e.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

FUND = "禁毒基金"
DARK_PAPER = "rgb(20, 24, 30)"
LIGHT_PAPER = "rgb(250, 248, 244)"


def paper(visitor: Visitor) -> str:
    """The colour of the ground of the page as the browser shows it."""
    return str(visitor.page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


def test_a_worker_on_a_phone_searches_switches_and_finds_back(visit: Callable[..., Visitor]) -> None:
    worker = visit(PHONE)
    page = worker.page
    worker.sign_in("worker1", CHINESE)

    # A name in Simplified characters finds the person, with the case they are served in.
    page.locator("#find").fill("何咏玲")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/search")
    page.locator("main").get_by_role("link", name="RF-005").click()
    page.wait_for_url("**/case/cases/case-*")
    case = page.url

    # A romanised one finds the same person.
    page.locator("#find").fill("He Yongling")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="何詠玲")).to_be_visible()

    # What was used last is one tap away, and says where it leads.
    page.locator(".bar details").last.locator("summary").click()
    page.locator(".sheet").get_by_role("link", name="最近使用").click()
    expect(page.locator("main .found a").first).to_have_attribute("href", re.compile(case.rpartition("/")[2]))

    # The language changes on the spot, and stays on the page.
    page.locator(".tools button[name=language]").click()
    page.locator("html[lang=en]").wait_for()
    assert page.url.endswith("/case/search")
    expect(page.locator("h1")).to_have_text("Recently used")


def test_the_discreet_view_keeps_what_was_typed_and_is_there_on_the_next_page(visit: Callable[..., Visitor]) -> None:
    worker = visit(PHONE)
    page = worker.page
    worker.sign_in("worker1", CHINESE)
    page.goto("/reporting/contracts")
    switch = page.locator(".discreet button")
    expect(page.locator("main")).to_contain_text(FUND)
    page.locator("#find").fill("陳")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(page.locator("body")).not_to_contain_text(re.compile("毒|戒"))
    expect(page.locator("#find")).to_have_value("陳")
    switch.click()
    expect(page.locator("main")).to_contain_text(FUND)
    expect(page.locator("#find")).to_have_value("陳")
    switch.click()

    page.reload()  # Now the server leaves the words out.
    assert not re.search("毒|戒", page.locator("main").inner_text() + page.title())
    switch.click()
    expect(page.locator("main")).to_contain_text(FUND)


def test_a_leader_at_a_desk_uses_keys_and_chooses_a_theme(visit: Callable[..., Visitor]) -> None:
    leader = visit()
    page = leader.page
    leader.sign_in("leader1", ENGLISH)
    expect(page.locator(".places").get_by_role("link", name="Notes to look at")).to_be_visible()

    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("n?")  # While somebody types, keys are letters.
    expect(page.locator("#find")).to_have_value("n?")
    for typed, leads_to in (
        ("K18-0082", "/case/people/person-"),
        ("照顾者", "/groups/groups/group-"),
        ("家持", "/reporting/contracts/kachi-2"),
    ):
        page.locator("#find").fill(typed)
        page.keyboard.press("Enter")
        expect(page.locator(f".found a[href^='{leads_to}']").first).to_be_visible()

    # What is not there says what to do instead.
    page.goto("/case/cases/case-nobody")
    assert leader.complaints.pop().endswith("404 (NOT FOUND)")
    expect(page.locator("main .problem")).to_contain_text("Search for it by its number or name")
    page.get_by_role("link", name="Back to Today").click()
    page.wait_for_url("/")
    page.locator("h1").click()
    page.keyboard.press("n")
    expect(page.locator(".log-menu .menu a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".log-menu .menu")).to_be_hidden()
    expect(page.locator(".log-menu summary")).to_be_focused()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    keys.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("n")  # Single keys can be turned off, and stay so.
    expect(page.locator(".log-menu .menu")).to_be_hidden()

    assert paper(leader) == LIGHT_PAPER
    page.locator(".rail button[value=dark]").click()
    assert paper(leader) == DARK_PAPER
    page.goto("/reporting/contracts/kachi-2")
    assert paper(leader) == DARK_PAPER
    page.locator(".rail button[value=system]").click()
    assert paper(leader) == LIGHT_PAPER

    page.emulate_media(media="print")
    for hidden in (".rail", ".page-actions"):
        expect(page.locator(hidden)).to_be_hidden()
    for shown in ("h1", ".printed time"):
        expect(page.locator(shown)).to_be_visible()


def test_without_scripts_the_switches_and_the_search_work_too(browser: Browser, served: Served) -> None:
    worker = Visitor.at(browser, served.url, PHONE, scripts=False)
    page = worker.page
    worker.sign_in("worker1", ENGLISH)
    page.locator(".discreet button").click()
    expect(page.locator("main")).not_to_contain_text(re.compile("drug", re.IGNORECASE))
    page.locator(".bar details").last.locator("summary").click()
    page.locator(".sheet button[value=dark]").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator("#find").fill("RF-001")
    page.locator(".find button").click()
    expect(page.locator("main").get_by_role("link", name="RF-001").first).to_be_visible()
    page.context.close()
    assert worker.complaints == []
