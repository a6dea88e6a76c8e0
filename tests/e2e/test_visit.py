"""A visit logged by tapping: whom one met before is offered, somebody new follows a search, a referral is answered."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor
from tests.e2e.test_accessibility import TAGS, axe, violations

__all__ = ["axe"]

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]


@dataclass(frozen=True, slots=True)
class Story:
    """Who is out, on which screen, and what they read."""

    size: Size
    language: Language
    worker: str
    alias: str
    not_met: str
    taken_up: str
    referral: str


STORIES = {
    "phone in Chinese": Story(PHONE, CHINESE, "worker5", "單眼佬", "未能接觸", "已接受", "轉介"),
    "desktop in English": Story(DESKTOP, ENGLISH, "worker6", "Lefty", "Not met", "Taken up", "Referral"),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_visit_is_logged_by_tapping_whom_one_met_before(name: str, visit: Callable[..., Visitor]) -> None:
    story = STORIES[name]
    worker = visit(story.size)
    worker.sign_in(story.worker, story.language)
    page = worker.page
    page.goto("/outreach/visits/new")
    expect(page.locator("#place_id")).not_to_have_value("")  # Where one was last.
    offers, met = page.locator(".offer"), page.locator(".met")
    first = offers.first.inner_text()
    for count in (1, 2):
        offers.first.click()
        expect(met).to_have_count(count)
    assert first in met.first.inner_text()
    met.nth(1).locator(".chip").nth(1).click()

    # Another place asks anew by itself, and nothing tapped is lost.
    with page.expect_navigation():
        page.locator("#place_id").select_option(index=2)
    expect(met.nth(1).locator("[value=absent]")).to_be_checked()

    # Somebody new, after looking for them.
    page.locator("#q").fill(story.alias)
    page.keyboard.press("Enter")
    page.locator("[name=add_new]").click()
    expect(met).to_have_count(3)
    page.locator("summary", has_text=story.referral).click()
    page.locator("select[name=referral_person]").select_option(index=1)
    page.locator("select[name=destination]").select_option("substance_clinic")
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/outreach/visits/visit-*")
    people = page.locator("main .plain").first.locator("li")
    expect(people).to_have_count(3)
    expect(people.nth(1)).to_contain_text(story.not_met)
    expect(people.nth(2)).to_contain_text(story.alias)

    # Later it is known whether the referral was taken up.
    page.locator("button[name=taken_up]").first.click()
    expect(page.locator(".story > li")).to_have_count(2)
    expect(page.locator("main .plain").nth(1)).to_contain_text(story.taken_up)


def test_the_visit_is_open_to_everybody(visit: Callable[..., Visitor], axe: str) -> None:
    found: dict[str, list[str]] = {}
    for story in STORIES.values():
        worker = visit(story.size)
        worker.sign_in(story.worker, story.language)
        worker.page.goto("/outreach/visits/new")
        worker.page.locator(".offer").first.click()
        worker.page.locator("summary", has_text=story.referral).click()
        found[story.language] = violations(worker, axe, runOnly=TAGS)
    assert {language: ones for language, ones in found.items() if ones} == {}
