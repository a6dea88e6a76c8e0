"""One cell: as it is kept between two steps, and what it says as a date, a time, a length, a number, a code or text.

Whatever a spreadsheet program or a person may have made of a value is understood where only one meaning is possible;
everything else is refused with what would be right. Pure.
"""

import calendar
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from shared.errors import FieldError

LONGEST_TEXT = 10_000
_LAST_SERIAL = 73_050  # 31 December 2099


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that hides its value: why, as a code."""

    code: str


Cell = str | float | bool | date | datetime | time | timedelta | Fault | None
Parse = Callable[[Cell], Any]

FAULTS: Mapping[str, str] = {
    "formula_without_value": "This formula has no value. Open the file, let it calculate, and save it again.",
    "formula_failed": "This formula ends in an error. Correct it, or write the value itself.",
    "merged": "These cells are merged, which hides values. Undo that and fill in every cell.",
    "unreadable": "This text cannot be read. Save the file as UTF-8 and send it again.",
}


class Unfit(Exception):
    """A cell does not say what its column asks for; the parameters go into the sentence."""

    def __init__(self, code: str, message: str, /, **params: object) -> None:
        super().__init__(code)
        self.code, self.message, self.params = code, message, params

    def at(self, column: str) -> FieldError:
        """The error as one of the column."""
        return FieldError(column, self.code, self.message, self.params)


def said(cell: Cell) -> str:
    """What a cell says as text: half-width, without spaces around it; raises `Unfit` for one that hides its value."""
    if isinstance(cell, Fault):
        raise Unfit(cell.code, FAULTS[cell.code])
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", cell).strip()
        if "\ufffd" in text:
            raise Unfit("unreadable", FAULTS["unreadable"])
        if len(text) > LONGEST_TEXT:
            raise Unfit("too_long", "This is too long: at most %(most)s.", most=LONGEST_TEXT)
        return text
    return cell.isoformat() if not isinstance(cell, timedelta) else str(cell)


def text(cell: Cell) -> str | None:
    """Text as it is; None when there is none. Characters that cannot be stored are left out."""
    found = said(cell)
    if isinstance(cell, str):
        found = "".join(one for one in cell.strip() if one in "\n\t" or unicodedata.category(one) != "Cc")
    return found or None


def short(cell: Cell) -> str | None:
    """A number, code or name without spaces inside that differ: half-width, in one line."""
    return " ".join(said(cell).split()) or None


def several(cell: Cell) -> tuple[str, ...]:
    """Several short texts in one cell, with a comma, semicolon, 、 or a new line between them."""
    parts = re.split(r"[,;、\n\r]+", said(cell))
    return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ]00:00(?::00)?)?"),
    re.compile(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日號]"),
    re.compile(r"(?P<d>\d{1,2})[- ](?P<word>[A-Za-z]{3,9})\.?,?[- ](?P<y>\d{4})"),
    re.compile(r"(?P<word>[A-Za-z]{3,9})\.? (?P<d>\d{1,2}),? (?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
)


def day(cell: Cell, *, since_1904: bool = False) -> date | None:
    """A day: as a date cell, a serial number of Excel, or written in one of the usual ways, day before month."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = said(cell)
    if not found:
        return None
    if re.fullmatch(r"\d{5}(\.0+)?", found):
        serial = int(float(found))
        first = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
        if serial <= _LAST_SERIAL:
            return first + timedelta(days=serial)
    for pattern in _DATES:
        match = pattern.fullmatch(found)
        if match is not None:
            return _day_of(match, found)
    raise _no_day(found)


def _no_day(found: str) -> Unfit:
    return Unfit("not_a_day", "“%(value)s” is not a day. Write it like 2021-05-28 or 28/5/2021.", value=found[:40])


def _day_of(match: re.Match[str], found: str) -> date:
    parts = match.groupdict()
    word = parts.get("word")
    month = int(parts["m"]) if word is None else _MONTHS.get(word[:3].capitalize(), 0)
    try:
        return date(int(parts["y"]), month, int(parts["d"]))
    except ValueError:
        raise _no_day(found) from None


_TIME = re.compile(r"(?P<h>\d{1,2})[:.時](?P<m>\d{1,2})分?(?::\d{2}(?:\.0+)?)?")
_BARE_TIME = re.compile(r"(?P<h>\d{2})(?P<m>\d{2})")
_HOUR = re.compile(r"(?P<h>\d{1,2})[時點]?(?P<half>半)?")


def clock(cell: Cell) -> time | None:
    """A time of day: as a time cell or part of a day, or written with or without 上午, 下午, am, pm."""
    if isinstance(cell, datetime):
        return cell.time().replace(second=0, microsecond=0)
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0)
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 1440)
        return time(minutes // 60 % 24, minutes % 60)
    found = said(cell)
    if not found:
        return None
    bare = re.sub(r"(?i)上午|下午|中午|晚上|[ap]\.?\s?m\.?", "", found).strip()
    late, early = re.search(r"(?i)下午|晚上|p\.?\s?m", found), re.search(r"(?i)上午|a\.?\s?m", found)
    match = _TIME.fullmatch(bare) or _BARE_TIME.fullmatch(bare) or (_HOUR.fullmatch(bare) if late or early else None)
    if match is not None:
        parts = match.groupdict()
        hour, minute = int(parts["h"]), 30 if parts.get("half") else int(parts.get("m") or 0)
        if (late or early) and hour > 12:
            late = early = None
        hour = hour + 12 if late and hour < 12 else 0 if early and hour == 12 else hour
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise Unfit("not_a_clock_time", "“%(value)s” is not a time. Write it like 14:30.", value=found[:40])


_LENGTHS = (
    re.compile(r"(?P<m>-?\d{1,5})\s*(?:minutes?|mins?|分鐘?|)", re.IGNORECASE),
    re.compile(r"(?P<h>\d{1,3}):(?P<m>[0-5]\d)(?::00)?"),
    re.compile(
        r"(?P<h>\d{1,3}(?:\.\d+)?)\s*(?:hours?|hrs?|h|個?小時|個鐘|鐘頭?)\s*(?:(?P<m>\d{1,3})\s*(?:m|mins?|minutes?|分鐘?)?)?",
        re.IGNORECASE,
    ),
)


def length(cell: Cell) -> int | None:
    """A length in whole minutes: a number of minutes, 1:30, 1.5 hours, 1小時30分, or a time cell."""
    if isinstance(cell, timedelta):
        return round(cell.total_seconds() / 60)
    if isinstance(cell, time):
        return cell.hour * 60 + cell.minute
    found = said(cell)
    if not found:
        return None
    for pattern in _LENGTHS:
        match = pattern.fullmatch(found)
        if match is not None:
            parts = match.groupdict()
            minutes = float(parts.get("h") or 0) * 60 + int(parts.get("m") or 0)
            if minutes == int(minutes):
                return int(minutes)
    raise Unfit("not_a_length", "“%(value)s” is not a length. Write whole minutes like 90, or 1:30.", value=found[:40])


def whole(cell: Cell) -> int | None:
    """A whole number."""
    found = said(cell)
    if not found:
        return None
    if re.fullmatch(r"-?\d{1,9}", found):
        return int(found)
    raise Unfit("not_whole", "“%(value)s” is not a whole number.", value=found[:40])


def wholes(cell: Cell) -> tuple[int, ...]:
    """Several whole numbers in one cell; their order counts, and the same may stand there again."""
    found = said(cell)
    parts = [part for part in re.split(r"[\s,;、]+", found) if part]
    if all(re.fullmatch(r"-?\d{1,6}", part) for part in parts):
        return tuple(map(int, parts))
    raise Unfit("not_wholes", "“%(value)s” are not numbers with commas between them.", value=found[:40])


_YES = frozenset(["1", "y", "yes", "true", "是", "有", "✓", "√", "x"])
_NO = frozenset(["0", "n", "no", "false", "否", "無", "沒有"])


def yes(cell: Cell) -> bool | None:
    """Yes or no."""
    found = said(cell).casefold()
    if not found:
        return None
    if found not in _YES | _NO:
        raise Unfit("not_yes", "“%(value)s” is neither yes (是) nor no (否).", value=found[:40])
    return found in _YES


def code_of(labels: Mapping[str, tuple[str, str]]) -> Parse:
    """A parser of one code, written as the code or as its label in either language."""
    known = {folded(word): code for code, pair in labels.items() for word in (*pair, code)}

    def parse(cell: Cell) -> str | None:
        found = said(cell)
        if not found:
            return None
        if folded(found) not in known:
            raise _unknown(found, labels)
        return known[folded(found)]

    return parse


def codes_of(labels: Mapping[str, tuple[str, str]]) -> Parse:
    """A parser of several codes in one cell."""
    one = code_of(labels)
    return lambda cell: tuple(dict.fromkeys(one(part) for part in several(cell)))


def _unknown(found: str, labels: Mapping[str, tuple[str, str]]) -> Unfit:
    known = ", ".join(labels)
    return Unfit("unknown_code", "“%(code)s” is not known here. Use one of: %(known)s.", code=found[:40], known=known)


def folded(word: str) -> str:
    """How headings and codes are compared: width, case, spaces and marks make no difference."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    return "".join(letter for letter in plain if unicodedata.category(letter)[0] in "LN")


def packed(cell: Cell) -> Any:
    """A cell as JSON can hold it."""
    match cell:
        case datetime():
            return ["m", cell.isoformat()]
        case date():
            return ["d", cell.isoformat()]
        case time():
            return ["t", cell.isoformat()]
        case timedelta():
            return ["s", cell.total_seconds()]
        case Fault(code=code):
            return ["f", code]
    return cell


_UNPACK: Mapping[str, Callable[[Any], Cell]] = {
    "m": datetime.fromisoformat,
    "d": date.fromisoformat,
    "t": time.fromisoformat,
    "s": lambda seconds: timedelta(seconds=seconds),
    "f": Fault,
}


def unpacked(kept: Any) -> Cell:
    """The cell that was packed."""
    if isinstance(kept, list):
        kind, value = kept
        return _UNPACK[kind](value)
    cell: Cell = float(kept) if isinstance(kept, int) and not isinstance(kept, bool) else kept
    return cell
