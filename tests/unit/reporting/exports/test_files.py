"""The files themselves: what other programs read in them, and that the same report is the same bytes."""

import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from services.reporting.exports.cells import Formula, Statistic
from services.reporting.exports.rendering import FORMATS, render, rows_of_workbook, text_of_pdf_source
from services.reporting.exports.words import LANGUAGES, Language
from shared.testing.plugin import missing
from tests.unit.reporting.exports.conftest import RARE

Values = dict[str, Any]
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""
"""Calculate every formula anew, whatever value stands beside it."""


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """LibreOffice as a function: a file and an ending give the converted file."""
    program = shutil.which("soffice")
    if program is None:
        missing("needs LibreOffice Calc (soffice)")
    profile = tmp_path_factory.mktemp("office")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")

    def convert(file: Path, ending: str, *options: str) -> Path:
        target = file.parent / "converted"
        command = [str(program), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", ending]
        subprocess.run(
            [*command, *options, "--outdir", str(target), str(file)], check=True, capture_output=True, timeout=180
        )
        return target / f"{file.stem}.{ending}"

    return convert


def workbook(file: bytes | Path, **options: Any) -> Any:
    from openpyxl import load_workbook

    return load_workbook(BytesIO(file) if isinstance(file, bytes) else file, **options)


def plain(cell: Any) -> Any:
    """A cell of ours as a program that calculates reads it; what is empty has no value."""
    if isinstance(cell, Formula | Statistic):
        cell = cell.value
    return None if cell == "" else cell


def near(cell: Any) -> Any:
    """The same, as far as sixteen digits go, which is what a workbook keeps of a number."""
    value = plain(cell)
    return pytest.approx(value) if isinstance(value, float) else value


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_report_is_the_same_bytes(sealed: Values, name: str, language: Language) -> None:
    assert render(sealed, name, language, audience="staff") == render(sealed, name, language, audience="staff")


def test_the_workbook_is_a_writing_down_of_the_rows(sealed: Values) -> None:
    book = workbook(render(sealed, "xlsx", "en", audience="staff"))
    for title, rows in rows_of_workbook(sealed, "en", audience="staff").items():
        for written, row in zip(book[title].iter_rows(values_only=True), rows, strict=True):
            ours = [one.text if isinstance(one, Formula) else plain(one) for one in row]
            assert [*map(plain, written[: len(ours)])] == [near(one) for one in ours]


def test_a_text_of_the_workbook_is_never_a_formula(sealed: Values) -> None:
    book = workbook(render(sealed, "xlsx", "en", audience="staff"))
    ours = {
        cell.text
        for rows in rows_of_workbook(sealed, "en", audience="staff").values()
        for row in rows
        for cell in row
        if isinstance(cell, Formula)
    }
    found = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"}
    assert found == ours
    texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)"]
    assert texts
    assert all(cell.data_type != "f" and cell.quotePrefix for cell in texts)


def test_the_figures_of_the_workbook_have_names(sealed: Values) -> None:
    book = workbook(render(sealed, "xlsx", "en"), data_only=True)
    ((sheet, place),) = book.defined_names["output_5.supervision_hours.actual"].destinations
    assert book[sheet][place].value == 69.5
    assert [len(sheet._charts) for sheet in book] == [1, 1, 0, 1, 0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_libreoffice_calculates_the_same_figures(
    sealed: Values, language: Language, office: Callable[..., Path], tmp_path: Path
) -> None:
    file = tmp_path / "report.xlsx"
    file.write_bytes(render(sealed, "xlsx", language, audience="staff"))
    book = workbook(office(file, "xlsx"), data_only=True)
    for title, rows in rows_of_workbook(sealed, language, audience="staff").items():
        for read, row in zip(book[title].iter_rows(values_only=True), rows, strict=False):
            for value, cell in zip(read, row, strict=False):
                assert value == near(cell)


def test_libreoffice_opens_the_csv_with_its_chinese_and_runs_nothing(
    sealed: Values, office: Callable[..., Path], tmp_path: Path
) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(render(sealed, "csv", "zh-Hant"))
    # Commas, double quotes, UTF-8: what the byte order mark tells the dialog that is not shown here.
    cells = [
        cell for row in workbook(office(file, "xlsx", "--infilter=CSV:44,34,76")).active.iter_rows() for cell in row
    ]
    assert not [cell for cell in cells if cell.data_type == "f"]
    texts = {str(cell.value) for cell in cells}
    assert {"輸出指標", "'@因疫情關係"} <= texts
    assert any("=HYPERLINK(1)" in text for text in texts)


def test_the_word_file_has_the_table_in_both_languages(sealed: Values) -> None:
    import docx

    for language, words in (("zh-Hant", ["項目", "目標", "實際", "本期"]), ("en", ["Measure", "Target"])):
        page = docx.Document(BytesIO(render(sealed, "docx", language)))
        heading = [cell.text for cell in page.tables[1].rows[0].cells]
        assert heading[: len(words)] == words
        text = "\n".join(cell.text for table in page.tables for row in table.rows for cell in row.cells)
        assert "69.5" in text
        assert "=HYPERLINK(1)" in text


def test_the_pdf_says_every_character_of_its_source_without_a_font_of_the_system(
    sealed: Values, tmp_path: Path
) -> None:
    program = shutil.which("pdftotext")
    if program is None:
        missing("needs pdftotext (poppler-utils)")
    file = tmp_path / "report.pdf"
    file.write_bytes(render(sealed, "pdf", "zh-Hant"))
    text = subprocess.run([program, str(file), "-"], capture_output=True, check=True).stdout.decode()
    assert {*RARE} <= {*text}
    source = text_of_pdf_source(sealed, "zh-Hant")
    assert {one for one in source if "\u3400" <= one <= "\u9fff"} - {*text} == set()
    fonts = subprocess.run(["pdffonts", str(file)], capture_output=True, check=True).stdout.decode().splitlines()[2:]
    assert fonts
    assert all("NotoSansCJK" in line for line in fonts)
