"""One attendance of 家持II is corrected in the browser: the figure follows at once, and the past stays as it was."""

import re
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import expect

from shared.clock import HONG_KONG
from tests.e2e.browsing import CHINESE, Visitor
from tests.e2e.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

FIGURE = ("output-1", "attendances")
PROMISED_SECONDS = 2


def test_a_corrected_attendance_moves_the_figure_and_leaves_its_trace(
    visit: Callable[..., Visitor], served: Served
) -> None:
    leader = visit()
    page = leader.page
    leader.sign_in("leader1", CHINESE)
    assert leader.figures("kachi-2")["/".join(FIGURE)] == 1849
    page.locator(".measure a[href$='/output-1/attendances']").click()
    page.locator("section[aria-labelledby=sessions] tbody a").first.click()
    page.get_by_role("link", name="開啟紀錄").click()
    page.get_by_role("link", name="更正", exact=True).click()
    page.locator(".attendees .person").first.locator(".chip", has=page.locator("[value=absent]")).click()
    page.locator("#reason").select_option("attendance_wrong")
    saved = time.monotonic()
    page.locator(".actions .btn-primary").click()
    page.wait_for_url(re.compile(r"/groups/meetings/meeting-[0-9a-f-]+$"), wait_until="commit")

    # The promise is to the person who saved, so the clock runs from the tap on Save to the number on the page.
    page.goto("/reporting/contracts/kachi-2", wait_until="commit")
    left = max(PROMISED_SECONDS - (time.monotonic() - saved), 0.001) * 1000
    figure = page.locator(".measure", has=page.locator("a[href$='/output-1/attendances']")).locator(".figure")
    expect(figure).to_contain_text("1,848", timeout=left)

    assert served.report("kachi-2")[FIGURE] == 1848
    assert served.report("kachi-2", "--as-of", "2021-06-30")[FIGURE] == 1849
    page.locator(".measure a[href$='/output-1/attendances']").click()
    newest = page.locator("section[aria-labelledby=changes] .story > li").first.inner_text()
    today = datetime.now(HONG_KONG)
    for part in ("1,849 → 1,848", "沈隊長", f"{today.year}年{today.month}月{today.day}日", "出席紀錄有誤"):
        assert part in newest


def test_the_page_of_an_earlier_day_shows_what_was_known_then(visit: Callable[..., Visitor]) -> None:
    leader = visit()
    leader.sign_in("leader1", CHINESE)
    leader.page.goto("/reporting/contracts/kachi-2?as_of=2021-06-30")
    assert leader.figures_shown()["/".join(FIGURE)] == 1849
