"""What is looked at in a spreadsheet file before a library opens it: its true size, macros, and what its cells hide.

XLSX and ODS files are ZIP archives. Their directory may lie, so every part is inflated here once, within bounds, and
nothing of it is kept. What the reader of the cells cannot tell (a formula without a value, merged cells) is found on
the way.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.parsers import expat

from shared.errors import Invalid

LARGEST_FILE = 20_000_000
"""Bytes of a file as it is sent."""
LARGEST_UNPACKED = 200_000_000
MOST_PARTS = 2_000
MOST_ROWS = 60_000
MOST_COLUMNS = 100
_CHUNK = 1 << 20

# A cell whose formula has no value beside it, one whose formula failed, merged cells, and cells far out.
_NAME = rb"(?:\w+:)?"
_FORMULA = re.compile(
    rb"<%(n)sc\s(?:[^>]*?\s)?r=\"([A-Z]+)(\d+)\"[^>]*>\s*<%(n)sf(?:\s[^>]*)?(?:/>|>[^<]*</%(n)sf>)"
    rb"\s*(?:<%(n)sv\s*/>|<%(n)sv>\s*</%(n)sv>)?\s*</%(n)sc>" % {b"n": _NAME}
)
_FAILED = re.compile(rb"<%sc\s(?=[^>]*\bt=\"e\")(?:[^>]*?\s)?r=\"([A-Z]+)(\d+)\"" % _NAME)
_MERGED = re.compile(rb"<%smergeCell\s(?:[^>]*?\s)?ref=\"([A-Z]+)(\d+):([A-Z]+)(\d+)\"" % _NAME)
_FAR = re.compile(rb"\sr=\"(?:[A-Z]{3,}\d+|[A-Z]*\d{6,})\"")
_DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_SINCE_1904 = re.compile(rb"<%sworkbookPr\b[^>]*\bdate1904=\"(?:1|true)\"" % _NAME)

Place = tuple[int, int]
"""Row and column of a cell, both from 0."""


@dataclass(slots=True)
class Hidden:
    """What the cells of the first sheet do not show: faults by place (a code each), and from when days are counted."""

    faults: dict[Place, str] = field(default_factory=dict)
    since_1904: bool = False


def look_into(data: bytes) -> Hidden:
    """Inflate all of an XLSX or ODS file within bounds; raises `Invalid` for what must not be opened at all."""
    try:
        parts = zipfile.ZipFile(BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise broken() from error
    _refuse(parts)
    found, room, sheet = Hidden(), LARGEST_UNPACKED, _first_sheet(parts)
    for part in parts:
        scan = _Sheet(found) if part.filename == sheet else _Ods(found) if part.filename == "content.xml" else None
        for chunk in filter(None, _inflated(data, part)):
            room -= len(chunk)
            if room < 0:
                raise _too_large()
            if part.filename.endswith((".xml", ".rels")) and _DOCUMENT_TYPE.search(chunk):
                raise broken()
            if part.filename == "xl/workbook.xml" and _SINCE_1904.search(chunk):
                found.since_1904 = True
            if scan is not None:
                scan.feed(chunk)
        if scan is not None:
            scan.feed(b"")
    return found


def _first_sheet(parts: list[zipfile.ZipInfo]) -> str | None:
    sheets = [part.filename for part in parts if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename)]
    return min(sheets, key=lambda name: (len(name), name), default=None)


def _refuse(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename.lower() for part in parts]
    if any(name.endswith("vbaproject.bin") or name.startswith(("basic/", "scripts/")) for name in names):
        raise Invalid(
            "file_has_macros",
            "This file has macros. Save it without them as .xlsx or .ods, and send that.",
            field="file",
        )
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _too_large()
    if any(part.flag_bits & 1 for part in parts):
        raise Invalid("file_locked", "This file is locked with a password. Save it without one.", field="file")
    if not {"xl/workbook.xml", "content.xml"} & set(names) or any(part.compress_type not in (0, 8) for part in parts):
        raise broken()


def broken() -> Invalid:
    """The error of a file that is none of the kinds that can be read."""
    return Invalid("file_broken", "This file cannot be read. Save it as .xlsx, .ods or .csv.", field="file")


def _too_large() -> Invalid:
    return Invalid("file_unpacks_too_large", "This file unpacks to more than can be read.", field="file")


def _inflated(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """What the part truly holds, whatever the directory says, in chunks of bounded size."""
    head = part.header_offset
    names = data[head + 26 : head + 30]
    start = head + 30 + int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little")
    packed = data[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield from (packed[at : at + _CHUNK] for at in range(0, len(packed), _CHUNK))
        return
    inflater = zlib.decompressobj(-15)
    try:
        while packed and not inflater.eof:
            yield inflater.decompress(packed, _CHUNK)
            packed = inflater.unconsumed_tail
        yield inflater.flush()
    except zlib.error as error:
        raise broken() from error


class _Sheet:
    """Looks through a sheet of an XLSX file, which comes in pieces that may end inside a cell."""

    def __init__(self, found: Hidden) -> None:
        self._found, self._rest = found, b""

    def feed(self, chunk: bytes) -> None:
        whole = self._rest + chunk
        end = whole.rfind(b"<") if not chunk else max(whole.rfind(b"</row>"), whole.rfind(b":row>"), 0)
        if chunk and len(whole) - end > 8 * _CHUNK:
            raise broken()
        seen, self._rest = (whole[:end], whole[end:]) if chunk else (whole, b"")
        if _FAR.search(seen):
            raise too_many_rows()
        for pattern, code in ((_FORMULA, "formula_without_value"), (_FAILED, "formula_failed")):
            for column, row in pattern.findall(seen):
                self._found.faults[int(row) - 1, _column(column)] = code
        for left, top, right, bottom in _MERGED.findall(seen):
            _merge(self._found, (int(top) - 1, _column(left)), (int(bottom) - 1, _column(right)))


def too_many_rows() -> Invalid:
    """The error of a sheet with more rows or columns than are taken at once."""
    return Invalid(
        "too_many_rows",
        "This sheet is too large: at most %(rows)s rows and %(columns)s columns. Split it into several files.",
        field="file",
        rows=MOST_ROWS,
        columns=MOST_COLUMNS,
    )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _merge(found: Hidden, first: Place, last: Place) -> None:
    """Every cell of merged ones but the first shows nothing, whatever it may have held."""
    rows, columns = min(last[0], MOST_ROWS) + 1, min(last[1], MOST_COLUMNS) + 1
    for row in range(first[0], rows):
        for column in range(first[1], columns):
            if (row, column) != first and len(found.faults) < MOST_ROWS * 10:
                found.faults[row, column] = "merged"


class _Ods:
    """Looks through the first sheet of an ODS file: where its cells lie, how often they are repeated, formulas."""

    def __init__(self, found: Hidden) -> None:
        self._found = found
        self._row, self._column, self._tables, self._filled = 0, 0, 0, False
        self._repeat = 1
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            raise broken() from error

    def _start(self, name: str, given: dict[str, Any]) -> None:
        if name == "table:table":
            self._tables += 1
            self._row = 0
        elif name == "table:table-row":
            self._column, self._filled = 0, False
            self._repeat = _count(given, "table:number-rows-repeated")
        elif name in ("table:table-cell", "table:covered-table-cell") and self._tables == 1:
            self._cell(given, _count(given, "table:number-columns-repeated"), covered="covered" in name)

    def _cell(self, given: dict[str, Any], repeat: int, *, covered: bool) -> None:
        kind, place = given.get("office:value-type"), (self._row, self._column)
        if kind and (repeat > MOST_COLUMNS or self._column > MOST_COLUMNS):
            raise too_many_rows()
        self._filled = self._filled or bool(kind)
        if covered:
            for column in range(self._column, min(self._column + repeat, MOST_COLUMNS)):
                self._found.faults[self._row, column] = "merged"
        elif "table:formula" in given and not kind:
            self._found.faults[place] = "formula_without_value"
        elif "table:formula" in given and given.get("calcext:value-type") == "error":
            self._found.faults[place] = "formula_failed"
        down = _count(given, "table:number-rows-spanned")
        if down > 1:
            _merge(self._found, place, (self._row + down - 1, self._column))
        self._column += repeat

    def _end(self, name: str) -> None:
        if name == "table:table-row" and self._tables == 1:
            if self._filled and self._row + self._repeat > MOST_ROWS + 1:
                raise too_many_rows()
            self._row += self._repeat


def _count(given: dict[str, Any], name: str) -> int:
    text = str(given.get(name, "1"))
    return int(text) if text.isdecimal() and len(text) < 8 else 1
