"""Writes the rows of a workbook down as XLSX, with native charts; a text is never a formula."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

from services.reporting.exports.cells import Cell, Chart, Formula, Row, Sheet, Statistic
from services.reporting.exports.longsheets import with_more_rows
from services.reporting.figures.csvtext import is_formula_like

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

INK, MUTED, ACCENT, RULE, TINT = "#1C2330", "#59616E", "#0E665F", "#D8D3C7", "#F1EEE7"
SERIES = ("#0E665F", "#245FA3", "#9A4A06", "#59616E", "#6B4E9B", "#A61E1B")
PARTS = ("#0E665F", "#B9B4A6", "#9A4A06", "#0E665F", "#9A4A06")
_BASE = {"font_name": "Microsoft JhengHei", "font_size": 11, "font_color": INK, "valign": "vcenter"}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_size": 18},
    "subtitle": {"font_size": 13, "font_color": ACCENT},
    "fact": {},
    "head": {"font_color": MUTED, "bottom": 1, "bottom_color": INK, "text_wrap": True, "valign": "bottom"},
    "section": {"bg_color": TINT, "font_size": 12},
    "sentence": {"font_color": MUTED, "text_wrap": True},
    "line": {"bottom": 1, "bottom_color": RULE, "text_wrap": True},
    "share": {"bottom": 1, "bottom_color": RULE, "text_wrap": True},
    "text": {"bottom": 1, "bottom_color": RULE, "text_wrap": True},
    "code": {},
    "note": {"font_color": MUTED, "font_size": 10},
    "blank": {},
}
_NUMBERS = {
    "count": "#,##0",
    "decimal": "#,##0.0#",
    "share": "#,##0.0",
    "moved": "+#,##0.0#;-#,##0.0#;0",
    "moved_count": "+#,##0;-#,##0;0",
    "moved_share": "+#,##0.0;-#,##0.0;0",
    "moved_little": "+0.0##;-0.0##;0",
    "percentage": "0.0%",
    "statistic": "0.00",
    "p": '[<0.001]"< .001";0.000',
}
_LOOKS: dict[str, dict[str, Any]] = {
    "plain": {},
    # Stays a text when somebody edits the cell, too.
    "quoted": {"quote_prefix": True},
    "right": {"align": "right"},
    **{look: {"num_format": format_, "text_wrap": False} for look, format_ in _NUMBERS.items()},
}


def xlsx_of(sheets: Iterable[Sheet], *, title: str, made: datetime) -> bytes:
    """The workbook as a file. The same rows give the same bytes: `made` is the only time in it."""
    from xlsxwriter import Workbook

    file = BytesIO()
    # Rows are written through as they come, so that a long list needs little memory.
    workbook = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"title": title, "created": made.replace(tzinfo=None)})
    writer = _Writer(workbook)
    for sheet in sheets:
        writer.add(sheet)
    workbook.close()
    return with_more_rows(file.getvalue(), writer.more) if writer.more else file.getvalue()


class _Writer:
    """Writes sheets into one workbook; formats are made once for each look."""

    def __init__(self, workbook: "Workbook") -> None:
        self._workbook = workbook
        self._formats: dict[tuple[object, ...], Format] = {}
        self.more: dict[int, tuple[int, Iterable[Sequence[str | int | None]]]] = {}

    def add(self, sheet: Sheet) -> None:
        title = sheet.title[:31]
        page = self._workbook.add_worksheet(title)
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_footer("&C&P / &N")
        for column, width in enumerate(sheet.widths):
            page.set_column(column, column, width, self._format("blank", "plain"))
        if sheet.head:
            page.freeze_panes(sheet.head, 1)
            page.repeat_rows(0, sheet.head - 1)
        for at, row in enumerate(sheet.rows):
            self._row(page, at, row, sheet)
        if sheet.more is not None and len(sheet.rows) > sheet.head:
            self.more[page.index + 1] = (len(sheet.rows), sheet.more)
        for name, at, column in sheet.names:
            place = f"${chr(65 + column)}${at + 1}"
            self._workbook.define_name(name, f"='{title}'!{place}")
        for chart in sheet.charts:
            page.insert_chart(*chart.at, self._chart(chart, title), {"object_position": 2})

    def _row(self, page: "Worksheet", at: int, row: Row, sheet: Sheet) -> None:
        widths = sheet.widths
        if height := _height(row, widths):
            page.set_row(at, height)
        if row.style == "sentence":
            page.merge_range(at, 1, at, len(widths) - 1, "", self._format(row.style, "plain"))
        for column, cell in enumerate(row.cells):
            if row.style == "head" and column in sheet.right:
                page.write_string(at, column, str(cell), self._format("head", "right"))
            else:
                self._cell(page, at, column, cell, row)
        if row.style in ("section", "line", "share"):
            for column in range(len(row.cells), len(widths)):
                page.write_blank(at, column, None, self._format(row.style, "plain"))

    def _cell(self, page: "Worksheet", at: int, column: int, cell: Cell, row: Row) -> None:
        if isinstance(cell, Formula):
            look, indent = _kind(cell, row), _indent(column, row) if isinstance(cell.value, str) else 0
            page.write_formula(at, column, cell.text, self._format(row.style, look, indent), cell.value)
        elif isinstance(cell, str):
            look = "quoted" if is_formula_like(cell) else "plain"
            page.write_string(at, column, cell, self._format(row.style, look, _indent(column, row)))
        elif isinstance(cell, Statistic):
            look = "p" if cell.is_p else "statistic"
            page.write_number(at, column, cell.value, self._format(row.style, look))
        elif cell is None:
            page.write_blank(at, column, None, self._format(row.style, "plain"))
        else:
            page.write_number(at, column, cell, self._format(row.style, _kind(cell, row)))

    def _format(self, style: str, look: str, indent: int = 0) -> "Format":
        key = (style, look, indent)
        if key not in self._formats:
            more = {**_LOOKS[look], **({"indent": indent} if indent else {})}
            self._formats[key] = self._workbook.add_format({**_BASE, **_STYLES[style], **more})
        return self._formats[key]

    def _chart(self, chart: Chart, sheet: str) -> Any:
        kinds = {"bar": ("bar", None), "stacked": ("bar", "stacked"), "line": ("line", None)}
        kind, subtype = kinds[chart.kind]
        made: Any = self._workbook.add_chart({"type": kind, **({"subtype": subtype} if subtype else {})})
        colours = PARTS if chart.kind == "stacked" else SERIES
        for index, one in enumerate(chart.series):
            colour = colours[index % len(colours)]
            look = {"line": {"color": colour, "width": 1.75}} if kind == "line" else {"fill": {"color": colour}}
            made.add_series(
                {
                    "name": one.name,
                    "categories": _places(sheet, one.rows, one.categories),
                    "values": _places(sheet, one.rows, one.values),
                    **look,
                    **({"gap": 60} if kind == "bar" else {}),
                    **({"overlap": 100} if chart.kind == "stacked" else {}),
                }
            )
        made.set_title({"name": chart.title, "name_font": {"size": 12, "bold": False, "color": INK}, "overlay": False})
        made.set_size({"width": 900, "height": chart.height})
        made.set_legend({"none": True} if len(chart.series) == 1 else {"position": "bottom"})
        percent = {"num_format": "0%"} if chart.kind == "bar" else {}
        if kind == "bar":
            # The first category on top, and still the values below.
            made.set_y_axis({"reverse": True, "crossing": "max", "line": {"none": True}})
            made.set_x_axis(
                {"major_gridlines": {"visible": True, "line": {"color": RULE}}, "line": {"none": True}, **percent}
            )
        else:
            made.set_x_axis({"interval_unit": 6})
            made.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": RULE}}, "line": {"none": True}})
        return made


def _places(sheet: str, rows: Sequence[int], column: int) -> str:
    """The cells of one column, as a formula: neighbours as ranges, and all ranges together."""
    name, ranges = f"'{sheet}'!${chr(65 + column)}$", []
    for _, run in groupby(enumerate(rows), key=lambda numbered: numbered[1] - numbered[0]):
        together = [row for _, row in run]
        ranges.append(f"{name}{together[0] + 1}:${chr(65 + column)}${together[-1] + 1}")
    return f"={ranges[0]}" if len(ranges) == 1 else f"=({','.join(ranges)})"


def _indent(column: int, row: Row) -> int:
    """Texts stand off from the figures left of them."""
    if column == 1:
        return row.indent
    return 1 if column > 1 and row.style in ("head", "line", "share", "text") else 0


def _kind(cell: Formula | float, row: Row) -> str:
    """Which number format a figure asks for."""
    if isinstance(cell, Formula):
        if "/" in cell.text:
            return "percentage"
        if isinstance(cell.value, str):
            return "plain"
        if cell.value == int(cell.value):
            return "moved_count"
        if row.style == "share":
            return "moved_little" if abs(cell.value) < 0.05 else "moved_share"
        return "moved"
    if isinstance(cell, int):
        return "count"
    return "share" if row.style == "share" else "decimal"


def _height(row: Row, widths: tuple[float, ...]) -> float | None:
    """Room for a text that wraps: the heights of rows are not found out by whoever opens the file."""
    if row.style not in ("line", "share", "sentence", "text", "head"):
        return {"title": 30.0, "subtitle": 22.0, "section": 22.0}.get(row.style)
    room = [0.0, sum(widths[1:])] if row.style == "sentence" else widths[: len(row.cells)]
    lines = max(
        (
            -(-_width(cell) // (width - 1))
            for cell, width in zip(row.cells, room, strict=True)
            if isinstance(cell, str) and cell
        ),
        default=1,
    )
    return 18.0 * max(1, lines)


def _width(text: str) -> int:
    """How wide a text is in a column: Chinese characters take two places."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
