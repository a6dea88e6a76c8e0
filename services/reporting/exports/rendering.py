"""One report, in any format: pure, from the document alone, and the same document gives the same file."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.reporting.exports.audience import Audience, for_funder
from services.reporting.exports.cells import sheets_of
from services.reporting.exports.content import Content, Line, content_of
from services.reporting.exports.slots import slots_of
from services.reporting.exports.words import Language, Words
from services.reporting.figures.csvtext import csv_of
from shared.clock import HONG_KONG

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its media type, its ending, how a report becomes one, and whether single sessions stand in it."""

    media_type: str
    ending: str
    write: Callable[[Values, Words], bytes]
    shows_evidence: bool = False


def render(document: Values, format_name: str, language: Language, *, audience: Audience = "funder") -> bytes:
    """The report as a file. Unless it is for staff, nothing but sums and explanations goes in.

    `document` is a report of `figures.reports`, or a sealed one, which has more keys. Raises KeyError for a format
    that is none of `FORMATS`.
    """
    return FORMATS[format_name].write(_for(document, audience), Words(language))


def rows_of_workbook(
    document: Values, language: Language, *, audience: Audience = "funder"
) -> dict[str, list[list[Any]]]:
    """The cells of the XLSX as plain rows by sheet, before they are written down; a formula by its text and value."""
    sheets = sheets_of(_for(document, audience), Words(language))
    return {sheet.title: [*(list(row.cells) for row in sheet.rows), *map(list, sheet.more or ())] for sheet in sheets}


def text_of_pdf_source(document: Values, language: Language, *, audience: Audience = "funder") -> str:
    """Everything that stands in the PDF, as text; two documents with the same text give the same pages."""
    from services.reporting.exports.typeset import source_of

    return source_of(_for(document, audience), language)


def filled_form(document: Values, language: Language, form: bytes) -> bytes:
    """A spreadsheet of a funder's or of headquarters with its named cells filled in; raises Invalid as `fill` does."""
    from services.reporting.exports.filling import fill

    return fill(form, slots_of(for_funder(document), Words(language)))


def file_name(document: Values, format_name: str, language: Language) -> str:
    """A name for the file, made of codes and days alone: `kachi-2-2021-05-31-zh-Hant.xlsx`."""
    submission = document.get("submission")
    what = f"submission-{submission['number']}" if submission else str(document.get("as_of") or "empty")[:10]
    return f"{document['contract']}-{what}-{language}.{FORMATS[format_name].ending}"


def _for(document: Values, audience: Audience) -> Values:
    return for_funder(document) if audience == "funder" else document


def _made(document: Values) -> datetime:
    """The only time that a file names: when the report was sealed, or up to when it knows."""
    written = document.get("submission", {}).get("sealed_at") or document.get("as_of") or document["period"]["to"]
    moment = datetime.fromisoformat(written)
    return (moment if moment.tzinfo else moment.replace(tzinfo=HONG_KONG)).astimezone(UTC)


def _json(document: Values, _words: Words) -> bytes:
    """The figures as they are. Names and explanations are the renderer's, single sessions the workbook's."""
    own = {name: value for name, value in document.items() if name not in ("names", "how", "evidence")}
    return (json.dumps(own, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _csv(document: Values, words: Words) -> bytes:
    content = content_of(document, words)
    in_period = ("in_period",) if content.has_period else ()
    figures = ("target", "actual", *in_period, "variance", "result", "narrative")
    columns = ("part", "indicator", "measure", "code", "unit", *figures)
    rows = ([row.get(name) for name in columns] for row in _csv_rows(content, words))
    return csv_of([words(name) for name in columns], rows).encode()


def _csv_rows(content: Content, words: Words) -> Iterator[dict[str, object]]:
    for section in content.sections:
        for line in section.lines:
            yield _csv_line(words("outputs"), section.title, line)
    for outcome in content.outcomes:
        part: dict[str, object] = {"part": words("outcomes"), "indicator": outcome.title}
        yield _csv_line(words("outcomes"), outcome.title, outcome.line)
        for code, name, count in outcome.parts:
            yield {**part, "measure": name, "code": f"{outcome.id}/{code}", "unit": words("persons"), "actual": count}
        for remark in (f"{words('rule')}: {outcome.rule}", *outcome.remarks):
            yield {**part, "measure": remark}
    for title, state, day in content.deliverables:
        yield {"part": words("deliverables"), "measure": title, "result": state, "narrative": day}
    for note in content.notes:
        yield {"part": words("notes"), "measure": note}


def _csv_line(part: str, title: str, line: Line) -> dict[str, object]:
    return {
        "part": part,
        "indicator": title,
        "measure": f"{line.name} ({line.detail})" if line.detail else line.name,
        "code": f"{line.indicator}/{line.measure}",
        "unit": line.unit,
        "target": line.target,
        "actual": line.actual,
        "in_period": line.in_period,
        "variance": line.variance,
        "result": line.result,
        "narrative": line.narrative,
    }


def _xlsx(document: Values, words: Words) -> bytes:
    from services.reporting.exports.workbook import xlsx_of

    return xlsx_of(sheets_of(document, words), title=words.of(document["title"]), made=_made(document))


def _docx(document: Values, words: Words) -> bytes:
    from services.reporting.exports.wordfile import docx_of

    return docx_of(document, words, made=_made(document))


def _pdf(document: Values, words: Words) -> bytes:
    from services.reporting.exports.typeset import pdf_of

    return pdf_of(document, words.language, made=_made(document))


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: Mapping[str, Format] = {
    "pdf": Format("application/pdf", "pdf", _pdf),
    "docx": Format(f"{_OFFICE}.wordprocessingml.document", "docx", _docx),
    "xlsx": Format(f"{_OFFICE}.spreadsheetml.sheet", "xlsx", _xlsx, shows_evidence=True),
    "csv": Format("text/csv; charset=utf-8", "csv", _csv),
    "json": Format("application/json", "json", _json),
}
