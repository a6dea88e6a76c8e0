"""Without JavaScript a whole day is logged and read all the same, and people are shown by their names."""

import re

import pytest
from playwright.sync_api import Browser, expect

from deploy.demo.steps import made_id
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor
from tests.e2e.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")


@pytest.mark.parametrize(
    ("size", "language", "alias"),
    [(PHONE, CHINESE, "阿星"), (DESKTOP, ENGLISH, "Comet")],
    ids=["phone in Chinese", "desktop in English"],
)
def test_a_day_is_logged_and_read_without_scripts(
    browser: Browser, served: Served, size: Size, language: Language, alias: str
) -> None:
    visitor = Visitor.at(browser, served.url, size, scripts=False)
    page = visitor.page
    visitor.sign_in("assistant", language)
    save, people = page.locator(".actions .btn-primary"), page.locator("main")

    page.goto("/case/cases?all=1&stage=open")
    of_case = page.locator(".caseload li").nth(3 if visitor.is_phone else 4)
    expect(of_case.locator(".who")).to_contain_text(NAME)
    of_case.locator(".btn").click()
    expect(page.locator("#participants .chip").first).to_have_text(NAME)
    page.locator("#minutes").get_by_role("radio", name="60", exact=True).check(force=True)
    save.click()
    if page.locator(".doubts").count():  # Somebody has logged a session of this case today.
        page.locator("button[name=confirmed]").click()
    page.wait_for_url("**/case/sessions/session-*")
    expect(people).to_contain_text(NAME)

    page.goto(f"/groups/meetings/new?group_id={made_id('group', 'running 0')}")
    first = page.locator(".person").first
    expect(first.locator(".name")).to_have_text(NAME)
    first.locator(".chip", has=page.locator("[value=excused]")).click()
    page.locator("#minutes").fill("75")
    save.click()
    page.wait_for_url("**/groups/meetings/meeting-*")
    expect(page.locator("table.ledger tbody th").first).to_have_text(NAME)

    page.goto("/outreach/visits/new")
    page.locator("#place_id").select_option(index=1)
    page.locator("button[name=near]").click()
    page.locator(".offer").first.click()
    expect(page.locator(".met")).to_have_count(1)
    page.locator("#q").fill(alias)
    page.locator("button[name=find]:not(.visually-hidden)").click()
    page.locator("[name=add_new]").click()
    page.locator(".met").nth(1).locator(".chip").nth(1).click()
    page.locator("#team_id").select_option("team-outreach")
    save.click()
    page.wait_for_url("**/outreach/visits/visit-*")
    expect(page.locator("main .plain").first.locator("li")).to_have_count(2)
    expect(people).to_contain_text(alias)

    assert visitor.figures("running")["output-2/sessions"] > 0
    page.locator(".measure a[href$='/output-1/attendances']").click()
    expect(page.locator("section[aria-labelledby=sessions] tbody tr").first).to_be_visible()
    page.context.close()
    assert visitor.complaints == []
