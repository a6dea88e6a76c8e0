"""A file as a table: its headings wherever they stand, its rows by their own numbers, in whatever encoding."""

import pytest

from shared.errors import Invalid
from shared.importing.cells import Fault
from shared.importing.sheets import Row, decoded, read_table
from shared.testing.spreadsheets import Formula, ods, xlsx

KNOWN = ["個案編號", "日期", "備註"]
TEXT = "個案編號,日期,備註\nC1,2019-05-03,佢喺深水埗\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "big5hkscs", "gb18030"])
def test_a_text_is_read_in_the_encoding_that_makes_sense(encoding: str) -> None:
    assert decoded(TEXT.encode(encoding), KNOWN) == TEXT


def test_a_few_bytes_that_are_wrong_spoil_their_own_row_alone() -> None:
    lines = [f"C{number},2019-05-03,深水埗".encode() for number in range(50)]
    lines[7] += b"\xff"
    table = read_table(b"\n".join(["個案編號,日期,備註".encode(), *lines]), KNOWN)
    assert [row.number for row in table.rows if "\ufffd" in str(row.cells[2])] == [9]


def test_headings_are_found_below_a_title_and_rows_keep_their_numbers() -> None:
    rows = [["服務紀錄"], [], KNOWN, ["C1", "2019-05-03", None], [], ["C2", "2019-05-04", "x"]]
    for data in (xlsx(rows), ods(rows)):
        table = read_table(data, KNOWN)
        assert table.headings[:3] == tuple(KNOWN)
        assert [(row.number, row.cells[0]) for row in table.rows] == [(4, "C1"), (6, "C2")]


def test_a_cell_of_several_lines_does_not_shift_the_numbers() -> None:
    table = read_table('個案編號,備註\nC1,"一\n二"\nC2,x\n'.encode(), KNOWN)
    assert list(table.rows) == [Row(2, ("C1", "一\n二")), Row(4, ("C2", "x"))]


def test_formulas_without_a_value_and_merged_cells_are_faults() -> None:
    rows = [KNOWN, ["C1", Formula("=TODAY()"), "x"], ["C2", None, "y"], ["C3", None, "z"]]
    for data in (xlsx(rows, merged=[(2, 1, 3, 1)], shows="2019-05-03"), ods(rows[:2])):
        first, *rest = read_table(data, KNOWN).rows
        assert first.cells[1] == Fault("formula_without_value")
        assert [row.cells[1] for row in rest] in ([], ["2019-05-03", Fault("merged")])


@pytest.mark.parametrize(("data", "code"), [(b"", "file_empty"), (b" \n", "file_empty"), (b"a\0b", "file_broken")])
def test_what_is_no_table_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_table(data, KNOWN)
    assert refused.value.fields[0].code == code
