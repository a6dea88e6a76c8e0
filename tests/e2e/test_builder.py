"""A leader writes a contract in steps, without a script, sees what it counts, and puts it in force."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor
from tests.e2e.serving import Served
from tests.e2e.test_accessibility import TAGS, axe, violations

__all__ = ["axe"]

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

STEPS = ("parties", "counting", "outputs", "outputs/0", "outcomes", "outcomes/0", "targets", "deliverables", "review")
LOOKED_AT = ("outputs/0",)
DARK = "document.documentElement.dataset.theme = 'dark'"


def _field(page: Page, name: str, value: str) -> None:
    page.locator(f"[id='{name}']").fill(value)


def _go_on(page: Page, ends: str) -> None:
    page.locator(".actions .btn-primary").click()
    page.wait_for_url(f"**/{ends}")


@pytest.mark.parametrize(("language", "size"), [(CHINESE, PHONE), (ENGLISH, DESKTOP)], ids=["phone", "desktop"])
def test_a_contract_is_written_in_steps_without_a_script(
    browser: Browser, served: Served, language: Language, size: Size
) -> None:
    leader = Visitor.at(browser, served.url, size, scripts=False)
    leader.sign_in("harbour-leader", language)
    page, name = leader.page, f"built-{size[0]}"
    page.goto("/reporting/contracts/new")
    page.locator("form[action$='/drafts'] .btn-primary").click()
    _field(page, "title.zh-Hant", "新計劃")
    _field(page, "contract", name)
    _field(page, "period.from", "2019-04-01")
    _field(page, "period.to", "2020-03-31")
    _go_on(page, "counting")
    _go_on(page, "outputs")
    page.locator("button[value='add:outputs']").click()
    _field(page, "outputs.0.title.zh-Hant", "家人小組")
    page.locator("button[value='add:outputs.0.measures']").click()
    _field(page, "outputs.0.title.en", "Groups for families")
    page.locator(".actions button[value=stay]").click()
    expect(page.locator(".tried .big-figure")).to_have_count(2)
    expect(page.locator(".tried summary").first).to_be_visible()
    _go_on(page, "outputs")
    _go_on(page, "outcomes")
    _go_on(page, "targets")
    target = "outputs.0.measures.0.target"
    page.locator(f"[id='{target}.basis']").select_option("by_year")
    page.locator(f"[name='{target}.by_year']").fill("forty")
    page.locator(".actions .btn-primary").click()
    expect(page.locator(".field-error").first).to_be_visible()
    page.locator(f"[name='{target}.by_year']").fill("40")
    _go_on(page, "deliverables")
    _go_on(page, "review")
    _go_on(page, name)
    expect(page.locator(".measure")).to_have_count(2)
    assert [one for one in leader.complaints if "422" not in one] == []
    page.context.close()


@pytest.mark.parametrize(("language", "size"), [(ENGLISH, PHONE), (CHINESE, DESKTOP)], ids=["phone", "desktop"])
def test_every_step_is_open_to_everybody_and_fits(
    visit: Callable[..., Visitor], axe: str, language: Language, size: Size
) -> None:
    leader = visit(size)
    leader.sign_in("leader1", language)
    page = leader.page
    page.goto("/reporting/contracts/kachi-2/revise")
    page.locator("form[action$='/drafts'] .btn-primary").click()
    page.wait_for_url("**/parties")
    draft = page.url.removesuffix("parties")
    found = {}
    for step in STEPS:
        page.goto(draft + step)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), step
        if step in LOOKED_AT:
            found[step] = violations(leader, axe, runOnly=TAGS)
            page.evaluate(DARK)
            found[f"{step} in the dark"] = violations(leader, axe, runOnly=["color-contrast"])
    assert {path: ones for path, ones in found.items() if ones} == {}
    page.goto(f"{draft}parties")
    page.locator("details:has(form[action$='/discard']) summary").click()
    page.locator("form[action$='/discard'] button").click()
    page.wait_for_url("**/contracts")
