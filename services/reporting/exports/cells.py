"""A report's workbook as plain rows: the file is only a writing-down of them. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal

from services.reporting.exports.content import (
    Content,
    Line,
    OutcomeBlock,
    Section,
    content_of,
    key_of,
    name_of,
    numeral,
)
from services.reporting.exports.words import Words
from shared.serviceunit.codes import LATE_REASONS, label

Values = Mapping[str, Any]
Style = Literal[
    "title", "subtitle", "fact", "head", "section", "sentence", "line", "share", "text", "code", "note", "blank"
]
PEOPLE_A_CELL = 400
"""A cell holds 32,767 characters; whoever does not fit stands in a row below."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the value it has now, for programs that do not calculate."""

    text: str
    value: float | str


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number of a test, by what it is; a p value is printed as one."""

    value: float
    is_p: bool = False


Cell = str | int | float | Formula | Statistic | None


@dataclass(frozen=True, slots=True)
class Row:
    """Cells from the first column on, and what kind of row they make."""

    style: Style
    cells: Sequence[Cell]
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: a name, and the rows (from 0, not always neighbours) and columns of what it shows."""

    name: str
    rows: Sequence[int]
    categories: int
    values: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart under the rows of its sheet, or at a row of it."""

    kind: Literal["bar", "stacked", "line"]
    title: str
    series: tuple[Series, ...]
    at: tuple[int, int]
    height: int = 320


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: `head` rows stay in sight; names are cells by name.

    `right` are the columns of figures, whose headings stand over them on the right. `more` rows, which may be very
    many, follow and look like the last one; they are read once.
    """

    title: str
    widths: tuple[float, ...]
    rows: Sequence[Row]
    head: int = 0
    right: Collection[int] = ()
    charts: tuple[Chart, ...] = ()
    names: tuple[tuple[str, int, int], ...] = ()
    more: Iterable[Sequence[str | int | None]] | None = None


def sheets_of(document: Values, words: Words) -> list[Sheet]:
    """The sheets of a report, as far as the document holds what stands on them."""
    content = content_of(document, words)
    found = [_summary(content, words)]
    if content.outcomes:
        found.append(_outcomes(content, words))
    if document.get("how"):
        found.append(_definitions(document, content, words))
    if document.get("by_month", {}).get("months"):
        found.append(_months(document, words))
    if "evidence" in document:
        found.append(_evidence(document["evidence"], words))
    if document.get("late_entries"):
        found.append(_late(document["late_entries"], words))
    if document.get("restated"):
        found.append(_restated(document, words))
    return found


class _Rows:
    """Rows as they come, with the names and places that charts ask for."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.names: list[tuple[str, int, int]] = []

    def add(self, style: Style, *cells: Cell, indent: int = 0) -> int:
        """Add a row; returns its place, from 0."""
        self.rows.append(Row(style, cells, indent))
        return len(self.rows) - 1


def _summary(content: Content, words: Words) -> Sheet:
    sheet = _Rows()
    sheet.add("title", content.title)
    sheet.add("subtitle", words("summary"))
    for name, text in content.facts:
        sheet.add("fact", f"{name}：{text}" if words.is_chinese else f"{name}: {text}")
    sheet.add("blank")
    columns = _columns(content, words)
    sheet.add("head", *columns)
    measured: list[int] = []
    for section in content.sections:
        measured += _section_rows(sheet, section, content, words)
    for outcome in content.outcomes:
        heading = Section(
            id=outcome.id,
            numeral=outcome.numeral,
            title=f"{words('outcomes')} · {outcome.title}",
            sentence=outcome.sentence,
            lines=(outcome.line,),
        )
        _section_rows(sheet, heading, content, words)
    if content.deliverables:
        sheet.add("section", "", words("deliverables"))
        for title, state, day in content.deliverables:
            between = [""] * (len(columns) - 4)
            sheet.add("line", "", title, *between, state, day)
    sheet.add("blank")
    for note in content.notes:
        sheet.add("note", note)
    charts: tuple[Chart, ...] = ()
    if measured:
        # Bars against targets have one axis whatever their units, as percentages of the target.
        at = columns.index(words("of_target"))
        series = Series(words("of_target"), tuple(measured), 1, at)
        height = 90 + 26 * len(measured)
        charts = (Chart("bar", words("chart_targets"), (series,), (len(sheet.rows) + 1, 1), height),)
    widths = (7, 46, 13, 10, 10, *((10,) if content.has_period else ()), 10, 11, 12, 48)
    right = range(3, len(columns) - 2)
    return Sheet(words("summary"), widths, sheet.rows, right=right, charts=charts, names=tuple(sheet.names))


def _columns(content: Content, words: Words) -> list[str]:
    in_period = ("in_period",) if content.has_period else ()
    names = ("measure", "unit", "target", "actual", *in_period, "variance", "of_target", "result", "narrative")
    return ["", *(words(name) for name in names)]


def _section_rows(sheet: _Rows, section: Section, content: Content, words: Words) -> list[int]:
    """An indicator's rows; returns where those with a target stand."""
    sheet.add("section", section.numeral, section.title)
    if section.sentence:
        sheet.add("sentence", "", section.sentence)
    placed = []
    for line in section.lines:
        at = len(sheet.rows)
        name = f"{line.name} ({line.detail})" if line.detail else line.name
        in_period = (line.in_period,) if content.has_period else ()
        cells = ("", name, line.unit, line.target, line.exact, *in_period, *_compared(line, at + 1, words))
        sheet.add("share" if line.unit == "%" else "line", *cells, line.narrative, indent=line.indent)
        for column, what in ((3, "target"), (4, "actual")):
            sheet.names.append((f"{_name(line.indicator)}.{_name(line.measure)}.{what}", at, column))
        if line.target:
            placed.append(at)
    return placed


def _name(code: str) -> str:
    return code.replace("-", "_")


def _compared(line: Line, row: int, words: Words) -> tuple[Cell, Cell, Cell]:
    """Variance, percentage and result as formulas over this row; an outcome's result follows from its whole rule."""
    if line.target is None or line.exact is None:
        return None, None, line.result
    variance = Formula(f"=E{row}-D{row}", line.exact - line.target)
    share = Formula(f"=E{row}/D{row}", line.exact / line.target) if line.target else None
    if line.met is None or line.by_rule:
        return variance, share, line.result
    sign = ">" if line.comparator == "more_than" else ">="
    missed = line.result if not line.met else words("not_met")
    result = Formula(f'=IF(E{row}{sign}D{row},"{words("met")}","{missed}")', line.result)
    return variance, share, result


def _outcomes(content: Content, words: Words) -> Sheet:
    sheet = _Rows()
    parts = ("improved", "unchanged", "worse", "satisfied", "not_satisfied")
    head = ("indicator", "instrument", "served", "pre", "post", "n", *parts, "rule")
    statistics = ("t", "df", "p", "mean", "sd", "dz")
    sheet.add("head", *(words(name) for name in head), *statistics, words("result"))
    for outcome in content.outcomes:
        sheet.add("text", *_outcome_cells(outcome, words), *_test_cells(outcome, statistics), outcome.line.result)
    sheet.add("blank")
    for outcome in content.outcomes:
        for remark in outcome.remarks:
            sheet.add("note", f"{outcome.title}: {remark}")
    rows = range(1, len(content.outcomes) + 1)
    shown = [part for part in parts if any(part == one[0] for block in content.outcomes for one in block.parts)]
    series = tuple(Series(words(part), rows, 0, head.index(part)) for part in shown)
    chart = Chart("stacked", words("chart_outcomes"), series, (len(sheet.rows) + 1, 0))
    widths = (44, 26, *(9 for _ in range(9)), 36, *(8 for _ in statistics), 12)
    right = {*range(2, 11), *range(12, 18)}
    return Sheet(words("outcomes"), widths, sheet.rows, head=1, right=right, charts=(chart,))


def _outcome_cells(outcome: OutcomeBlock, words: Words) -> list[Cell]:
    people = {part: count for part, _, count in outcome.parts}
    steps = dict(outcome.steps)
    return [
        outcome.title,
        outcome.instrument,
        outcome.served,
        steps.get(words("pre")),
        steps.get(words("post")),
        outcome.n,
        *(people.get(part) for part in ("improved", "unchanged", "worse", "satisfied", "not_satisfied")),
        outcome.rule,
    ]


def _test_cells(outcome: OutcomeBlock, names: Sequence[str]) -> list[Cell]:
    test = outcome.test or {}
    values = ((name, test.get(name)) for name in names)
    return [value if value is None or name == "df" else Statistic(value, name == "p") for name, value in values]


def _definitions(document: Values, content: Content, words: Words) -> Sheet:
    rows = [Row("head", [words(name) for name in ("code", "indicator", "measure", "how")])]
    how = document["how"]
    for section in content.sections:
        for line in section.lines:
            key = f"{line.indicator}/{line.measure}"
            rows.append(Row("text", [key, section.title, line.name, words.of(how.get(key))]))
    for outcome in content.outcomes:
        for part, name, _ in outcome.parts:
            key = f"{outcome.id}/{part}"
            rows.append(Row("text", [key, outcome.title, name, words.of(how.get(key))]))
    return Sheet(words("definitions"), (28, 36, 32, 110), rows, head=1)


def _months(document: Values, words: Words) -> Sheet:
    values, outputs = document["by_month"]["values"], document["outputs"]
    numerals = {one: numeral(index) for index, one in enumerate(dict.fromkeys(each["indicator"] for each in outputs))}
    names = [f"{numerals[one['indicator']]} {name_of(one, document, words)}" for one in outputs]
    columns = [values.get(key_of(one), ()) for one in outputs]
    rows = [Row("head", [words("month"), *names])]
    months = document["by_month"]["months"]
    for index, month in enumerate(months):
        cells: list[Cell] = [column[index] if index < len(column) else None for column in columns]
        rows.append(Row("text", [words.month(month), *cells]))
    rows += [Row("blank", []), Row("note", [words("months_note")])]
    # What can be drawn on one axis: occasions, of which every indicator has one measure.
    drawn = [
        Series(name, range(1, len(months) + 1), 0, index + 1)
        for index, (one, name) in enumerate(zip(outputs, names, strict=True))
        if one["kind"] in ("sessions", "contacts") and one["of"] is None
    ]
    chart = (Chart("line", words("chart_months"), tuple(drawn), (len(rows) + 1, 0), 380),) if drawn else ()
    right = range(1, len(outputs) + 1)
    return Sheet(words("months"), (16, *(14 for _ in outputs)), rows, head=1, right=right, charts=chart)


EVIDENCE = ("indicator", "counts_for", "session", "date", "kind", "activity", "minutes", "mode", "setting")


def _evidence(evidence: Iterable[Sequence[Any]], words: Words) -> Sheet:
    head = Row("head", [words(name) for name in (*EVIDENCE, "people_count", "people")])
    rows = _evidence_rows(evidence, words)
    first = next(rows, None)
    return Sheet(
        words("evidence"),
        (12, 30, 44, 12, 16, 24, 9, 10, 10, 8, 60),
        [head] if first is None else [head, Row("code", first)],
        head=1,
        right=(6, 9),
        more=rows,
    )


def _evidence_rows(evidence: Iterable[Sequence[Any]], words: Words) -> Iterator[list[str | int | None]]:
    of = cache(partial(label, locale=words.language))
    for indicator, measures, unit_id, day, kind, activity, minutes, mode, setting, people in evidence:
        own: list[str | int | None] = [
            indicator,
            measures,
            unit_id,
            day,
            of("kind", kind),
            of("activity", activity),
            minutes,
        ]
        own += [of("mode", mode), of("setting", setting), len(people)]
        for start in range(0, max(len(people), 1), PEOPLE_A_CELL):
            yield [*own, " ".join(people[start : start + PEOPLE_A_CELL])]


def _late(entries: Sequence[Values], words: Words) -> Sheet:
    rows = [Row("head", [words(name) for name in ("kind", "date", "reason", "session")])]
    for one in entries:
        reason = one.get("reason")
        vocabulary = "late_reason" if reason in LATE_REASONS else "reason"
        kind, why = label("kind", one["kind"], words.language), label(vocabulary, reason, words.language)
        rows.append(Row("text", [kind, one["occurred_on"], why, one.get("unit_id")]))
    return Sheet(words("late_entries"), (28, 14, 28, 44), rows, head=1)


def _restated(document: Values, words: Words) -> Sheet:
    figures = {key_of(one): one for one in document["outputs"]}
    rows = [Row("head", [words(name) for name in ("indicator", "measure", "was", "now", "moved")])]
    for row, one in enumerate(document["restated"], start=2):
        figure = figures.get(key_of(one))
        title = words.of(figure["indicator_title"], one["indicator"]) if figure else one["indicator"]
        name = name_of(figure, document, words) if figure else _part_name(one["measure"], words)
        was, now = one["was"], one["now"]
        moved = None if was is None or now is None else Formula(f"=D{row}-C{row}", now - was)
        rows.append(Row("line", [title, name, was, now, moved]))
    return Sheet(words("restated"), (48, 32, 12, 12, 12), rows, head=1, right=(2, 3, 4))


def _part_name(part: str, words: Words) -> str:
    """A number of an outcome by its name, anything else as it is written."""
    return words(part) if part in ("n", "improved", "unchanged", "worse", "satisfied", "not_satisfied") else part
