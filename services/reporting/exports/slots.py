"""The names under which a spreadsheet of somebody else's may ask for a report's figures. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from services.reporting.exports.content import Line, content_of
from services.reporting.exports.words import Words

Value = int | float | str | None
PLACEHOLDER = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_OURS = re.compile(r"(output|outcome)_[a-z0-9_]+\..+")


def slots_of(document: Mapping[str, Any], words: Words) -> dict[str, Value]:
    """Every name with its value, such as `output_1.sessions.actual`; numbers as numbers, texts in one language."""
    return {slot_name(name): value for name, value in _slots(document, words)}


def slot_name(written: str) -> str:
    """A name as it is compared: small letters, and `_` for `-`, which names of cells cannot hold."""
    return written.strip().lower().replace("-", "_")


def is_slot(written: str, known: Mapping[str, Value]) -> bool:
    """Whether a name of a cell is meant for us: other names in a workbook are its own affair."""
    name = slot_name(written)
    return name in known or bool(_OURS.fullmatch(name))


def _slots(document: Mapping[str, Any], words: Words) -> Iterator[tuple[str, Value]]:
    content = content_of(document, words)
    yield "report.title", content.title
    for name in ("funder", "district"):
        yield f"report.{name}", words.of(document.get(name))
    for name in ("period", "reporting_period"):
        if period := document.get(name):
            yield f"report.{name}", words.span(period)
    for name in ("as_of", "cut", "definition_version"):
        yield f"report.{name}", document.get(name)
    for section in content.sections:
        yield f"{section.id}.sentence", section.sentence
        for line in section.lines:
            yield from _of_line(f"{section.id}.{line.measure}", line)
    for outcome in content.outcomes:
        yield f"{outcome.id}.sentence", outcome.sentence
        yield f"{outcome.id}.n", outcome.n
        yield f"{outcome.id}.served", outcome.served
        yield from ((f"{outcome.id}.{part}", count) for part, _, count in outcome.parts)
        yield from ((f"{outcome.id}.{name}", (outcome.test or {}).get(name)) for name in ("t", "df", "p"))
        yield f"{outcome.id}.percent", outcome.line.actual
        yield f"{outcome.id}.result", outcome.line.result
        yield f"{outcome.id}.narrative", outcome.line.narrative
    for one in document.get("deliverables", ()):
        yield f"deliverable.{one['id']}.done_on", one["done_on"]


def _of_line(name: str, line: Line) -> Iterator[tuple[str, Value]]:
    yield f"{name}.name", line.name
    yield f"{name}.unit", line.unit
    yield f"{name}.target", line.target
    yield f"{name}.actual", line.actual
    yield f"{name}.in_period", line.in_period
    yield f"{name}.variance", line.variance
    yield f"{name}.result", line.result
    yield f"{name}.narrative", line.narrative
