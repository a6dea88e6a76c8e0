"""A file from the form to the saved rows in a real browser, and the same sent by a program with a token."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor
from tests.e2e.serving import Served, run

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

BOTH = pytest.mark.parametrize(
    ("language", "size", "day"), [(CHINESE, PHONE, 3), (ENGLISH, DESKTOP, 4)], ids=["phone", "desktop"]
)


def a_case(page: Page) -> tuple[str, str]:
    """The number of an open case of the team, and of one of its members."""

    def ask(path: str) -> Any:
        return page.request.get(f"/case/api/v1/{path}").json()

    case = ask("cases?stage=open&limit=1")["items"][0]
    member = next(one["person_id"] for one in case["members"] if one["to_date"] is None)
    return case["case_number"], ask(f"people/{member}")["client_number"]


def sheet(case: str, number: str, day: int) -> str:
    rows = [f"{case},2021-05-{day:02},{hour}:05,20,{number},regular" for hour in range(10, 20)]
    wrong = [f"{case},31/2/2021,09:00,20,{number},regular"]
    return "\n".join(["Fall,日期,開始時間,時長,出席者編號,服務合約", *rows, *wrong])


@BOTH
def test_a_file_is_checked_named_and_saved(
    visit: Callable[..., Visitor], language: Language, size: Size, day: int
) -> None:
    visitor = visit(size)
    visitor.sign_in("leader1", language)
    page = visitor.page
    page.goto("/case/imports")
    text = sheet(*a_case(page), day)
    page.locator("label.chip:has(input[value=sessions])").click()
    page.locator("#file").set_input_files({"name": "sheet.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.locator("main .btn-primary").first.click()
    if page.locator("#case_number").count():  # Only the first time: then the heading is known.
        page.locator("#case_number").select_option("0")
        page.locator("main .btn-primary").click()
    expect(page.locator(".tally-bad")).to_contain_text("1")
    page.locator("form[action$='/accept'] .btn-primary").click()
    expect(page.locator(".tally-added")).to_contain_text("10")
    expect(page.locator("main .ledger tbody tr")).to_have_count(1)


def test_a_program_sends_a_file_with_a_token(visit: Callable[..., Visitor], served: Served, tmp_path: Path) -> None:
    visitor = visit(DESKTOP)
    visitor.sign_in("leader1", ENGLISH)
    page = visitor.page
    page.goto("/feeds")
    page.locator("#label").fill("Night feed")
    page.locator("label.chip:has(input[value=sessions])").click()
    page.locator("main .btn-primary").click()
    secret = page.locator("code.secret").inner_text()
    file = tmp_path / "sheet.csv"
    case, number = a_case(page)
    file.write_text(sheet(case, number, 6).replace("Fall", "case_number").rsplit("\n", 1)[0], encoding="utf-8")
    command = ("import", "sessions", str(file), "--url", served.url, "--token", secret)
    assert b"10 added" in run(served.environment, *command)
    assert b"10 same" in run(served.environment, *command)
    page.locator("form[action$='/revoke'] button").first.click()
    with pytest.raises(subprocess.CalledProcessError):
        run(served.environment, *command)
