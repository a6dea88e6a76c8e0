"""What a leader and an administrator do: read and return entries, hand a case over, make an account with a password."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deploy.demo.staff import STAFF
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

USERNAMES = {member.display_name: member.username for member in STAFF}
BOTH = pytest.mark.parametrize(("language", "size"), [(CHINESE, PHONE), (ENGLISH, DESKTOP)], ids=["phone", "desktop"])


@BOTH
def test_a_leader_reads_returns_and_signs_and_the_author_finds_what_was_returned(
    visit: Callable[..., Visitor], language: Language, size: Size
) -> None:
    leader = visit(size)
    leader.sign_in("leader1", language)
    page = leader.page
    page.locator("a[href='/reading']").filter(visible=True).first.click()
    waiting = page.locator(".to-sign-line:has(input[name=item])")
    before = waiting.count()
    author = waiting.first.locator(".muted").inner_text().split(" · ")[-1]
    waiting.first.locator("a").click()
    entry = page.url
    page.locator(".to-sign a[href$='/return']").click()
    page.locator("#comment").fill("請補回時間 Please add the time")
    page.locator(".actions .btn-primary").click()
    page.wait_for_url(entry)

    worker = visit(size)
    worker.sign_in(USERNAMES[author], language)
    address = "/" + entry.split("/", 3)[3]
    expect(worker.page.locator(f"#needs + ul a[href='{address}/correct']")).to_be_visible()
    worker.page.locator(f"#needs + ul a[href='{address}']").first.click()
    expect(worker.page.locator(".notice", has_text="請補回時間")).to_be_visible()

    page.goto("/reading")
    expect(waiting).to_have_count(before - 1)
    expect(page.locator(f"section[aria-labelledby=returned] a[href='{address}']")).to_be_visible()
    waiting.first.locator("[name=item]").check()
    page.locator("section[aria-labelledby=waiting] .btn-primary").click()
    expect(waiting).to_have_count(before - 2)


@BOTH
def test_a_leader_hands_a_case_over(visit: Callable[..., Visitor], language: Language, size: Size) -> None:
    leader = visit(size)
    leader.sign_in("leader1", language)
    page = leader.page
    page.goto("/case/handover?worker_id=account-worker3")
    cases = page.locator(".to-hand-over")
    before = cases.count()
    number = cases.first.locator(".what a").inner_text()
    cases.first.locator("a[href$='/summary']").click()
    expect(page.locator("h1")).to_have_text(number)
    page.go_back()
    cases.first.locator("select").select_option("account-worker2")
    page.locator(".actions .btn-primary").click()
    expect(cases).to_have_count(before - 1)
    expect(page.locator(".what a", has_text=re.compile(f"^{number}$"))).to_have_count(0)


@BOTH
def test_a_new_colleague_gets_a_temporary_password_and_chooses_another(
    visit: Callable[..., Visitor], language: Language, size: Size
) -> None:
    username = f"new-on-{'phone' if size == PHONE else 'desktop'}"
    admin = visit(size)
    admin.sign_in("admin", language)
    page = admin.page
    page.goto("/accounts")
    page.locator("#display_name").fill("新同事")
    page.locator("#username").fill(username)
    page.locator("#team_ids .chip").first.click()
    page.locator("form[action='/accounts'] .btn-primary").click()
    given = page.locator(".handed-over").inner_text()

    newcomer = visit(size).page
    newcomer.goto("/sign-in")
    newcomer.locator("#username").fill(username)
    newcomer.locator("#password").fill(given)
    newcomer.locator("main .btn-primary").click()
    newcomer.wait_for_url("/account")
    for field, text in (("current_password", given), ("password", "my own words"), ("password_again", "my own words")):
        newcomer.locator(f"#{field}").fill(text)
    newcomer.locator("form[action='/account/password'] button").click()
    newcomer.wait_for_url("/sign-in")
    newcomer.locator("#username").fill(username)
    newcomer.locator("#password").fill("my own words")
    newcomer.locator("main .btn-primary").click()
    expect(newcomer.locator("#caseload")).to_be_visible()
    change_and_close(admin, newcomer, username, given)


def change_and_close(admin: Visitor, newcomer: Page, username: str, given: str) -> None:
    """The account takes on another role and a new team; a forgotten password is replaced; at last it is closed."""
    page, team = admin.page, f"夜隊 {username}"
    page.goto("/accounts")
    page.locator("#name").fill(team)
    page.locator("form[action='/accounts/teams'] .btn").click()
    page.locator(".ledger tr", has_text=username).locator("a").click()
    account = page.url
    page.locator("#role .chip", has=page.locator("[value=team_leader]")).click()
    page.locator("#team_ids .chip", has_text=team).click()
    page.locator(".actions .btn-primary").click()
    page.wait_for_url("/accounts")
    expect(page.locator(".ledger tr", has_text=username)).to_contain_text(team)
    newcomer.goto("/reading")  # It holds from the next page on.
    expect(newcomer.locator("section[aria-labelledby=waiting]")).to_be_visible()
    page.goto(account)
    page.locator("form[action$='/password'] .btn").click()
    assert page.locator(".handed-over").inner_text() != given
    newcomer.goto("/")
    newcomer.wait_for_url("**/sign-in*")
    page.goto(account)
    page.locator("form[action$='/disable'] .btn").click()
    expect(page.locator(".ledger tr.struck", has_text=username)).to_have_count(1)

    # Nobody locks themselves out.
    page.goto("/accounts/account-admin")
    expect(page.locator("form[action$='/disable']")).to_have_count(0)
    page.locator("#role .chip", has=page.locator("[value=worker]")).click()
    page.locator(".actions .btn-primary").click()
    expect(page.locator(".error-summary")).to_be_visible()
    admin.complaints.clear()  # The browser notes the status of the refusal.
    page.goto("/accounts")
    expect(page.locator(".ledger")).to_be_visible()
