"""A questionnaire answered by keys, the task it raises, its chain, and the timeline that shows it all."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor
from tests.e2e.test_accessibility import TAGS, axe, violations

__all__ = ["axe"]

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]


@dataclass(frozen=True, slots=True)
class Story:
    """Who looks at which case on which screen, and the words they read there."""

    size: Size
    language: Language
    worker: str
    case: str
    severity: str
    corrected: str
    waits: str
    decide: str
    reported: str
    colleague: str
    referral: str
    decided: str


STORIES = {
    "desktop in English": Story(
        size=DESKTOP,
        language=ENGLISH,
        worker="worker1",
        case="RF-001",
        severity="Total 10 Moderate",
        corrected="Answer 1: 2 → 1",
        waits="Waits for a decision",
        decide="Safety plan agreed",
        reported="Decided",
        colleague="worker2",
        referral="Referral",
        decided="Already decided",
    ),
    "phone in Chinese": Story(
        size=PHONE,
        language=CHINESE,
        worker="worker4",
        case="RF-004",
        severity="總分 10 中度",
        corrected="第 1 題：2 → 1",
        waits="待決定",
        decide="已訂立安全計劃",
        reported="決定",
        colleague="worker3",
        referral="轉介",
        decided="已有決定",
    ),
}


def answer_by_keys(visitor: Visitor, story: Story) -> None:
    """Answer all nine without a pointer: two for the first, one for the others; the total follows every key."""
    page, total = visitor.page, visitor.page.locator(".running-total")
    assert not total.is_visible()
    page.locator("[id='answers.0'] input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
    assert total.inner_text() == story.severity


def keep_choice(page: Page, name: str) -> None:
    """Keep what is chosen on a list under a name."""
    page.locator(".kept summary").click()
    page.locator("#kept-name").fill(name)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("name", STORIES)
def test_a_concern_and_a_referral_of_a_session_stand_in_the_story_of_the_case(
    name: str, visit: Callable[..., Visitor]
) -> None:
    story = STORIES[name]
    visitor = visit(story.size)
    page, save = visitor.page, visitor.page.locator(".actions .btn-primary")
    visitor.sign_in(story.colleague, story.language)
    case = page.locator("#caseload ~ ul > li .what a").first.get_attribute("href")
    page.goto(f"/case/sessions/new?case_id={str(case).rpartition('/')[2]}")
    page.locator("summary", has_text=story.referral).click()
    page.locator("[name=destination]").first.select_option("substance_clinic")
    if page.locator("select[name=referral_person] option").count() > 1:
        page.locator("select[name=referral_person]").first.select_option(index=1)
    page.locator("#child_safety_concern").check()
    save.click()
    if page.locator("button[name=confirmed]").count():
        page.locator("button[name=confirmed]").click()
    page.wait_for_url("**/case/sessions/session-*")
    entry = page.url
    page.locator("main .notice a[href^='/case/tasks/task-']").click()
    page.locator("#decision .chip").first.click()
    save.click()
    page.wait_for_url("**/case/tasks/task-*")
    assert page.locator(".story > li").count() == 2

    # On the case: its family with dated roles, and each kind of entry for itself.
    page.goto(str(case))
    assert page.locator(".family li .small-text").count() >= 2
    for kind, address in (("referral", entry), ("task", "/case/tasks/task-"), ("step", "")):
        page.locator(f".pills a[href*='kind={kind}']").click()
        page.wait_for_url(f"**kind={kind}*")
        if address:
            path = address.removeprefix(visitor.url)
            assert page.locator(f".timeline > li > .what a[href^='{path}']").count() >= 1
    page.goto("/case/tasks?of=done")
    keep_choice(page, story.decided)
    page.locator(".kept .pills [aria-current]", has_text=story.decided).wait_for()
    page.goto("/groups/meetings?kind=group_meeting")
    keep_choice(page, story.decided)
    page.locator(".kept .pills [aria-current]", has_text=story.decided).wait_for()

    # What was wrong is voided: its task is withdrawn, its line struck through with the reason.
    page.goto(f"{entry}/void")
    page.locator("#reason").select_option("duplicate")
    page.locator("main form.form .btn-primary").click()
    page.wait_for_url(entry)
    page.goto(f"{case}?kind=session")
    path = entry.removeprefix(visitor.url)
    assert page.locator(f".timeline > li.struck .what a[href='{path}']").count() == 1


@pytest.mark.parametrize("name", STORIES)
def test_a_questionnaire_raises_a_task_whose_chain_and_story_can_be_read(
    name: str, visit: Callable[..., Visitor], axe: str
) -> None:
    story = STORIES[name]
    visitor = visit(story.size)
    page = visitor.page
    visitor.sign_in(story.worker, story.language)
    page.goto("/case/cases")
    page.get_by_role("link", name=story.case).click()
    page.locator(".tabs a").last.click()
    page.locator("a[href^='/case/assessments/new']").click()
    page.locator("a[href*='instrument=phq9']").click()
    answer_by_keys(visitor, story)
    found = {"form": violations(visitor, axe, runOnly=TAGS)}
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/case/assessments/assessment-*")

    page.locator(".page-actions a[href$='/correct']").click()
    page.locator("[id='answers.0'] .chip").nth(1).click()
    page.locator("#reason").select_option("typing_error")
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/case/assessments/assessment-*")
    assert page.get_by_text(story.corrected).count() == 1

    page.goto("/case/tasks")
    newest = page.locator(".timeline > li").last
    assert story.waits in newest.inner_text()
    newest.get_by_role("link").click()
    page.locator(".chip", has_text=story.decide).click()
    found["task"] = violations(visitor, axe, runOnly=TAGS)
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/case/tasks/task-*")
    assert story.reported in page.locator(".story > li").first.inner_text()

    page.goto("/case/cases")
    page.get_by_role("link", name=story.case).click()
    page.locator(".pills a[href*='kind=assessment']").click()
    assert page.locator(".timeline > li > .what a[href^='/case/sessions/']").count() == 0
    keep_choice(page, "PHQ-9")
    page.locator(".kept .pills [aria-current]", has_text="PHQ-9").wait_for()
    found["timeline"] = violations(visitor, axe, runOnly=TAGS)
    page.locator(".timeline details summary").first.click()
    assert page.get_by_text(story.corrected).is_visible()
    page.locator(".tabs a").last.click()
    assert page.locator(".score-chart .point").count() >= 1
    page.locator(".scores summary").first.click()
    found["chart"] = violations(visitor, axe, runOnly=TAGS)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    found["chart in the dark"] = violations(visitor, axe, runOnly=["color-contrast"])
    assert {place: ones for place, ones in found.items() if ones} == {}
