"""What a report says, line by line, in one language: the same for every format. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from services.reporting.contracts.instruments import NAMES
from services.reporting.exports.words import Words

Values = Mapping[str, Any]
NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure against its target. `exact` is the actual without the rounding of its display.

    `indent` is how deep a measure lies within others ("of which"); `met` is None where there is no target. The result
    follows from the target, or `by_rule` from a rule that has other ways to pass.
    """

    indicator: str
    measure: str
    name: str
    unit: str
    target: float | None
    actual: float | None
    exact: float | None
    variance: float | None
    comparator: str
    met: bool | None
    result: str
    indent: int = 0
    by_rule: bool = False
    in_period: float | None = None
    detail: str = ""
    narrative: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """An indicator: its number, its own sentence, and its lines."""

    id: str
    numeral: str
    title: str
    sentence: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeBlock:
    """An outcome: who was asked, what became of them (`parts`: code, words, people), and by which rule it passed."""

    id: str
    numeral: str
    title: str
    sentence: str
    instrument: str
    n: int
    steps: tuple[tuple[str, int], ...]
    parts: tuple[tuple[str, str, int], ...]
    line: Line
    rule: str
    remarks: tuple[str, ...]
    test: Values | None
    sensitivity: Values | None
    served: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A whole report in one language."""

    title: str
    facts: tuple[tuple[str, str], ...]
    has_period: bool
    sections: tuple[Section, ...]
    outcomes: tuple[OutcomeBlock, ...]
    deliverables: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


def content_of(document: Values, words: Words) -> Content:
    """Everything a report says, without what only staff see of it."""
    running = is_running(document)
    return Content(
        title=words.of(document["title"], document["contract"]),
        facts=tuple(_facts(document, words)),
        has_period="outputs_in_period" in document,
        sections=tuple(_sections(document, words, running=running)),
        outcomes=tuple(_outcomes(document, words, running=running)),
        deliverables=tuple(
            (
                words.of(one["title"], one["id"]),
                words("done") if one["done"] else words("not_done"),
                words.day(one["done_on"]) if one["done_on"] else "",
            )
            for one in document.get("deliverables", ())
        ),
        notes=tuple(_notes(document, words)),
    )


def is_running(document: Values) -> bool:
    """Whether the project has not ended by the day the report speaks of: what is short may still be reached."""
    until = document.get("reporting_period", {}).get("to") or document.get("as_of")
    return until is None or str(until)[:10] < document["period"]["to"]


def key_of(figure: Values) -> str:
    """The name of a figure among all of its contract, such as `output-1/sessions`."""
    return f"{figure['indicator']}/{figure['measure']}"


def name_of(figure: Values, document: Values, words: Words) -> str:
    """A measure's name: its title, else the one made from its definition, else what kind of figure it is."""
    named = document.get("names", {}).get(key_of(figure))
    kind = words(f"kind_{figure['kind']}")
    plain = words("of_which", name=kind) if figure["of"] else kind
    return words.of(figure["title"]) or words.of(named, plain)


def numeral(index: int) -> str:
    return NUMERALS[index] if index < len(NUMERALS) else str(index + 1)


def _facts(document: Values, words: Words) -> Iterator[tuple[str, str]]:
    for name in ("funder", "district"):
        if text := words.of(document.get(name)):
            yield words(name), text
    yield words("period"), words.span(document["period"])
    if period := document.get("reporting_period"):
        yield words("reporting_period"), words.span(period)
    if sent := document.get("submission"):
        yield words("submission"), words("number", number=sent["number"], moment=words.moment(sent["sealed_at"]))
    elif document.get("as_of"):
        yield words("as_of"), words.moment(document["as_of"])


def _sections(document: Values, words: Words, *, running: bool) -> Iterator[Section]:
    in_period = {key_of(one): one["actual"] for one in document.get("outputs_in_period", ())}
    for index, (indicator, group) in enumerate(groupby(document["outputs"], key=lambda one: one["indicator"])):
        figures = list(group)
        parents = {one["measure"]: one["of"] for one in figures}
        yield Section(
            id=indicator,
            numeral=numeral(index),
            title=words.of(figures[0]["indicator_title"], indicator),
            sentence=words.of(document["sentences"].get(indicator)),
            lines=tuple(
                Line(
                    indicator=indicator,
                    measure=one["measure"],
                    name=name_of(one, document, words),
                    unit=words(one["unit"]),
                    target=one["target"],
                    actual=one["actual"],
                    exact=_exact(one),
                    variance=one["variance"],
                    comparator=one["comparator"],
                    met=one["met"],
                    result=result_of(one["met"], words, running=running),
                    indent=_depth(one["measure"], parents),
                    in_period=in_period.get(key_of(one)),
                    detail=words("k_of_n", k=words.number(one["share"]["k"]), n=words.number(one["share"]["n"]))
                    if "share" in one
                    else "",
                    narrative=document.get("narrative", {}).get(key_of(one), ""),
                )
                for one in figures
            ),
        )


def _depth(measure: str, parents: Mapping[str, str | None]) -> int:
    above = parents.get(measure)
    return 0 if above is None else 1 + _depth(above, parents)


def _exact(figure: Values) -> float | None:
    """The value before it was rounded for display, so that comparing it gives what comparing whole numbers gives."""
    if "minutes" in figure:
        return float(figure["minutes"] / 60)
    if share := figure.get("share"):
        return 100 * float(share["k"]) / float(share["n"]) if share["n"] else None
    return figure["actual"]  # type: ignore[no-any-return]


def result_of(met: bool | None, words: Words, *, running: bool) -> str:
    """The word for a result; what may still be reached is not called missed."""
    if met is None:
        return words("no_target")
    return words("met") if met else words("not_yet" if running else "not_met")


def _outcomes(document: Values, words: Words, *, running: bool) -> Iterator[OutcomeBlock]:
    for index, one in enumerate(document["outcomes"]):
        after_only = "share_satisfied" in one
        parts = ("satisfied", "not_satisfied") if after_only else ("improved", "unchanged", "worse")
        funnel = one.get("funnel") or {}
        steps = [(words(name), funnel[name]) for name in ("served", "pre", "post") if name in funnel]
        yield OutcomeBlock(
            id=one["indicator"],
            numeral=numeral(index),
            title=words.of(one["title"], one["indicator"]),
            sentence=words.of(document["sentences"].get(one["indicator"])),
            instrument=words.of(NAMES.get(one["instrument"]), one["instrument"]),
            n=one["n"],
            served=one["served"],
            steps=(*steps, (words("answers_n" if after_only else "n"), one["n"])),
            parts=tuple((part, words(part), one[part]) for part in parts),
            line=_outcome_line(one, document, words, running=running),
            rule=words("or").join(_limb(limb, words) for limb in one["success"]),
            remarks=tuple(_remarks(one, words)),
            test=one.get("paired_t"),
            sensitivity=one.get("sensitivity"),
        )


def _outcome_line(one: Values, document: Values, words: Words, *, running: bool) -> Line:
    """The share that the rule is about, against the threshold that the rule sets for it."""
    what = "share_satisfied" if "share_satisfied" in one else "share_improved"
    share, part = one[what], what.removeprefix("share_")
    limb: Values = next((limb for limb in one["success"] if limb["kind"] == what), {})
    bound = limb.get("at_least", limb.get("more_than"))
    target = None if bound is None else round(100 * bound, 6)
    exact = 100 * share["k"] / share["n"] if share["n"] else None
    met = one["passed"] if one["success"] else None
    return Line(
        indicator=one["indicator"],
        measure=part,
        name=words(what),
        unit="%",
        target=None if target is None else int(target) if target == int(target) else target,
        actual=share["percent"],
        exact=exact,
        variance=_points(exact, target),
        comparator="more_than" if "more_than" in limb else "at_least",
        met=met,
        result=result_of(met, words, running=running),
        by_rule=True,
        detail=words("k_of_n", k=words.number(share["k"]), n=words.number(share["n"])),
        narrative=narrative_of(document, one["indicator"]),
    )


def narrative_of(document: Values, indicator: str) -> str:
    """The explanation of an outcome, whichever of its numbers it was written beside."""
    texts = document.get("narrative", {})
    return next((text for key, text in texts.items() if key == indicator or key.startswith(f"{indicator}/")), "")


def _points(exact: float | None, target: float | None) -> float | None:
    """A difference of percentages with one decimal, with more where one would show a difference as none."""
    if exact is None or target is None:
        return None
    difference = exact - target
    places = 1
    while difference and not round(difference, places) and places < 9:
        places += 1
    return round(difference, places)


def _limb(limb: Values, words: Words) -> str:
    if limb["kind"] == "paired_t":
        return words("limb_t", alpha=limb["alpha"])
    comparator = "at_least" if "at_least" in limb else "more_than"
    what = words("limb_satisfied" if limb["kind"] == "share_satisfied" else "limb_improved")
    return words(comparator, share=f"{100 * limb[comparator]:.6g}", what=what)


def _remarks(one: Values, words: Words) -> Iterator[str]:
    """What must be said beside an outcome: which way it passed, the test, and the other denominator."""
    ways = [_limb(limb, words) for limb in one["success"] if limb["kind"] in one["passed_by"]]
    if ways:
        yield words("passed_by", rules=("；" if words.is_chinese else "; ").join(ways))
    if "share_satisfied" in one:
        yield words("post_only")
        return
    yield test_words(one["paired_t"], words)
    spread = one["sensitivity"]
    if spread["percent"] is not None:
        yield words("sensitivity_note", **spread)


def test_words(test: Values, words: Words) -> str:
    """The t-test as it is printed."""
    if test["t"] is None:
        return words("not_computable")
    text = words("t_result", df=test["df"], t=f"{test['t']:.2f}".replace("-", "−"), p=p_words(test["p"]))
    return f"{text} ({words('small')})" if test.get("small") else text


def p_words(p: float) -> str:
    """A p value as it is printed."""
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".", 1)


def _notes(document: Values, words: Words) -> Iterator[str]:
    yield words("note_persons")
    if "outputs_in_period" in document:
        yield words("note_period")
    late = document.get("late_entry_count", len(document.get("late_entries", ())))
    if late:
        yield words("note_late", count=late)
    if restated := document.get("restated"):
        yield words("note_restated", count=len(restated))
    yield from (
        words("note_outstanding", service=words(one["service"]), behind=one["behind"], parked=one["parked"])
        for one in document.get("outstanding", ())
    )
    yield words("note_definition", version=document["definition_version"])
    if document.get("as_of"):
        yield words("note_as_of", moment=words.moment(document["as_of"]))
    yield words("note_cut", cut=document["cut"])


def in_lines(sections: Sequence[Section]) -> Iterator[Line]:
    """All lines of all sections."""
    return (line for section in sections for line in section.lines)
