"""A contract's own sentences, filled with its figures, and how each kind of measure is counted in one sentence."""

import re
from collections.abc import Mapping

from services.reporting.indicators.indicators import Satisfaction
from services.reporting.indicators.report import OutcomeFigure, OutputFigure
from services.reporting.indicators.rounding import half_up, percent, plain

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PAIRED = ("served", "n", "improved", "unchanged", "worse", "percent")
POST_ONLY = ("served", "n", "satisfied", "not_satisfied", "percent")


def placeholders(sentence: str) -> list[str]:
    """The names in braces of a sentence, in their order."""
    return PLACEHOLDER.findall(sentence)


def filled(sentence: Mapping[str, str], values: Mapping[str, object]) -> dict[str, str]:
    """The sentence in each of its languages, with the values in place of the names in braces."""
    return {language: PLACEHOLDER.sub(lambda found: str(values[found[1]]), text) for language, text in sentence.items()}


def values_of_output(figures: list[OutputFigure]) -> dict[str, object]:
    """What the sentence of an output indicator may name: its measures by id."""
    return {figure.measure.id: _value_of_output(figure) for figure in figures}


def _value_of_output(figure: OutputFigure) -> object:
    if figure.actual is None:
        return "–"
    return half_up(100 * figure.actual, 1) if figure.measure.kind == "share" else plain(figure.actual)


def values_of_outcome(figure: OutcomeFigure) -> dict[str, object]:
    """What the sentence of an outcome indicator may name."""
    result = figure.result
    common: dict[str, object] = {"served": figure.served, "n": result.n}
    if isinstance(result, Satisfaction):
        share = percent(result.satisfied, result.n)
        more: dict[str, object] = {"satisfied": result.satisfied, "not_satisfied": result.not_satisfied}
    else:
        share = percent(result.improved, result.n)
        more = {"improved": result.improved, "unchanged": result.unchanged, "worse": result.worse}
    return {**common, **more, "percent": "–" if share is None else share}
