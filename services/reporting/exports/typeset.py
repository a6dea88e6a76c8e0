"""A report typeset as PDF: what stands on its pages is made here as plain values, how it looks in `report.typ`."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from services.reporting.exports.content import Content, Line, OutcomeBlock, content_of, key_of, name_of, numeral
from services.reporting.exports.words import Language, Words

Values = Mapping[str, Any]
_TEMPLATE = Path(__file__).parent / "report.typ"
_LABELS = (
    *("summary", "outputs", "outcomes", "deliverables", "notes", "definitions", "months", "months_note"),
    *("measure", "target", "actual", "in_period", "variance", "result", "rule", "instrument", "legend"),
)


def pdf_of(document: Values, language: Language, *, made: datetime) -> bytes:
    """The report as PDF, with the packaged font alone; `made` (UTC) is the only time in it."""
    import typst
    from noto_cjk_sans_otc import FONT_PATH

    typeset: Any = typst.compile  # its type asks for an answer of many kinds
    file: bytes = typeset(
        _TEMPLATE,
        font_paths=[str(Path(str(FONT_PATH)).parent)],
        ignore_system_fonts=True,
        sys_inputs={"report": source_of(document, language)},
        timestamp=made,
    )
    return file


def source_of(document: Values, language: Language) -> str:
    """Everything that stands in the PDF, as JSON text: two documents with the same source give the same pages."""
    return json.dumps(pages_of(document, Words(language)), ensure_ascii=False, sort_keys=True, indent=1)


def pages_of(document: Values, words: Words) -> dict[str, Any]:
    """What stands on the pages, all of it as texts and parts of bars (0 to 1)."""
    content = content_of(document, words)
    return {
        "lang": "zh" if words.is_chinese else "en",
        "title": content.title,
        "words": {name: words(name) for name in _LABELS},
        "page": words("page", page="{page}", pages="{pages}"),
        "facts": [list(one) for one in content.facts],
        "has_period": content.has_period,
        "sections": [
            {
                "numeral": section.numeral,
                "title": section.title,
                "sentence": section.sentence,
                "lines": [_line(line, words) for line in section.lines],
            }
            for section in content.sections
        ],
        "outcomes": [_outcome(outcome, words) for outcome in content.outcomes],
        "deliverables": [list(one) for one in content.deliverables],
        "months": _months(document, words),
        "definitions": list(_definitions(document, content, words)),
        "notes": list(content.notes),
    }


def _line(line: Line, words: Words) -> dict[str, Any]:
    most = max(line.exact or 0, line.target or 0) or 1
    return {
        "name": line.name,
        "detail": line.detail,
        "indent": line.indent,
        "unit": line.unit,
        "target": words.number(line.target),
        "actual": words.number(line.actual),
        "in_period": words.number(line.in_period),
        "variance": words.signed(line.variance),
        "result": line.result,
        "state": "open" if line.met is None else "met" if line.met else "short",
        "narrative": line.narrative,
        "bar": round((line.exact or 0) / most, 4),
        "tick": None if line.target is None else round(line.target / most, 4),
    }


def _outcome(outcome: OutcomeBlock, words: Words) -> dict[str, Any]:
    return {
        "numeral": outcome.numeral,
        "title": outcome.title,
        "sentence": outcome.sentence,
        "instrument": outcome.instrument,
        "rule": outcome.rule,
        "remarks": list(outcome.remarks),
        "line": _line(outcome.line, words),
        "steps": [[name, words.number(count)] for name, count in outcome.steps],
        "parts": [
            {"part": part, "name": name, "count": words.number(count), "share": count / outcome.n if outcome.n else 0}
            for part, name, count in outcome.parts
        ],
    }


def _months(document: Values, words: Words) -> dict[str, Any] | None:
    """A row of bars for every measure; months that are not there yet bring nothing."""
    months, values = document.get("by_month", {}).get("months", []), document.get("by_month", {}).get("values", {})
    if not months:
        return None
    outputs = document["outputs"]
    numerals = {one: numeral(index) for index, one in enumerate(dict.fromkeys(each["indicator"] for each in outputs))}
    return {
        "first": words.month(months[0]),
        "last": words.month(months[-1]),
        "rows": [
            {
                "name": f"{numerals[one['indicator']]}　{name_of(one, document, words)}",
                "bars": _bars(values.get(key_of(one), ())),
                "most": f"{words.number(_most(values.get(key_of(one), ())))} {words(one['unit'])}",
            }
            for one in outputs
        ],
    }


def _most(values: Any) -> float:
    return max((value or 0 for value in values), default=0)


def _bars(values: Any) -> list[float]:
    most = _most(values) or 1
    return [round((value or 0) / most, 4) for value in values]


def _definitions(document: Values, content: Content, words: Words) -> Iterator[dict[str, str]]:
    how = document.get("how", {})
    for section in content.sections:
        for line in section.lines:
            if text := words.of(how.get(f"{line.indicator}/{line.measure}")):
                yield {"name": f"{section.numeral}　{line.name}", "text": text}
    for outcome in content.outcomes:
        for part, name, _ in outcome.parts[:1]:
            if text := words.of(how.get(f"{outcome.id}/{part}")):
                yield {"name": f"{outcome.title} · {name}", "text": text}
