"""All figures of one contract, counted from its facts in one pass over its definition."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from services.reporting.indicators.definition import Definition, Measure, Outcome, Output, Where
from services.reporting.indicators.facts import Facts
from services.reporting.indicators.filters import Counted, Selection
from services.reporting.indicators.indicators import (
    MEASURES,
    Change,
    Pairing,
    Satisfaction,
    change,
    pairing,
    persons,
    satisfaction,
)


@dataclass(frozen=True, slots=True)
class OutputFigure:
    """One measure of an output indicator, with its exact value."""

    output: Output
    measure: Measure
    actual: Fraction

    @property
    def variance(self) -> Fraction | None:
        return None if self.measure.target is None else self.actual - self.measure.target

    @property
    def met(self) -> bool | None:
        return self.measure.met(self.actual)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFigure:
    """One outcome indicator: its people and either their change or their satisfaction."""

    outcome: Outcome
    served: int
    pairing: Pairing | None
    result: Change | Satisfaction

    @property
    def passed(self) -> bool:
        return bool(self.result.passed_by)


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a contract."""

    definition: Definition
    outputs: tuple[OutputFigure, ...]
    outcomes: tuple[OutcomeFigure, ...]


def report(definition: Definition, facts: Facts) -> Report:
    """Count everything the definition asks for."""
    figures: list[OutputFigure] = []
    served: dict[str, frozenset[str]] = {}
    # Measures of one indicator mostly count the same sessions.
    known: dict[tuple[Where, ...], list[Counted]] = {}
    for output in definition.outputs:
        people: frozenset[str] = frozenset()
        for measure in output.measures:
            counted = known.get(measure.filters)
            if counted is None:
                counted = known[measure.filters] = selection(definition, measure, facts).counted
            people |= persons(counted)
            figures.append(OutputFigure(output, measure, MEASURES[measure.kind](counted, definition.counting)))
        served[output.id] = people
    outcomes = tuple(count_outcome(definition, outcome, facts, served) for outcome in definition.outcomes)
    return Report(definition, tuple(figures), outcomes)


def selection(definition: Definition, measure: Measure, facts: Facts) -> Selection:
    """What one measure counts, and what it leaves out."""
    return Selection(measure, definition.counting, definition.period, facts)


def served_by_output(definition: Definition, facts: Facts) -> dict[str, frozenset[str]]:
    """Everybody counted in any measure of each output."""
    return {
        output.id: persons(
            session for measure in output.measures for session in selection(definition, measure, facts).counted
        )
        for output in definition.outputs
    }


def count_outcome(
    definition: Definition, outcome: Outcome, facts: Facts, served: Mapping[str, frozenset[str]]
) -> OutcomeFigure:
    """One outcome of the people served by its outputs."""
    people = population(outcome, served)
    if outcome.post_only:
        result = satisfaction(outcome, definition.period, facts)
        return OutcomeFigure(outcome=outcome, served=len(people), pairing=None, result=result)
    paired = pairing(outcome, definition.period, facts, people)
    return OutcomeFigure(outcome=outcome, served=len(people), pairing=paired, result=change(outcome, paired.pairs))


def population(outcome: Outcome, served: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The different people served by the outputs that an outcome is about."""
    return frozenset().union(*(served[output_id] for output_id in outcome.population))
