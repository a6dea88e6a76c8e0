"""A spreadsheet of somebody else's: the cells that ask are filled, everything else is kept, harm is refused."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from services.reporting.exports import package
from services.reporting.exports.filling import fill
from services.reporting.exports.slots import slots_of
from services.reporting.exports.words import Words
from shared.errors import Invalid

Slots = dict[str, Any]


@pytest.fixture(scope="module")
def slots(sealed: dict[str, Any]) -> Slots:
    return slots_of(sealed, Words("zh-Hant"))


def form(write: Callable[[Any, Any], None]) -> bytes:
    """A workbook with one sheet, `表格 1`, as `write` fills it."""
    from xlsxwriter import Workbook

    file = BytesIO()
    with Workbook(file) as book:
        write(book, book.add_worksheet("表格 1"))
    return file.getvalue()


def read(file: bytes) -> Any:
    from openpyxl import load_workbook

    return load_workbook(BytesIO(file)).active


def typical(book: Any, sheet: Any) -> None:
    """A form with a look, a formula over what will be filled in, a chart, and names of its own."""
    amount = book.add_format({"num_format": "#,##0", "bg_color": "#FFFF00"})
    sheet.write_string("A1", "Sessions")
    sheet.write_blank("B1", None, amount)
    sheet.write_string("B2", "{{ output-1.attendances.actual }}", amount)
    sheet.write_string("A3", "共{{output_1.sessions.actual}}節，{{report.funder}}")
    sheet.write_formula("B3", "=B1+B2", amount, 0)
    sheet.write_string("A5", "{{output_1.sessions.narrative}}")
    book.define_name("output_1.sessions.actual", "='表格 1'!$B$1")
    book.define_name("output_5.supervision_hours.actual", "='表格 1'!$D$9")
    book.define_name("Rate", "='表格 1'!$C$1")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='表格 1'!$B$1:$B$2"})
    sheet.insert_chart("F1", chart)


def test_named_cells_and_placeholders_are_filled(slots: Slots) -> None:
    sheet = read(fill(form(typical), slots))
    assert (sheet["B1"].value, sheet["B2"].value, sheet["D9"].value) == (2, 15, 69.5)
    assert sheet["A3"].value == "共2節，禁毒基金"
    assert (sheet["A5"].value, sheet["A5"].data_type) == ("=HYPERLINK(1)", "s")


def test_everything_else_is_kept_as_it_was(slots: Slots) -> None:
    before = form(typical)
    after = fill(before, slots)
    sheet = read(after)
    assert sheet["B3"].value == "=B1+B2"
    assert sheet["B1"].number_format == "#,##0"
    assert sheet["B1"].fill.start_color.rgb == "FFFFFF00"
    with ZipFile(BytesIO(before)) as old, ZipFile(BytesIO(after)) as new:
        assert new.namelist() == old.namelist()
        changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
    assert changed == {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}


def test_formulas_are_calculated_anew(slots: Slots) -> None:
    with ZipFile(BytesIO(fill(form(typical), slots))) as new:
        assert b"<f>B1+B2</f></c>" in new.read("xl/worksheets/sheet1.xml")
        assert b'fullCalcOnLoad="1"' in new.read("xl/workbook.xml")


def test_unknown_names_are_listed_by_cell(slots: Slots) -> None:
    def wrong(book: Any, sheet: Any) -> None:
        sheet.write_string("A1", "{{output_1.nothing.actual}}")
        sheet.write_formula("C1", "=1+1")
        book.define_name("output_9.sessions.actual", "='表格 1'!$B$4")
        book.define_name("output_1.persons.actual", "='表格 1'!$C$1")
        book.define_name("Anything.else", "='表格 1'!$C$5")

    with pytest.raises(Invalid) as refused:
        fill(form(wrong), slots)
    assert {(one.path, one.code) for one in refused.value.fields} == {
        ("表格 1!A1", "unknown_name"),
        ("表格 1!B4", "unknown_name"),
        ("表格 1!C1", "holds_formula"),
    }


def test_a_form_that_asks_for_nothing_is_told_so(slots: Slots) -> None:
    with pytest.raises(Invalid) as refused:
        fill(form(lambda _, sheet: sheet.write_string("A1", "Nothing")), slots)
    assert refused.value.code == "nothing_to_fill"


def with_part(file: bytes, name: str, content: bytes, *, instead: bool = False) -> bytes:
    """The same archive with one part more, or another in its place."""
    made = BytesIO()
    with ZipFile(BytesIO(file)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for one in old.namelist():
            if not (instead and one == name):
                new.writestr(one, old.read(one))
        new.writestr(name, content)
    return made.getvalue()


PLAIN = form(typical)
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]><workbook>&c;</workbook>'


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"no archive", "not_xlsx"),
        (b"", "not_xlsx"),
        (PLAIN[: len(PLAIN) // 2], "not_xlsx"),
        (b"\xd0\xcf\x11\xe0 with a password", "old_or_locked"),
        (with_part(PLAIN, "xl/vbaProject.bin", b"macro"), "has_macros"),
        (with_part(PLAIN, "xl/media/bomb.bin", bytes(package.MOST_UNPACKED)), "too_large_unpacked"),
        (with_part(PLAIN, "xl/workbook.xml", ENTITIES, instead=True), "not_xlsx"),
        (with_part(PLAIN, "xl/workbook.xml", b"<workbook", instead=True), "not_xlsx"),
        (with_part(PLAIN, "xl/workbook.xml", b"<workbook/>", instead=True), "not_plain_xlsx"),
    ],
    ids=["text", "empty", "half", "password", "macro", "bomb", "entities", "broken", "no sheets"],
)
def test_what_is_no_plain_workbook_is_refused_with_its_reason(slots: Slots, file: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        fill(file, slots)
    assert refused.value.code == code


def test_a_bomb_is_refused_before_it_is_unpacked(slots: Slots, monkeypatch: pytest.MonkeyPatch) -> None:
    def unpack(*_: object) -> bytes:
        raise AssertionError("nothing of it is read")

    bomb = with_part(PLAIN, "xl/media/bomb.bin", bytes(package.MOST_UNPACKED))
    assert len(bomb) < 100_000
    monkeypatch.setattr(package.ZipFile, "read", unpack)
    with pytest.raises(Invalid):
        fill(bomb, slots)
