"""Rows as CSV to take away, for a spreadsheet: codes and numbers, never a name."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

_BOM = "\ufeff"


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV with a heading; with a byte order mark, so that a spreadsheet reads Chinese right."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_safe(value) for value in row])
    return _BOM + text.getvalue()


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet might run this text as a formula when it reads it or when somebody edits the cell."""
    return text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def _safe(value: object) -> object:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and is_formula_like(value) else value
