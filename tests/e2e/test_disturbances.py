"""What comes between: the sign-in ends in a form, an answer is lost, the server dies, nobody answers for the names."""

import re
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from deploy.demo.staff import PASSWORD
from deploy.demo.steps import made_id
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor
from tests.e2e.phone import count, looked_after
from tests.e2e.serving import key_of, serving

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

SESSION = re.compile(r"/case/sessions/session-[0-9a-f-]+$")
FIGURE = "output-2/sessions"
NOBODY_ANSWERS = {"CASELEDGER_INTERNAL_URL": "http://127.0.0.1:9"}


@dataclass(frozen=True, slots=True)
class Words:
    """Who types what, and what they read."""

    size: Size
    language: Language
    worker: str
    note: str
    newcomer: str
    still_here: str


PEOPLE = {
    "phone in Chinese": Words(PHONE, CHINESE, "worker2", "談及復診安排", "卓婉儀", "您輸入的內容仍在此處"),
    "desktop in English": Words(
        DESKTOP, ENGLISH, "worker3", "Talked about the clinic", "Lung Tsz Kit", "What you typed is still here"
    ),
}


def case_of(page: Page, number: str = "") -> tuple[str, str]:
    """The form for a session of the last case on Today with such a number, and the list of its sessions."""
    cases = page.locator("#caseload ~ ul > li", has_text=number)
    form = cases.locator("a[href*='/case/sessions/new']").last.get_attribute("href")
    assert form
    return form, f"/case/api/v1/sessions?limit=200&case_id={form.partition('case_id=')[2]}"


def sign_in_again(visitor: Visitor, words: Words) -> None:
    """The form was not saved, and says so; sign in beside it, and save with an impatient hand."""
    page = visitor.page
    expect(page.locator("main")).to_contain_text(words.still_here)
    assert visitor.complaints.pop().endswith("401 (UNAUTHORIZED)")
    with page.expect_popup() as opened:
        page.locator(".steps a").click()
    door = opened.value
    door.locator("#username").fill(words.worker)
    door.locator("#password").fill(PASSWORD)
    door.locator("main .btn-primary").click()
    door.wait_for_url("/")
    door.close()
    page.locator(".steps button").dblclick()


@pytest.mark.parametrize("name", PEOPLE)
def test_a_sign_in_that_ends_in_the_middle_of_a_form_loses_nothing(name: str, visit: Callable[..., Visitor]) -> None:
    words = PEOPLE[name]
    visitor = visit(words.size)
    page = visitor.page
    visitor.sign_in(words.worker, words.language)
    form, saved = case_of(page)
    before = count(page, saved)
    page.goto(form)
    page.locator("#minutes").get_by_role("radio", name="45", exact=True).click()
    page.locator("details:has(#note) summary").click()
    page.locator("#note").fill(words.note)
    visitor.end_session()
    page.locator(".actions .btn-primary").click()
    sign_in_again(visitor, words)
    page.wait_for_url(SESSION)
    expect(page.locator("main")).to_contain_text(words.note)
    assert count(page, saved) == before + 1  # Though it waited on this phone too, and was tapped twice.

    # A form that cannot wait on the phone is kept just so.
    page.goto("/case/people/new")
    page.locator("#name_zh").fill(words.newcomer)
    visitor.end_session()
    page.locator(".actions .btn-primary").click()
    sign_in_again(visitor, words)
    page.wait_for_url(re.compile("/case/people/person-"))
    expect(page.locator("h1")).to_contain_text(words.newcomer)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_form_whose_answer_was_lost_is_sent_once_more_and_counted_once(
    name: str, visit: Callable[..., Visitor]
) -> None:
    words = PEOPLE[name]
    visitor = visit(words.size)
    page = visitor.page
    page.add_init_script("delete Navigator.prototype.serviceWorker")  # Nothing on the phone can send it again.
    visitor.sign_in(words.worker, words.language)
    form, saved = case_of(page, "RF-")
    before, figure = count(page, saved), visitor.figures("running")[FIGURE]
    page.goto(form)
    page.locator("#minutes").get_by_role("radio", name="45", exact=True).click()
    page.locator("details:has(#note) summary").click()
    page.locator("#note").fill(words.note)
    with page.expect_event("requestfailed"):
        page.route(f"**{form}", lose_the_answer)
        page.locator(".actions .btn-primary").click()
    page.unroute(f"**{form}")
    assert count(page, saved) == before + 1  # The server has saved what the browser believes lost.

    page.reload()
    page.wait_for_url(SESSION)
    expect(page.locator("main")).to_contain_text(words.note)
    assert count(page, saved) == before + 1
    assert visitor.figures("running")[FIGURE] == figure + 1

    # Who begins anew instead is asked first.
    page.goto(form)
    page.locator(".actions .btn-primary").click()
    expect(page.locator(".doubts")).to_be_visible()
    assert count(page, saved) == before + 1


def lose_the_answer(route: Route) -> None:
    """Let the server answer, and break the connection before the answer comes."""
    if route.request.method == "POST":
        route.fetch(max_redirects=0)
        route.abort("connectionreset")
    else:
        route.continue_()


def test_the_server_dies_during_a_save_and_comes_back_without_names(
    browser: Browser, loaded_demo: Path, tmp_path: Path
) -> None:
    directory = tmp_path / "data"
    shutil.copytree(loaded_demo, directory)
    with serving(directory, key_of(directory)) as first:
        visitor = Visitor.at(browser, first.url, PHONE)
        page = visitor.page
        visitor.sign_in("worker1", CHINESE)
        form, saved = case_of(page)
        before = count(page, saved)
        page.goto(form)
        looked_after(page, "/on-this-phone", form)
        first.signal(signal.SIGSTOP)  # It has begun to answer nobody,
        page.locator(".actions .btn-primary").click(no_wait_after=True)
        first.signal(signal.SIGKILL)  # and never will.
        page.wait_for_url("**/on-this-phone")
        expect(page.locator("[data-entry=waiting]")).to_have_count(1)
    with serving(directory, key_of(directory) | NOBODY_ANSWERS, port=first.port):
        page.goto("/")
        expect(page.locator("[data-entry=sent]")).to_have_count(1)
        assert count(page, saved) == before + 1

        # The roster asks the case service for names, which does not answer: people are there by their codes.
        page.goto(f"/groups/meetings/new?group_id={made_id('group', 'running 1')}")
        expect(page.locator("main .notice", has_text="暫時未能顯示姓名")).to_be_visible()
        expect(page.locator(".person .name").first).to_have_text(re.compile(r"…\S+"))
        page.locator(".person .name").first.click()
        page.locator("#minutes").fill("60")
        page.locator(".actions .btn-primary").click()
        page.wait_for_url("**/groups/meetings/meeting-*")
        expect(page.locator("main")).to_contain_text("60 分鐘")
        page.context.close()
