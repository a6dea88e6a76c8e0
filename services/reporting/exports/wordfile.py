"""A report as a Word document: proper headings and tables, to read, change and sign."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from services.reporting.exports.content import Content, Line, OutcomeBlock, content_of
from services.reporting.exports.words import Words

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell

_FONT = "Microsoft JhengHei"
"""On every office computer with Chinese; other programs put their own Chinese font in its place."""
_WIDTH = 170
"""Millimetres between the margins."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def docx_of(document: Mapping[str, Any], words: Words, *, made: datetime) -> bytes:
    """The report as DOCX; `made` is the only time in it."""
    import docx

    content, page = content_of(document, words), docx.Document()
    _set_up(page, content, words, made)
    page.add_heading(content.title, 0)
    page.add_paragraph(words("summary"), style="Subtitle")
    _table(page, None, content.facts, widths=(30, 140))
    page.add_heading(words("outputs"), 1)
    _outputs(page, content, words)
    if content.outcomes:
        page.add_heading(words("outcomes"), 1)
        for outcome in content.outcomes:
            _outcome(page, outcome, words)
    if content.deliverables:
        page.add_heading(words("deliverables"), 1)
        _table(page, (words("deliverables"), words("result"), words("done_on")), content.deliverables, (100, 35, 35))
    page.add_heading(words("notes"), 1)
    for note in content.notes:
        page.add_paragraph(note, style="List Number")
    file = BytesIO()
    page.save(file)
    return _without_times(file.getvalue())


def _set_up(page: "Document", content: Content, words: Words, made: datetime) -> None:
    """A4, fonts for both scripts, a header with the title and a footer with the page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    properties = page.core_properties
    properties.title, properties.author, properties.created, properties.modified = content.title, "", made, made
    properties.language = "zh-HK" if words.is_chinese else "en-GB"
    properties.comments = ""
    for style in page.styles:
        # A style takes the font of its script from four places; headings name a theme's instead, which has no Chinese.
        own = style.element.find(qn("w:rPr"))
        if style.name == "Normal" or (own is not None and own.find(qn("w:rFonts")) is not None):
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            fonts.attrib.clear()
            for script in ("ascii", "hAnsi", "cs", "eastAsia"):
                fonts.set(qn(f"w:{script}"), _FONT)
    for name, size, colour in (
        ("Normal", 10, "1C2330"),
        ("Title", 20, "1C2330"),
        ("Subtitle", 12, "0E665F"),
        ("Heading 1", 14, "0E665F"),
        ("Heading 2", 11, "1C2330"),
    ):
        font = page.styles[name].font
        font.size, font.color.rgb, font.bold, font.italic = Pt(size), RGBColor.from_string(colour), False, False
    sheet = page.sections[0]
    sheet.page_width, sheet.page_height = Mm(210), Mm(297)
    sheet.left_margin = sheet.right_margin = Mm(20)
    sheet.top_margin = sheet.bottom_margin = Mm(20)
    sheet.header.paragraphs[0].text = f"{content.title} · {words('summary')}"
    footer = sheet.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    before, between = words("page", page="\0", pages="\0").split("\0")[:2]
    after = words("page", page="\0", pages="\0").split("\0")[2]
    for text, code in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        footer.add_run(text)
        if code:
            _field(footer.add_run(), code)


def _field(run: Any, code: str) -> None:
    """A value that Word fills in, such as the number of the page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", None, "end"):
        if kind is None:
            part = OxmlElement("w:instrText")
            part.text = code
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _outputs(page: "Document", content: Content, words: Words) -> None:
    in_period = (words("in_period"),) if content.has_period else ()
    names = (words("measure"), words("target"), words("actual"), *in_period, words("variance"), words("result"))
    figures = (18, 28, *((18,) if in_period else ()), 20, 30)
    widths = (_WIDTH - sum(figures), *figures)
    table = _new_table(page, names, widths)
    for section in content.sections:
        heading = _row(table)
        whole = heading[0].merge(heading[-1])
        _shade(whole)
        _write(whole, f"{section.numeral}　{section.title}")
        if section.sentence:
            _write(whole, section.sentence, style="small", more=True)
        for line in section.lines:
            cells = _row(table)
            shown = (words.number(line.in_period),) if in_period else ()
            texts = (words.number(line.target), f"{words.number(line.actual)} {line.unit}", *shown)
            _write_line(cells, line, (*texts, words.signed(line.variance)))


def _write_line(cells: Sequence["_Cell"], line: Line, texts: Sequence[str]) -> None:
    from docx.shared import Mm

    name = f"{line.name} ({line.detail})" if line.detail else line.name
    _write(cells[0], name)
    cells[0].paragraphs[0].paragraph_format.left_indent = Mm(5 * line.indent)
    if line.narrative:
        _write(cells[0], line.narrative, style="small", more=True)
    for cell, text in zip(cells[1:], texts, strict=False):
        _write(cell, text, right=True)
    _write(cells[-1], line.result)


def _outcome(page: "Document", outcome: OutcomeBlock, words: Words) -> None:
    from docx.shared import Pt

    page.add_heading(f"{outcome.numeral}　{outcome.title}", 2)
    if outcome.sentence:
        page.add_paragraph(outcome.sentence).paragraph_format.keep_with_next = True
    parts = [(name, f"{words.number(count)} / {words.number(outcome.n)}") for _, name, count in outcome.parts]
    line = outcome.line
    rows = [
        (words("instrument"), outcome.instrument),
        (words("rule"), outcome.rule),
        *((name, words.number(count)) for name, count in outcome.steps),
        *parts,
        (line.name, f"{words.number(line.actual)}% ({line.detail})"),
        (words("result"), line.result),
    ]
    _table(page, None, rows, widths=(55, 115))
    for place, remark in enumerate([*outcome.remarks, *filter(None, [line.narrative])]):
        spacing = page.add_paragraph(remark).paragraph_format
        spacing.space_before, spacing.space_after = Pt(0 if place else 4), Pt(2)


def _table(page: "Document", names: Sequence[str] | None, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    table = _new_table(page, names, widths, figures=False)
    for row in rows:
        for cell, text in zip(_row(table), row, strict=True):
            _write(cell, text)


def _new_table(page: "Document", names: Sequence[str] | None, widths: Sequence[int], *, figures: bool = True) -> Any:
    """A table whose heading is repeated on every page and whose columns have these widths (millimetres).

    With `figures` in its middle columns, their headings stand on the right as they do.
    """
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    table = page.add_table(rows=1 if names else 0, cols=len(widths))
    table.autofit = False
    _rule(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    if names:
        for index, (cell, name, width) in enumerate(zip(table.rows[0].cells, names, widths, strict=True)):
            cell.width = Mm(width)
            _write(cell, name, style="small", right=figures and 0 < index < len(names) - 1)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    return table


def _rule(table: Any) -> None:
    """Fine lines between the rows alone, and air above and below what stands in them."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def listed(name: str, kinds: Sequence[str], **values: str) -> Any:
        parts = OxmlElement(f"w:{name}")
        for kind in kinds:
            part = OxmlElement(f"w:{kind}")
            for key, value in values.items():
                part.set(qn(f"w:{key}"), value)
            parts.append(part)
        return parts

    properties = table._tbl.tblPr
    # The order is that of the format; both stand after the layout and before the look.
    look = properties.find(qn("w:tblLook"))
    for parts in (
        listed("tblBorders", ("top", "bottom", "insideH"), val="single", sz="4", space="0", color="CFCABD"),
        listed("tblCellMar", ("top", "bottom"), w="45", type="dxa"),
    ):
        properties.append(parts) if look is None else look.addprevious(parts)


def _row(table: Any) -> Sequence["_Cell"]:
    """The cells of a new row, which stays on one page."""
    from docx.oxml import OxmlElement

    row = table.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return tuple(row.cells)


def _write(cell: "_Cell", text: str, *, style: str = "", right: bool = False, more: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    paragraph = cell.add_paragraph() if more else cell.paragraphs[0]
    run = paragraph.add_run(text)
    paragraph.paragraph_format.space_after = Pt(0)
    if style == "small":
        run.font.size, run.font.color.rgb = Pt(9), RGBColor.from_string("59616E")
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _shade(cell: "_Cell") -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "F1EEE7")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _without_times(file: bytes) -> bytes:
    """The same archive with one time for all its parts, so that the same report is the same bytes."""
    again = BytesIO()
    with ZipFile(BytesIO(file)) as archive, ZipFile(again, "w") as copy:
        for one in archive.infolist():
            info = ZipInfo(one.filename, _EPOCH)
            info.compress_type = ZIP_DEFLATED
            copy.writestr(info, archive.read(one))
    return again.getvalue()
