"""The main job, step by step: log a session and a meeting, open what stands behind a figure."""

from dataclasses import dataclass

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor

MEMBERS = 8


@dataclass(frozen=True, slots=True)
class Story:
    """Who logs what on which screen, and the words they read there."""

    size: Size
    language: Language
    worker: str
    case: str
    group: str
    walk_ins: tuple[str, ...]
    log_session: str
    log_meeting: str
    walk_in: str
    minutes: str
    open_entry: str


STORIES = {
    "desktop in Chinese": Story(
        size=DESKTOP,
        language=CHINESE,
        worker="worker1",
        case="RF-001",
        group="照顧者喘息小組",
        walk_ins=("K18-0082", "K18-0123", "K19-0236", "K19-0250"),
        log_session="個案跟進",
        log_meeting="小組聚會",
        walk_in="即場參加",
        minutes="45 分鐘",
        open_entry="開啟紀錄",
    ),
    "phone in English": Story(
        size=PHONE,
        language=ENGLISH,
        worker="worker4",
        case="RF-004",
        group="同路人家長小組",
        walk_ins=("K18-0013", "K18-0019", "K18-0040", "K18-0031"),
        log_session="Case session",
        log_meeting="Group meeting",
        walk_in="Walk-in",
        minutes="45 minutes",
        open_entry="Open the entry",
    ),
}


def log_session(visitor: Visitor, story: Story) -> None:
    """Log today's session of 45 minutes with everybody of the case."""
    page = visitor.page
    visitor.log(story.log_session)
    page.get_by_role("link", name=story.case).click()
    page.locator("#minutes").get_by_role("radio", name="45", exact=True).click()
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/case/sessions/session-*")
    assert story.minutes in page.locator("main").inner_text()


def log_meeting(visitor: Visitor, story: Story) -> None:
    """Log today's meeting: eight members, one of them late, and four who just came."""
    page = visitor.page
    visitor.log(story.log_meeting)
    page.get_by_role("link", name=story.group, exact=True).click()
    assert page.locator(".attendees .person").count() == MEMBERS
    for place, number in enumerate(story.walk_ins, MEMBERS + 1):
        page.locator("#q").fill(number)
        page.locator("button[name=find]:not(.visually-hidden)").click()
        page.locator("button[name=add]").click()
        page.locator(".attendees .person").nth(place - 1).wait_for()
    page.locator(".attendees .person").first.locator(".chip", has=page.locator("[value=late]")).click()
    page.locator("#minutes").fill("90")
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("**/groups/meetings/meeting-*")
    rows = page.locator("table.ledger tbody tr")
    assert rows.count() == MEMBERS + len(story.walk_ins)
    assert rows.filter(has_text=story.walk_in).count() == len(story.walk_ins)


def find_behind_the_figure(visitor: Visitor, story: Story) -> None:
    """From the figure to its newest session, and on to the entry itself."""
    page = visitor.page
    page.locator(".measure a[href$='/output-1/attendances']").click()
    newest = page.locator("section[aria-labelledby=sessions] tbody tr").first
    assert newest.locator(".number").last.inner_text().strip() == "12"
    newest.locator("a").click()
    page.get_by_role("link", name=story.open_entry).click()
    page.wait_for_url("**/groups/meetings/meeting-*")
    assert page.locator("main").get_by_role("link", name=story.group).count() == 1
