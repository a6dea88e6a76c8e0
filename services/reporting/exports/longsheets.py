"""Puts very many plain rows into a workbook that is written already, several times as fast as cell by cell.

They look like the last row that stands in their sheet, and are written through as they come.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import islice
from zipfile import ZIP_DEFLATED, ZipFile

PlainRow = Sequence[str | int | None]
_END = b"</sheetData>"
_STYLE = re.compile(rb'<c r="[A-Z]+\d+"(?: s="(\d+)")?')
# What XML cannot hold is left out, what it would read as its own is written so that it does not.
_ESCAPES: dict[int, str | None] = {
    **{code: None for code in range(32) if code not in (9, 10, 13)},
    **{ord(sign): text for sign, text in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))},
}
_AT_ONCE = 500
_LEVEL = 3
"""How hard the file is compressed."""


def with_more_rows(file: bytes, more: Mapping[int, tuple[int, Iterable[PlainRow]]]) -> bytes:
    """The workbook with rows added to sheets, by their number: after how many, and which. A text is a text."""
    parts = {f"xl/worksheets/sheet{number}.xml": rows for number, rows in more.items()}
    again = BytesIO()
    with ZipFile(BytesIO(file)) as old, ZipFile(again, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as new:
        for name in old.namelist():
            # What is opened by its name has no time of its own.
            with new.open(name, "w") as part:
                if name not in parts:
                    part.write(old.read(name))
                    continue
                # The extent that a sheet tells of itself would be too small; it is not needed.
                head, _, tail = re.sub(rb"<dimension [^>]*/>", b"", old.read(name)).partition(_END)
                styles = [found.decode() or "0" for found in _STYLE.findall(head[head.rindex(b"<row ") :])]
                part.write(head)
                for text in _as_xml(*parts[name], styles):
                    part.write(text.encode())
                part.write(_END + tail)
    return again.getvalue()


def _as_xml(after: int, rows: Iterable[PlainRow], styles: Sequence[str]) -> Iterator[str]:
    numbered = enumerate(rows, start=after + 1)
    columns = [(chr(65 + index), style) for index, style in enumerate(styles)]
    # Most cells say what others of their column say.
    content = lru_cache(4096)(_content)
    while together := [*islice(numbered, _AT_ONCE)]:
        yield "".join([f'<row r="{number}">{_cells(number, row, columns, content)}</row>' for number, row in together])


def _cells(number: int, row: PlainRow, columns: Sequence[tuple[str, str]], content: Callable[..., str]) -> str:
    return "".join(
        [
            f'<c r="{letter}{number}" s="{style}"{content(value)}</c>'
            for (letter, style), value in zip(columns, row, strict=True)
            if value is not None
        ]
    )


def _content(value: str | int) -> str:
    """What follows the place and the look of a cell."""
    if isinstance(value, str):
        return f' t="inlineStr"><is><t>{value.translate(_ESCAPES)}</t></is>'
    return f"><v>{value}</v>"
