"""Spreadsheets for tests: XLSX by XlsxWriter, ODS as little as a reader needs, and both with what people do to them."""

import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from xml.sax.saxutils import quoteattr

Cells = Sequence[Any]


class Formula(str):
    """A formula without the value that a program would keep beside it."""

    __slots__ = ()


def xlsx(
    rows: Iterable[Cells],
    merged: Iterable[tuple[int, int, int, int]] = (),
    shows: str = "",
    far: tuple[int, int] | None = None,
) -> bytes:
    """A workbook of one sheet; days and times become cells with their formats.

    `merged` cells show one text, and one cell may lie `far` out.
    """
    import xlsxwriter

    told = BytesIO()
    book = xlsxwriter.Workbook(told, {"in_memory": True, "constant_memory": False})
    sheet = book.add_worksheet("Data")
    formats = {date: "yyyy-mm-dd", time: "hh:mm", timedelta: "[h]:mm"}
    looks = {kind: book.add_format({"num_format": look}) for kind, look in formats.items()}
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, Formula):
                sheet.write_formula(row, column, cell, None, "")
            elif isinstance(cell, date | datetime | time | timedelta):
                sheet.write_datetime(row, column, cell, looks[type(cell)])
            elif cell is not None:
                sheet.write(row, column, cell)
    for first_row, first_column, last_row, last_column in merged:
        sheet.merge_range(first_row, first_column, last_row, last_column, shows)
    if far is not None:
        sheet.write_string(*far, "far")
    book.close()
    return told.getvalue()


def ods(rows: Iterable[Cells]) -> bytes:
    """An OpenDocument spreadsheet of one sheet."""
    lines = ["".join(map(_ods_cell, cells)) for cells in rows]
    table = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2"'
        f' xmlns:office="{names}:office:1.0" xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0">'
        f'<office:body><office:spreadsheet><table:table table:name="Data">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    media = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{names}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media}"/></manifest:manifest>'
    )
    parts = {"mimetype": media, "content.xml": content, "META-INF/manifest.xml": manifest}
    return zipped({name: part.encode() for name, part in parts.items()})


def _ods_cell(cell: Any) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, Formula):
        return f"<table:table-cell table:formula={quoteattr('of:' + cell)}/>"
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    text = str(cell).replace("&", "&amp;").replace("<", "&lt;")
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def zipped(parts: dict[str, bytes]) -> bytes:
    """An archive of these parts."""
    told = BytesIO()
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return told.getvalue()


def bomb(size: int, told: int | None = None) -> bytes:
    """An archive that unpacks to `size` bytes, and whose directory says that it is `told`."""
    made = zipped({"xl/workbook.xml": b"<workbook/>", "xl/media/image1.png": bytes(size)})
    return made if told is None else made.replace(size.to_bytes(4, "little"), told.to_bytes(4, "little"))


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same archive with one part more, or another in its place."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    return zipped({**parts, name: content})
