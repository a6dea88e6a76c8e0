"""A leader checks figures against the files, puts right what was booked wrongly, and sees what falls behind."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from services.reporting.audits.domain import RESULTS
from shared.serviceunit.codes import Labels
from tests.api_client import unique
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor
from tests.e2e.desk import Desk
from tests.e2e.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

BOTH = pytest.mark.parametrize(
    ("size", "language"), [(PHONE, CHINESE), (DESKTOP, ENGLISH)], ids=["phone in Chinese", "desktop in English"]
)
OUTPUT = "output-1/sessions"
UNLIKELY = {CHINESE: "難以達標", ENGLISH: "Target unlikely"}


@BOTH
def test_two_check_a_sample_side_by_side_and_it_is_drawn_again_the_same(
    visit: Callable[..., Visitor], size: Size, language: Language
) -> None:
    leader, colleague = visit(size), visit(size)
    leader.sign_in("leader1", language)
    colleague.sign_in("admin", language)
    page = leader.page
    page.goto("/reporting/contracts/running")
    page.locator("main a[href$='/running/audit']").click()
    draw(page, "people", "0815")
    items = page.locator(".sample > li")
    drawn = items.evaluate_all("all => all.map(one => one.id)")
    assert len(drawn) == len(set(drawn)) == 3
    standings = page.locator("main .standings").first
    expect(standings.locator(".status")).to_have_count(1)  # None is looked at yet.

    # Both have the page open; what one writes down is not in the way of what the other writes of another item.
    other = colleague.page
    other.goto(page.url)
    write_down(page, 0, "found")
    expect(items.nth(0).locator(".status-met")).to_be_visible()
    write_down(other, 1, "not_found", "file_missing")
    expect(other.locator(".sample > li").nth(0).locator(".status-met")).to_be_visible()

    # Why something differs is asked for, where it was typed; then all three are looked at.
    write_down(page, 2, "differs")
    expect(page.locator(".error-summary a")).to_have_attribute("href", "#reason")
    assert leader.complaints.pop().endswith("422 (UNPROCESSABLE ENTITY)")
    expect(items.nth(2).locator("[name=result]:checked")).to_have_value("differs")
    page.locator("#reason").select_option("date_differs")
    items.nth(2).locator("button").click()
    expect(standings.locator(".status")).to_have_text([re.compile(rf"{one} 1$") for one in words_of(RESULTS, language)])

    page.locator("main a[href$='?again=1']").click()
    expect(page.locator("main p > .status-met").first).to_be_visible()
    seed, cut = page.locator("main .facts dd").all_inner_texts()[3:5]
    page.locator("main a[href$='/running/audit']").click()
    draw(page, "people", seed, cut.replace(" ", ""))
    assert items.evaluate_all("all => all.map(one => one.id)") == drawn


def words_of(labels: Labels, language: Language) -> list[str]:
    """What a reader of the language reads for each code."""
    return [words[language == CHINESE] for words in labels.values()]


def draw(page: Page, of: str, seed: str, cut: str = "") -> None:
    """Draw three items of the first figure, by the seed, from now or from an earlier cut."""
    for inside in ("#size", "#seed"):
        if not page.locator(inside).is_visible():
            page.locator("details", has=page.locator(inside)).last.locator("> summary").click()
    page.locator("#of .chip", has=page.locator(f"[value={of}]")).click()
    page.locator("#size").fill("3")
    page.locator("#seed").fill(seed)
    page.locator("#cut").fill(cut)
    page.locator("form[action$='/samples'] .btn-primary").click()
    page.wait_for_url("**/samples/sample-*")


def write_down(page: Page, place: int, result: str, reason: str = "") -> None:
    """Write down what was found of one item."""
    item = page.locator(".sample > li").nth(place)
    item.locator("summary").click()
    item.locator(".chip", has=page.locator(f"[value={result}]")).click()
    item.locator("select").select_option(reason)
    item.locator("button").click()


@BOTH
def test_entries_booked_under_the_wrong_contract_are_moved_together(
    visit: Callable[..., Visitor], served: Served, size: Size, language: Language
) -> None:
    wrong, right = unique("clear-sky-"), unique("clear-sky-")
    desk = Desk(served)
    desk.contract(wrong, "2025-01-01")
    desk.contract(right, "2025-04-01")
    family = desk.family()
    for day in ("2025-02-03", "2025-05-05", "2025-06-02"):
        desk.session(wrong, family, day)
    desk.report(wrong, "2025-06-30")
    visitor = visit(size)
    page = visitor.page
    visitor.sign_in("leader1", language)
    desk.tell(visitor)
    assert visitor.figures(wrong)[OUTPUT] == 3

    page.locator(f"main a[href='/case/sessions/move?contract={wrong}']").click()
    page.locator("#target").select_option(right)
    page.locator(".filter-actions button").click()
    entries = page.locator(".moves > li")
    expect(entries).to_have_count(3)
    expect(entries.locator("input")).to_have_count(2)  # On the first day the other contract did not run.
    of_wrong, of_right = page.locator("section[aria-labelledby=figures] table").all()
    expect(of_wrong.locator("td.number")).to_have_text(["3", "1"])
    expect(of_right.locator("td.number")).to_have_text(["0", "1", "0", "2"])
    expect(page.locator(".effects")).to_contain_text("3 → 1")  # Of the report that was sent.

    entries.locator("input").last.uncheck()
    page.locator("button[name=preview]").click()
    expect(page.locator(".effects")).to_contain_text("3 → 2")
    page.locator(".actions .btn-primary").click()
    page.wait_for_url(f"**/move?contract={right}")
    expect(page.locator("main > .notice").first).to_contain_text("1")
    assert visitor.figures(wrong)[OUTPUT] == 2
    assert visitor.figures(right)[OUTPUT] == 1


@BOTH
def test_what_falls_behind_leads_to_its_contract_and_small_parts_of_a_figure_stay_inside(
    visit: Callable[..., Visitor], size: Size, language: Language
) -> None:
    visitor = visit(size)
    page = visitor.page
    visitor.sign_in("leader1", language)
    page.goto("/reporting/contracts")
    page.locator("main a[href='/reporting/warnings']").click()
    page.locator("#outlook").select_option("unlikely")
    page.locator(".filter-actions button").click()
    page.wait_for_url("**outlook=unlikely*")
    warnings = page.locator("main table tbody tr")
    assert set(warnings.locator("td:last-child").all_inner_texts()) == {UNLIKELY[language]}
    actual = number_in(warnings.first.locator("td.number").first.inner_text().split(" / ")[0])
    warnings.first.locator("a").click()
    page.wait_for_url("**/figures/**")
    figure = page.url.split("/figures/")[1]
    page.locator("main a").first.click()
    page.wait_for_url("**/contracts/*")
    behind = page.locator(".measure", has=page.locator(f"a[href$='/figures/{figure}']"))
    expect(behind.locator(".status-behind")).to_be_visible()
    assert visitor.figures_shown()[figure] == actual

    # All contracts that have ended come to what each of them shows.
    page.goto("/reporting/overview")
    page.locator(".fold summary").first.click()
    page.locator("#state").select_option("ended")
    page.locator(".filter-actions button").click()
    page.wait_for_url("**state=ended*")
    contracts = page.locator("section[aria-labelledby=each] tbody tr")
    sessions = numbers_in(contracts.locator("td:nth-last-child(2)"))
    together = numbers_in(page.locator(".totals dd"))
    assert together[0] == len(sessions) == 2
    assert sum(sessions) in together
    contracts.locator("a[href$='/contracts/kachi-2']").click()
    page.locator("a[href$='/output-3/persons/by/quarter']").click()
    page.locator(".pills a[href$='/by/gender']").click()
    page.wait_for_url("**/by/gender")
    see_small_parts_held_back(page)


def see_small_parts_held_back(page: Page) -> None:
    """The page shows every part; a file holds small ones back, until they are released with a reason."""
    *parts, whole = numbers_in(page.locator("main table td.number"))
    assert min(parts) < 5
    assert sum(parts) == whole
    outside, released = page.locator("section[aria-labelledby=outside]"), []
    for reason in ("required", None):  # At last they are held back again.
        assert ("<5" in taken_away(page)) == (reason is not None)
        outside.locator("summary").click()
        if reason is not None:
            outside.locator(".chip", has=page.locator(f"[value={reason}]")).click()
        outside.locator("button").click()
        page.wait_for_url("**#outside")
        released.append(outside.locator("p").first.inner_text())
    assert released[0] != released[1]
    assert "<5" in taken_away(page)


def taken_away(page: Page) -> str:
    """The page as a CSV file."""
    with page.expect_download() as download:
        page.locator("main a[href$='/parts.csv']").click()
    return Path(download.value.path()).read_text(encoding="utf-8-sig")


def numbers_in(cells: Locator) -> list[float]:
    return [number_in(one) for one in cells.all_inner_texts()]


def number_in(text: str) -> float:
    return float(text.replace(",", ""))
