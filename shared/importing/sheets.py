"""A file as a table: its headings and its rows, one at a time, from XLSX, ODS or CSV in whatever encoding.

Formulas are never evaluated: the value that the file keeps beside one is taken.
"""

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import chain
from typing import Any

from shared.errors import Invalid
from shared.importing.cells import Cell, Fault, folded
from shared.importing.packages import (
    LARGEST_FILE,
    MOST_COLUMNS,
    MOST_ROWS,
    Hidden,
    broken,
    look_into,
    too_many_rows,
)

_MOST_CELLS = 3_000_000
_SEARCHED = 20
"""Among how many first rows the headings are looked for: some sheets begin with a title."""
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the headings; `number` is the one that a spreadsheet program shows beside it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The headings of a file and its rows, which can be gone through once; `since_1904` says how days are counted."""

    headings: tuple[str, ...]
    rows: Iterator[Row]
    since_1904: bool = False


def read_table(data: bytes, known: Collection[str]) -> Table:
    """Read a file; `known` are headings in any language, by which the row of headings is found.

    Raises `Invalid` for a file that cannot be read, is too large, locked, or has macros.
    """
    if len(data) > LARGEST_FILE:
        raise Invalid(
            "file_too_large", "This file is too large: at most %(most)s MB.", field="file", most=LARGEST_FILE // 10**6
        )
    if not data.strip():
        raise Invalid("file_empty", "There is nothing in this file.", field="file")
    if data.startswith(_OLD_EXCEL):
        raise Invalid(
            "file_old", "This file is locked with a password or in an old format. Save it as .xlsx.", field="file"
        )
    if data.startswith(b"PK"):
        hidden = look_into(data)
        return _headed(_sheet_rows(data, hidden), known, since_1904=hidden.since_1904)
    return _headed(_text_rows(data, known), known)


def _headed(rows: Iterator[Row], known: Collection[str], *, since_1904: bool = False) -> Table:
    """Take the row that holds most of the known headings for the headings."""
    first = [row for _, row in zip(range(_SEARCHED), rows, strict=False)]
    if not first:
        raise Invalid("file_empty", "There is nothing in this file.", field="file")
    names = {folded(one) for one in known}
    counts = [sum(isinstance(cell, str) and folded(cell) in names for cell in row.cells) for row in first]
    at = counts.index(max(counts))
    headings = tuple(" ".join(str(cell).split())[:80] if isinstance(cell, str) else "" for cell in first[at].cells)
    return Table(headings, chain(first[at + 1 :], rows), since_1904)


def _sheet_rows(data: bytes, hidden: Hidden) -> Iterator[Row]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0)
    except (CalamineError, OSError, ValueError) as error:
        raise broken() from error
    if sheet.total_height > MOST_ROWS + 1 or sheet.total_width > MOST_COLUMNS:
        raise too_many_rows()
    if sheet.total_height * sheet.total_width > _MOST_CELLS:
        raise too_many_rows()
    top, left = sheet.start or (0, 0)
    faults: dict[int, list[tuple[int, str]]] = {}
    for (row, column), code in hidden.faults.items():
        faults.setdefault(row, []).append((column, code))
    for index, values in enumerate(sheet.iter_rows(), start=top):
        cells: list[Any] = [None] * left + [None if value == "" else value for value in values]
        found = faults.get(index, ())
        # The rest of a merged title, or a formula below the last row, is nothing to complain about.
        if any(cell is not None for cell in cells) or any(code != "merged" for _, code in found):
            for column, code in found:
                cells += [None] * (column + 1 - len(cells))
                cells[column] = Fault(code)
            yield Row(index + 1, tuple(cells))


def _text_rows(data: bytes, known: Collection[str]) -> Iterator[Row]:
    told = decoded(data, known)
    if "\0" in told:
        raise broken()
    separator = max(",;\t", key=told[: told.find("\n", 400) if len(told) > 400 else None].count)
    reader = csv.reader(StringIO(told, newline=""), delimiter=separator, strict=False)
    before = 0
    try:
        for count, values in enumerate(reader):
            if count > MOST_ROWS + _SEARCHED or len(values) > MOST_COLUMNS:
                raise too_many_rows()
            # A cell may hold a line break; a row is known by the line it begins on.
            number, before = before + 1, reader.line_num
            if any(value.strip() for value in values):
                yield Row(number, tuple(value if value.strip() else None for value in values))
    except csv.Error as error:
        raise broken() from error


def decoded(data: bytes, known: Collection[str] = ()) -> str:
    """The text of a CSV file: by its byte-order mark, else UTF-8, else the encoding under which it makes most sense.

    Where UTF-8 fails in a few places only, those are marked with U+FFFD, so that their rows alone are refused.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    tried = [data.decode(encoding, errors="replace") for encoding in ("utf-8", "big5hkscs", "gb18030")]
    best = max(tried, key=lambda text: _sense(text, known))
    if best.count("\ufffd") * 20 > len(best):
        raise Invalid("encoding_unknown", "The characters of this file cannot be read. Save it as UTF-8.", field="file")
    return best


def _sense(text: str, known: Collection[str]) -> tuple[int, float]:
    """How much sense a text makes: by the headings known in it, then by how few of its characters are odd."""
    head = text[:4000]
    odd = sum(text.count(one) for one in ("\ufffd",)) + sum("\ue000" <= letter <= "\uf8ff" for letter in head)
    return sum(one in head for one in known if not one.isascii()), -odd / (len(text) or 1)


def as_text(headings: Sequence[str]) -> str:
    """The headings as one line, for the mapping to be remembered by."""
    return "\t".join(folded(one) for one in headings)
