"""Figures as JSON values: exact until here, rounded for display alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

from services.reporting.indicators.definition import ADDS_UP, UNITS, Definition, Limb, Measure, Step
from services.reporting.indicators.growth import Growth
from services.reporting.indicators.indicators import Change, Pair, Satisfaction
from services.reporting.indicators.months import Month
from services.reporting.indicators.report import OutcomeFigure, OutputFigure, Report
from services.reporting.indicators.rounding import half_up, percent, plain
from services.reporting.indicators.sentences import filled, values_of_outcome, values_of_output
from services.reporting.indicators.statistics import NotComputable, PairedT


def figures_of(counted: Report) -> dict[str, Any]:
    """Everything that was counted: outputs, outcomes, and the contract's own sentences."""
    return {
        "outputs": [output_values(figure) for figure in counted.outputs],
        "outcomes": [outcome_values(figure) for figure in counted.outcomes],
        "sentences": {**_output_sentences(counted), **_outcome_sentences(counted)},
        "summary": summary_of(counted),
    }


def months_values(definition: Definition, months: Sequence[Month]) -> dict[str, Any]:
    """The months by the day they begin, and each measure's figures in their order, by `indicator/measure`."""
    values = {
        f"{output.id}/{measure.id}": [printed(measure, month.figures[output.id, measure.id]) for month in months]
        for output in definition.outputs
        for measure in output.measures
    }
    return {"months": [month.period.first.isoformat() for month in months], "values": values}


def growth_values(grown: Mapping[tuple[str, str], Growth]) -> dict[str, list[list[float]]]:
    """What each month added, by `indicator/measure`: one number a month, two for a share."""
    return {"/".join(name): [[float(one) for one in values] for values in months] for name, months in grown.items()}


def summary_of(counted: Report) -> dict[str, int]:
    """How many measures have reached their targets, and how many outcomes were passed. No indicator is rolled up."""
    met = [figure.met for figure in counted.outputs if figure.met is not None]
    return {
        "measures_met": sum(met),
        "measures_short": len(met) - sum(met),
        "outcomes_passed": sum(figure.passed for figure in counted.outcomes),
        "outcomes": len(counted.outcomes),
    }


def output_values(figure: OutputFigure) -> dict[str, Any]:
    measure = figure.measure
    values = {
        "indicator": figure.output.id,
        "measure": measure.id,
        "indicator_title": dict(figure.output.title),
        "title": dict(measure.title),
        "kind": measure.kind,
        "of": measure.of,
        "unit": UNITS[measure.kind],
        "comparator": measure.comparator,
        "target": plain_in_unit(measure, measure.target),
        "actual": printed(measure, figure.actual),
        "variance": plain_in_unit(measure, figure.variance),
        "met": figure.met,
        "agreed_target": plain_in_unit(measure, measure.agreed.total),
        "agreed_met": figure.met_as_agreed,
        "variations": [
            {
                "approval": one.approval,
                "effective": one.effective.isoformat(),
                "target": plain_in_unit(measure, one.target.total),
            }
            for one in measure.variations
        ],
        "steps": [_step(measure, step, actual) for step, actual in figure.steps],
        "opening": _opening(measure),
    }
    if measure.kind == "minutes" and figure.actual is not None:
        values["minutes"] = int(figure.actual * 60)
    if figure.part is not None and figure.whole is not None:
        values["share"] = share(figure.part, figure.whole)
    return values


def _step(measure: Measure, step: Step, actual: Fraction | None) -> dict[str, Any]:
    return {
        "from": step.period.first.isoformat(),
        "to": step.period.last.isoformat(),
        "target": plain_in_unit(measure, step.amount),
        "actual": printed(measure, actual),
        "met": measure.reaches(actual, step.amount),
    }


def _opening(measure: Measure) -> dict[str, Any] | None:
    """The opening balance; what does not add up stands beside the figure, not in it."""
    if measure.opening is None:
        return None
    value, until = plain_in_unit(measure, measure.opening.value), measure.opening.until
    return {"value": value, "until": until.isoformat(), "added": measure.kind in ADDS_UP}


def printed(measure: Measure, value: Fraction | None) -> int | float | None:
    """A figure as it is printed; a share as a percentage with one decimal, as every share is."""
    if value is not None and measure.kind == "share":
        return float(half_up(100 * value, 1))
    return plain_in_unit(measure, value)


def plain_in_unit(measure: Measure, value: Fraction | None) -> int | float | None:
    """A target or a difference as a JSON number; of a share in percentage points."""
    if value is None:
        return None
    return _points(100 * value) if measure.kind == "share" else plain(value)


def _points(value: Fraction) -> int | float:
    """As the share itself, with one decimal; with as many as it takes not to show a difference as none."""
    places = 1
    while value and not half_up(value, places):
        places += 1
    rounded = half_up(value, places)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def outcome_values(figure: OutcomeFigure) -> dict[str, Any]:
    outcome, result = figure.outcome, figure.result
    heading = {
        "indicator": outcome.id,
        "title": dict(outcome.title),
        "instrument": outcome.instrument,
        "basis": "satisfaction_post_only" if outcome.post_only else "pre_and_post",
        "success": [_limb(limb) for limb in outcome.any_of],
        "planned_sample": outcome.planned,
        "served": figure.served,
        "n": result.n,
    }
    ending = {"passed": figure.passed, "passed_by": list(result.passed_by)}
    if isinstance(result, Satisfaction):
        return {**heading, **_satisfaction(result), **ending}
    return {**heading, **_change(figure, result), **ending}


def _satisfaction(result: Satisfaction) -> dict[str, Any]:
    return {
        "satisfied": result.satisfied,
        "not_satisfied": result.not_satisfied,
        "share_satisfied": share(result.satisfied, result.n),
    }


def _change(figure: OutcomeFigure, result: Change) -> dict[str, Any]:
    pairing = figure.pairing
    assert pairing is not None
    return {
        "direction": figure.outcome.improved,
        "improved": result.improved,
        "unchanged": result.unchanged,
        "worse": result.worse,
        "share_improved": share(result.improved, result.n),
        "paired_t": _t_test(result.t_test),
        "funnel": {
            "served": figure.served,
            "pre": len(pairing.with_pre),
            "post": len(pairing.with_post),
            "valid": result.n,
        },
        "distribution": _distribution(pairing.pairs),
        # What the share would be if everybody without a valid pair had not improved.
        "sensitivity": share(result.improved, figure.served),
    }


FEWEST_SHOWN = 10
"""With fewer pairs than this a distribution would come close to telling single people's scores."""


def _distribution(pairs: Sequence[Pair]) -> list[dict[str, int]] | None:
    """How many people's scores changed by how much, from the lowest change to the highest; None of too few people."""
    if len(pairs) < FEWEST_SHOWN:
        return None
    changes = Counter(pair.difference for pair in pairs)
    return [{"change": change, "people": changes[change]} for change in sorted(changes)]


def _t_test(result: PairedT | NotComputable) -> dict[str, Any]:
    if isinstance(result, NotComputable):
        return {"t": None, "df": None, "p": None, "not_computable": result.why}
    return {
        "t": result.t,
        "df": result.df,
        "p": result.p,
        "mean": float(result.mean),
        "sd": result.sd,
        "ci95": list(result.ci95),
        "dz": result.dz,
        "small": result.small,
    }


def share(part: int | Fraction, whole: int | Fraction) -> dict[str, Any]:
    """A share: both numbers, and the percentage for display."""
    shown = percent(part, whole)
    return {
        "k": plain(Fraction(part)),
        "n": plain(Fraction(whole)),
        "percent": None if shown is None else float(shown),
    }


def _limb(limb: Limb) -> dict[str, Any]:
    if limb.threshold is not None:
        return {"kind": limb.kind, limb.threshold.comparator: float(limb.threshold.bound)}
    assert limb.alpha is not None
    return {"kind": limb.kind, "alpha": float(limb.alpha)}


def _output_sentences(counted: Report) -> dict[str, dict[str, str]]:
    found = {}
    for output, figures in groupby(counted.outputs, key=lambda figure: figure.output):
        if output.sentence:
            found[output.id] = filled(output.sentence, values_of_output(list(figures)))
    return found


def _outcome_sentences(counted: Report) -> dict[str, dict[str, str]]:
    return {
        figure.outcome.id: filled(figure.outcome.sentence, values_of_outcome(figure))
        for figure in counted.outcomes
        if figure.outcome.sentence
    }
