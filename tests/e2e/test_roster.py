"""The roster in a real browser: somebody new walks in, names are tapped, and two people save the same meeting."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from deploy.demo.steps import made_id
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor
from tests.e2e.test_accessibility import TAGS, axe, violations

__all__ = ["axe"]

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]


@dataclass(frozen=True, slots=True)
class Story:
    """Whose meeting, on which screen, and what they read."""

    size: Size
    language: Language
    worker: str
    colleague: str
    group: str
    newcomer: str
    companion: str
    walk_in: str
    online: str
    stale: str


STORIES = {
    "phone in Chinese": Story(
        PHONE,
        CHINESE,
        "assistant",
        "worker1",
        "running 1",
        "阮小鳳",
        "K18-0019",
        "即場參加",
        "網上",
        "同事剛更新了這次出席紀錄",
    ),
    "desktop in English": Story(
        DESKTOP,
        ENGLISH,
        "worker4",
        "leader1",
        "running 2",
        "Yuen Lai Fun",
        "K18-0013",
        "Walk-in",
        "Online",
        "A colleague has just changed",
    ),
}


def choose(visitor: Visitor, person: int, status: str) -> None:
    """Tap a way of attendance in the line of a member."""
    line = visitor.page.locator(".person[data-place=member]").nth(person)
    line.locator(".chip", has=visitor.page.locator(f"[value={status}]")).click()


def save(visitor: Visitor) -> None:
    visitor.page.locator(".actions .btn-primary").click()


def overtaken(worker: Visitor, colleague: Visitor, story: Story, which: int = 0) -> str:
    """Both correct one of the latest meetings; the worker saves second. Returns its address."""
    page = colleague.page
    page.goto(f"/groups/groups/{made_id('group', story.group)}")
    held = re.compile("已進行|Held")
    page.locator("#meetings ~ .table-wrap tr").filter(has_text=held).locator("th a").nth(which).click()
    page.wait_for_url("**/groups/meetings/meeting-*")
    meeting = page.url
    for one in (worker, colleague):
        one.page.goto(f"{meeting}/correct")
        one.page.locator("#reason").select_option("attendance_wrong")
    choose(colleague, 0, "late")
    choose(colleague, 1, "excused")
    save(colleague)
    expect(page.locator(".story li").nth(1)).to_be_visible()
    choose(worker, 0, "excused")
    choose(worker, 2, "absent")
    save(worker)
    expect(worker.page.locator(".conflict h2")).to_contain_text(story.stale)
    assert worker.complaints.pop().endswith("412 (PRECONDITION FAILED)")
    return meeting


@pytest.mark.parametrize("name", STORIES)
def test_a_meeting_is_logged_by_tapping_with_somebody_new(name: str, visit: Callable[..., Visitor]) -> None:
    story = STORIES[name]
    worker = visit(story.size)
    worker.sign_in(story.worker, story.language)
    page = worker.page

    # Everybody is present. A name is tapped for absent; tapped again, it is present.
    page.goto(f"/groups/meetings/new?group_id={made_id('group', story.group)}")
    present, absent = page.locator("[data-count=present]"), page.locator("[data-count=absent]")
    members = page.locator(".person[data-place=member]")
    everybody = members.count()
    expect(present).to_have_text(str(everybody))
    members.nth(0).locator(".name").click()
    members.nth(1).locator(".name").click()
    expect(absent).to_have_text("2")
    members.nth(1).locator(".name").click()
    expect(absent).to_have_text("1")

    # Somebody nobody knows yet walks in: registered by the case service, and on top of the list.
    page.locator("#q").fill(story.newcomer)
    page.keyboard.press("Enter")
    page.locator("[name=register]").click()
    expect(page.locator(".person[data-place=walk_in] .name")).to_have_text(story.newcomer)
    expect(present).to_have_text(str(everybody))

    # Somebody who came along stands apart; two are online; others are counted without names.
    page.locator("#q").fill(story.companion)
    page.keyboard.press("Enter")
    page.locator("[name=add_companion]").first.click()
    expect(page.locator(".person[data-place=beside]")).to_have_count(1)
    expect(page.locator("[data-count=beside]")).to_have_text("1")
    page.locator("#mode .chip", has=page.locator("[value=hybrid]")).click()
    members.nth(2).locator(".online").click()
    page.locator("#unidentified_count").fill("3")
    page.locator("#partner_count").fill("2")
    expect(page.locator("[data-count=others]")).to_have_text("5")
    page.locator("details:has(#sign_in_sheet) > summary").click()
    page.locator("#sign_in_sheet").fill("KC/2026/014")
    page.locator("#minutes").fill("90")
    save(worker)
    page.wait_for_url("**/groups/meetings/meeting-*")
    expect(page.locator("table tr", has_text=story.newcomer)).to_contain_text(story.walk_in)
    expect(page.locator("h3 ~ .table-wrap tbody tr")).to_have_count(1)
    expect(page.locator("table.ledger tr", has_text=story.online)).to_have_count(1)
    expect(page.locator(".facts")).to_contain_text("KC/2026/014")

    # A list to sign is one tap away; and so is taking it all back.
    page.locator("a[href$='/sign-in-sheet']").click()
    expect(page.locator(".to-sign tbody tr")).to_have_count(everybody + 2 + 6)
    page.go_back()
    page.locator(".undo button").click()
    page.locator("main a[href*='&like=meeting-']").click()
    expect(page.locator(".person")).to_have_count(everybody + 2)  # Begun with what was taken back.


@pytest.mark.parametrize("name", STORIES)
def test_the_second_of_two_who_save_chooses_person_by_person(name: str, visit: Callable[..., Visitor]) -> None:
    story = STORIES[name]
    worker, colleague = visit(story.size), visit(DESKTOP)
    worker.sign_in(story.worker, story.language)
    colleague.sign_in(story.colleague, story.language)
    meeting = overtaken(worker, colleague, story)
    page = worker.page
    both, theirs, mine = (page.locator(".versions").nth(place) for place in range(3))
    expect(both.locator(":checked")).to_have_count(0)
    expect(theirs.locator("[value=theirs]")).to_be_checked()
    expect(mine.locator("[value=mine]")).to_be_checked()
    both.locator("[value=mine]").check()
    save(worker)
    page.wait_for_url(meeting)
    ways = page.locator("table tbody tr td:last-child").all_inner_texts()
    assert ways[0] == ways[1] != ways[2]  # Excused by me, excused by them, absent by me.


def test_the_roster_and_its_two_versions_are_open_to_everybody(visit: Callable[..., Visitor], axe: str) -> None:
    story = STORIES["phone in Chinese"]
    worker, colleague = visit(story.size), visit(DESKTOP)
    worker.sign_in("worker2", story.language)
    colleague.sign_in(story.colleague, ENGLISH)
    found: dict[str, list[str]] = {}
    for path in ("/groups/meetings/new", "/groups/meetings/sign-in-sheet"):
        for one in (worker, colleague):
            one.page.goto(f"{path}?group_id={made_id('group', story.group)}")
            found[f"{path} {one.is_phone}"] = violations(one, axe, runOnly=TAGS)
    overtaken(worker, colleague, story, which=1)
    found["two versions"] = violations(worker, axe, runOnly=TAGS)
    worker.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    found["two versions in the dark"] = violations(worker, axe, runOnly=["color-contrast"])
    assert {path: ones for path, ones in found.items() if ones} == {}
