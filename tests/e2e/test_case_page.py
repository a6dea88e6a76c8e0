"""A questionnaire answered by keys, the task it raises, its chain, and the timeline that shows it all."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

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
