"""First steps that are put away, a word that leads to what it counts, and a choice kept under a name."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

FIGURE = "/reporting/contracts/running/figures/output-1/attendances"


@pytest.mark.parametrize(
    ("username", "size", "language", "word", "name"),
    [
        ("leader2", PHONE, CHINESE, "例子中為24人次。", "只看小組"),
        ("admin", DESKTOP, ENGLISH, "In the example: 24.", "Groups only"),
    ],
)
def test_somebody_new_finds_help_and_keeps_what_they_chose(
    visit: Callable[..., Visitor], username: str, size: Size, language: Language, word: str, name: str
) -> None:
    leader = visit(size)
    leader.sign_in(username, language)
    page = leader.page
    steps = page.locator(".first-steps")
    expect(steps.locator("li")).not_to_have_count(0)
    steps.locator("button").click()
    expect(steps).to_have_count(0)

    page.goto(FIGURE)
    page.locator(".big-figure .term").click()
    expect(page.locator("#attendances")).to_contain_text(word)
    expect(page.locator("#attendances")).to_be_in_viewport()

    page.goto(f"{FIGURE}?kind=group_meeting&page=1")
    page.locator(".kept summary").click()
    page.locator("#kept-name").fill(name)
    page.keyboard.press("Enter")
    expect(page.locator(".kept .pills [aria-current]")).to_have_text(name)
    page.goto("/")
    kept = page.locator("section", has=page.locator("#kept"))
    kept.get_by_role("link", name=name).click()
    page.wait_for_url(f"**{FIGURE}?kind=group_meeting")
    page.locator(".kept form button").click()
    expect(page.locator(".kept .pills")).to_have_count(0)

    page.goto("/help")
    page.locator("button[name=again]").click()
    expect(steps).to_have_count(1)
