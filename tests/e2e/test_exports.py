"""A leader takes a report away as a file; a form comes back filled in, or says which cells are wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from xlsxwriter import Workbook

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]


@dataclass(frozen=True, slots=True)
class Words:
    """What this leader reads."""

    size: Size
    language: Language
    export: str
    fill: str
    sheet: str


LEADERS = {
    "phone in Chinese": Words(PHONE, CHINESE, "匯出", "填寫", "輸出及成效總表"),
    "desktop in English": Words(DESKTOP, ENGLISH, "Export", "Fill it in", "Summary of outputs and outcomes"),
}


@pytest.mark.parametrize("name", LEADERS)
def test_a_leader_takes_the_report_away_and_has_a_form_filled_in(
    name: str, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    words = LEADERS[name]
    visitor = visit(words.size)
    page = visitor.page
    visitor.sign_in("leader1", words.language)
    page.goto("/reporting/contracts/kachi-2")
    page.get_by_role("link", name=words.export, exact=True).click()
    with page.expect_download() as kept:
        page.locator("a[download][href*='report.xlsx']").first.click()
    assert words.sheet in load_workbook(BytesIO(kept.value.path().read_bytes())).sheetnames

    page.locator("#file").set_input_files(form(tmp_path, "{{output_1.sesions.actual}}"))
    page.get_by_role("button", name=words.fill).click()
    expect(page.locator("#file-error")).to_contain_text("Form!A1")
    visitor.complaints.clear()  # The browser notes that the page of a wrong form has the status 422.

    page.locator("#file").set_input_files(form(tmp_path, "{{output_1.sessions.actual}}"))
    with page.expect_download() as filled:
        page.get_by_role("button", name=words.fill).click()
    assert load_workbook(BytesIO(filled.value.path().read_bytes()))["Form"]["A1"].value == 285


def form(directory: Path, text: str) -> Path:
    """A workbook with one cell that asks for a figure."""
    file = directory / "form.xlsx"
    with Workbook(file) as book:
        book.add_worksheet("Form").write_string("A1", text)
    return file
