"""A leader sees in one look where a contract stands, and follows a figure down to its sessions and back."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from shared.clock import HONG_KONG
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor
from tests.e2e.desk import Desk
from tests.e2e.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

CONTRACT = "/reporting/contracts/running"


@dataclass(frozen=True, slots=True)
class Words:
    """What this leader reads."""

    size: Size
    language: Language
    needed: str
    moved: str
    once: str


LEADERS = {
    "phone in Chinese": Words(PHONE, CHINESE, "往後每月需", "本月的數字變動", "全隊（不重複計）"),
    "desktop in English": Words(DESKTOP, ENGLISH, "a month", "What moved this month", "The team, each once"),
}


@pytest.mark.parametrize("name", LEADERS)
def test_a_leader_follows_a_figure_to_its_sessions_and_back(
    name: str, visit: Callable[..., Visitor], served: Served
) -> None:
    words = LEADERS[name]
    visitor = visit(words.size)
    page = visitor.page
    visitor.sign_in("leader1", words.language)
    page.goto(CONTRACT)
    measures = page.locator(".measure")
    expect(measures.locator(".bars")).to_have_count(measures.count())
    expect(page.locator("main")).to_contain_text(words.needed)
    expect(page.locator(".funnel dd").first).to_be_visible()

    _choose_a_month_and_come_back(page)

    page.goto(CONTRACT)
    page.get_by_role("link", name=words.moved).click()
    page.locator("#since").fill("2025-09-01")
    page.locator(".filter-actions button").click()
    page.wait_for_url("**/moved?since=2025-09-01")
    expect(page.locator("section[aria-labelledby=entries] .story > li").first).to_be_visible()
    assert page.locator("section[aria-labelledby=figures] tbody tr").count() > 10

    page.goto("/reporting/team")
    expect(page.locator("tr.total")).to_contain_text(words.once)
    before = _sessions_of_team(page)
    desk = Desk(served)
    desk.session("running", desk.family(), datetime.now(HONG_KONG).date().isoformat())
    desk.tell(visitor)
    page.reload()
    changes = [now - then for now, then in zip(_sessions_of_team(page), before, strict=True)]
    assert changes[-1] == sum(changes[:-1]) == 1  # Once for its worker, and once for the team.
    page.locator("section[aria-labelledby=overdue] tbody a").first.click()
    page.wait_for_url(re.compile(r"/(case/sessions|groups/meetings|outreach/visits)/"))


def _sessions_of_team(page: Page) -> list[int]:
    """The first column of the workload: of each worker, and of the whole team."""
    found = page.locator("section[aria-labelledby=workload] tbody td:nth-of-type(1)").all_inner_texts()
    return [int(one) for one in found]


def _choose_a_month_and_come_back(page: Page) -> None:
    """From a figure to the sessions of one month, which are taken away too, and from one of them back to it."""
    page.locator(".measure a[href$='/output-1/attendances']").click()
    figure = page.url
    page.locator(".fold summary").first.click()
    page.locator("#month").select_option(index=2)
    page.locator(".filter-actions button").click()
    page.wait_for_url("**month=*")
    rows = page.locator("section[aria-labelledby=sessions] tbody tr")
    assert 0 < rows.count() < 12
    assert unquote(page.url).isascii()  # An address to share holds no name.
    with page.expect_download() as download:
        page.locator("section[aria-labelledby=sessions] a[download]").click()
    saved = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(saved) == rows.count() + 1
    rows.first.locator("a").click()
    page.locator(f"main a[href='{figure[figure.index('/reporting') :]}']").click()
    page.wait_for_url(figure)
