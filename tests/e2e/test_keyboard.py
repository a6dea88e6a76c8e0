"""Without a pointer: what a worker logs and what a leader reads, by keys alone, and always in sight."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from deploy.demo.staff import PASSWORD
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, Language, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

MOST_STEPS = 120
# Where the focus is: whether it is seen (on the thing itself, or on the chip drawn for it), and nothing lies over it.
IN_SIGHT = """one => {
  const drawn = getComputedStyle(one).opacity === "0" ? one.nextElementSibling : one;
  const { left, top, width, height } = drawn.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  const there = document.elementFromPoint(x, y);
  const { outlineStyle, boxShadow } = getComputedStyle(drawn);
  const isSeen = outlineStyle !== "none" || boxShadow !== "none";
  return isSeen && there !== null && (one.parentElement.contains(there) || there.contains(one));
}"""


class Keys:
    """Hands that never leave the keyboard."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, *keys: str) -> None:
        """Press one key after the other."""
        for key in keys:
            self._page.keyboard.press(key)

    def to(self, target: Locator) -> None:
        """Go on with Tab until the target has the focus, which must be seen."""
        for _ in range(MOST_STEPS):
            self.press("Tab")
            if target.evaluate("one => one === document.activeElement"):
                self._page.wait_for_function(IN_SIGHT, arg=target.element_handle())
                return
        raise AssertionError(f"{target} is not reached by Tab")

    def open(self, target: Locator, leads_to: str) -> None:
        """Go to a link or a button, press it, and wait for the page it leads to."""
        self.to(target)
        self.press("Enter")
        self._page.wait_for_url(leads_to)

    def type(self, target: Locator, text: str) -> None:
        """Go to a field and write in it, instead of what stands there."""
        self.to(target)
        self.press("Control+a")
        self._page.keyboard.type(text)

    def sign_in(self, username: str, language: Language) -> None:
        """Sign in, and choose the language where it is another one."""
        page = self._page
        page.goto("/sign-in")
        self.type(page.locator("#username"), username)
        self.type(page.locator("#password"), PASSWORD)
        self.open(page.locator("main .btn-primary"), "/")
        if page.locator("html").get_attribute("lang") != language.replace("_", "-"):
            self.to(page.locator(f".tools button[name=language][value={language}]"))
            self.press("Enter")
            page.locator(f"html[lang={language.replace('_', '-')}]").wait_for()


def test_a_worker_logs_a_session_a_meeting_and_a_visit_by_keys(visit: Callable[..., Visitor]) -> None:
    page = visit(DESKTOP).page
    keys, save = Keys(page), page.locator(".actions .btn-primary")
    keys.sign_in("worker3", CHINESE)
    keys.press("n")
    keys.press("Enter")  # The first entry of the menu.
    page.wait_for_url("**/case/sessions/new")
    keys.press("Tab", "Enter")
    expect(page.locator("main")).to_be_focused()  # Past everything that stands on each page.
    keys.open(page.locator("main .plain a").nth(2), "**/case/sessions/new?case_id=*")
    keys.to(page.locator("#minutes :checked"))
    keys.press("ArrowRight")
    minutes = page.locator("#minutes :checked").get_attribute("value")
    keys.open(save, "**/case/sessions/session-*")
    expect(page.locator("main")).to_contain_text(f"{minutes} 分鐘")

    page.goto("/groups/meetings/new")
    keys.open(page.get_by_role("link", name="溝通技巧小組", exact=True), "**/groups/meetings/new?group_id=*")
    keys.type(page.locator("#minutes"), "65")
    first = page.locator(".person[data-place=member]").first
    keys.to(first.locator("[value=present]"))
    keys.press("ArrowRight")
    expect(first.locator("[value=absent]")).to_be_checked()
    expect(page.locator("[data-count=absent]")).to_have_text("1")
    keys.open(save, "**/groups/meetings/meeting-*")

    page.goto("/outreach/visits/new")
    keys.to(page.locator("#place_id"))
    keys.press("ArrowDown")
    keys.type(page.locator("#q"), "鍵盤哥")
    keys.press("Enter")
    page.locator("[name=add_new]").wait_for()
    keys.to(page.locator("[name=add_new]"))
    keys.press("Enter")
    expect(page.locator(".met")).to_have_count(1)
    keys.open(save, "**/outreach/visits/visit-*")
    expect(page.locator("main")).to_contain_text("鍵盤哥")


def test_a_leader_goes_from_the_contract_to_a_session_by_keys(visit: Callable[..., Visitor]) -> None:
    page = visit(DESKTOP).page
    keys = Keys(page)
    keys.sign_in("leader1", ENGLISH)
    keys.open(page.locator(".places [href='/reporting/contracts']"), "**/reporting/contracts")
    keys.open(page.locator("main a[href='/reporting/contracts/running']").first, "**/reporting/contracts/running")
    keys.open(page.locator(".measure a[href$='/output-1/attendances']"), "**/figures/output-1/attendances")
    keys.open(page.locator("section[aria-labelledby=sessions] tbody a").first, "**/reporting/units/*/figures")
    keys.open(page.get_by_role("link", name="Open the entry"), "**/groups/meetings/meeting-*")
    keys.open(page.get_by_role("link", name="Correct", exact=True), "**/correct")
