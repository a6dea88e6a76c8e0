"""A file of case sessions as an agency might send it at its worst, and what must become of every row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from shared.testing.spreadsheets import Formula, xlsx

HEADINGS = ("參考編號", "個案編號", "日期", "開始時間", "結束時間", "時長", "出席者編號", "服務合約", "形式")
FIRST_DAY = date(2012, 1, 2)
_SLOTS = 10
_EXCEL = date(1899, 12, 30)
WIDE = str.maketrans("0123456789:/", "０１２３４５６７８９：／")


@dataclass
class Hostile:
    """The file; the reasons of the bad rows by row number: column and code; how many rows are good."""

    data: bytes = b""
    bad: dict[int, tuple[str | None, str]] = field(default_factory=dict)
    good: int = 0


def hostile(cases: Sequence[str], people: Sequence[str], rows: int) -> Hostile:
    """A workbook of that many rows about these cases, in each of which the person at the same place is a member."""
    found = Hostile()
    table: list[Sequence[Any]] = [HEADINGS]
    for index in range(rows):
        cells, wrong = _row(index, cases[index % len(cases)], people[index % len(cases)])
        table.append(cells)
        if wrong is None:
            found.good += 1
        else:
            found.bad[index + 2] = wrong
    # Two rows below each other share one cell for their date: only the upper one has it.
    last = len(table)
    for offset in (0, 1):
        table.append([f"M-{offset}", cases[0], FIRST_DAY - timedelta(1), "09:00", None, 60, people[0], "regular", None])
    found.good += 1
    found.bad[last + 2] = ("occurred_on", "merged")
    found.data = _merged(table, last)
    return found


def _merged(table: list[Sequence[Any]], row: int) -> bytes:
    day = FIRST_DAY - timedelta(1)
    return xlsx(table, merged=[(row, 2, row + 1, 2)], shows=day.isoformat())


def _row(index: int, case: str, person: str) -> tuple[list[Any], tuple[str | None, str] | None]:
    day, hour = FIRST_DAY + timedelta(index // _SLOTS), 8 + index % _SLOTS
    cells = [f"S-{index}", case, _written(day, index), f"{hour:02}:00", None, _length(index), person, "regular", "實體"]
    match index % 50:
        case 7:
            return _with(cells, (5, "25:00")), ("minutes", "too_long")
        case 11:
            return _with(cells, (6, "P99999")), ("people", "number_unknown")
        case 13:
            return _with(cells, (1, "C99999")), ("case_number", "case_number_unknown")
        case 17:
            return _with(cells, (2, "31/2/2019")), ("occurred_on", "not_a_day")
        case 19:
            return _with(cells, (5, Formula("=30+30"))), ("minutes", "formula_without_value")
        case 23:
            return _with(cells, (0, f"S-{index - 1}")), (None, "row_twice")
        case 29:
            return _with(cells, (5, -60)), ("minutes", "negative_minutes")
        case 31:
            return _with(cells, (4, "00:30"), (5, None)), ("ends_at", "end_before_start")
        case 37:
            return _with(cells, (2, date(2099, 5, 28))), ("occurred_on", "date_in_future")
        case 41:
            return _with(cells, (2, "5/13/2019")), ("occurred_on", "not_a_day")
    return cells, None


def _with(cells: list[Any], *changes: tuple[int, Any]) -> list[Any]:
    for place, value in changes:
        cells[place] = value
    return cells


def _written(day: date, index: int) -> Any:
    """A day as a date cell, in five written ways, as a serial number of Excel, and in full-width digits."""
    match index % 8:
        case 0:
            return day
        case 1:
            return day.isoformat()
        case 2:
            return f"{day.day}/{day.month}/{day.year}"
        case 3:
            return f"{day.year}年{day.month}月{day.day}日"
        case 4:
            return day.strftime("%d %b %Y")
        case 5:
            return f"{day.day}.{day.month}.{day.year}"
        case 6:
            return (day - _EXCEL).days
        case _:
            return f"{day.day}/{day.month}/{day.year}".translate(WIDE)


def _length(index: int) -> Any:
    return (60, "60", "1:00", "1小時", "６０", "60 min")[index % 6]
