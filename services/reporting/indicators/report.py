"""All figures of one contract, counted from its facts in one pass over its definition."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from services.reporting.indicators.definition import (
    Definition,
    Measure,
    Opening,
    Outcome,
    Output,
    Period,
    Step,
    Where,
)
from services.reporting.indicators.facts import Case, Facts
from services.reporting.indicators.filters import Counted, Selection
from services.reporting.indicators.indicators import (
    MEASURES,
    Change,
    Pairing,
    Satisfaction,
    change,
    left_out_case,
    opening_value,
    pairing,
    persons,
    satisfaction,
    share,
)
from services.reporting.indicators.whole import Whole, whole_of


@dataclass(frozen=True, slots=True)
class OutputFigure:
    """One measure of an output indicator, with its exact value; a share of nothing has none.

    Of a share, `part` and `whole` are the two numbers; `steps` has what was reached in each period with a target.
    """

    output: Output
    measure: Measure
    actual: Fraction | None
    part: Fraction | None = None
    whole: Fraction | None = None
    steps: tuple[tuple[Step, Fraction | None], ...] = ()

    @property
    def variance(self) -> Fraction | None:
        target = self.measure.target
        return None if target is None or self.actual is None else self.actual - target

    @property
    def met_as_agreed(self) -> bool | None:
        """Whether the target that was agreed at first is reached, whatever was approved since."""
        return self.measure.reaches(self.actual, self.measure.agreed.total)

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


def report(definition: Definition, facts: Facts, count: "Count | None" = None) -> Report:
    """Count everything the definition asks for; with a `count` of the same two that goes on to be used."""
    count = count or Count(definition, facts)
    steps = _steps(definition, facts)
    figures = [
        replace(count.figure(output, measure), steps=steps.get((output.id, measure.id), ()))
        for output in definition.outputs
        for measure in output.measures
    ]
    served = {output.id: count.served(output) for output in definition.outputs}
    outcomes = tuple(count_outcome(definition, outcome, facts, served) for outcome in definition.outcomes)
    return Report(definition, tuple(figures), outcomes)


def _steps(definition: Definition, facts: Facts) -> dict[tuple[str, str], tuple[tuple[Step, Fraction | None], ...]]:
    """What each measure with targets by period has reached in each of these periods."""
    counts: dict[Period, Count] = {}
    found = {}
    for output in definition.outputs:
        for measure in output.measures:
            for step in measure.steps:
                if step.period not in counts:
                    counts[step.period] = Count(replace(definition, period=step.period), facts)
            found[output.id, measure.id] = tuple(
                (step, counts[step.period].figure(output, measure).actual) for step in measure.steps
            )
    return found


class Count:
    """Counts measures over the same facts."""

    def __init__(self, definition: Definition, facts: Facts) -> None:
        self._definition, self._facts = definition, facts
        # Measures of one indicator mostly count the same sessions.
        self._known: dict[tuple[tuple[Where, ...], Opening | None], list[Counted]] = {}

    def figure(self, output: Output, measure: Measure) -> OutputFigure:
        """One measure with its value."""
        part = self._value(measure)
        if measure.whole is None:
            return OutputFigure(output, measure, part)
        whole = self._value(measure.whole)
        return OutputFigure(output, measure, share(part, whole), part, whole)

    def served(self, output: Output) -> frozenset[str]:
        """Everybody counted in any measure of an output, those of the time of an opening balance too."""
        return persons(self.sessions_of(output))

    def sessions_of(self, output: Output) -> Iterator[Counted]:
        """Every session as each measure of an output counts it, those of the time of an opening balance too."""
        for measure in counting_people(output):
            yield from self.sessions(replace(measure, opening=None))

    def whole(self) -> Whole:
        """All that the measures about sessions count, each session and person once."""
        return whole_of((self.sessions_of(output) for output in self._definition.outputs), self._definition.counting)

    def _value(self, measure: Measure) -> Fraction:
        if measure.which is not None:
            chosen = case_selection(measure, self._definition, self._facts)
            return Fraction(sum(why is None for _, why in chosen))
        done = MEASURES[measure.counts](self.sessions(measure), self._definition.counting)
        return done + opening_value(measure, self._definition.period)

    def sessions(self, measure: Measure) -> list[Counted]:
        """The sessions that count for a measure."""
        asked = measure.filters, measure.opening
        counted = self._known.get(asked)
        if counted is None:
            counted = self._known[asked] = selection(self._definition, measure, self._facts).counted
        return counted


def counting_people(output: Output) -> Iterable[Measure]:
    """The measures that are about sessions, and so about the people there: all but those of cases."""
    return (measure for measure in output.measures if measure.which is None)


def case_selection(measure: Measure, definition: Definition, facts: Facts) -> list[tuple[Case, str | None]]:
    """Every case of the contract, and why a measure of cases leaves it out; None when it counts."""
    assert measure.which is not None
    return [(case, left_out_case(case, measure.which, definition.period)) for case in facts.cases]


def selection(definition: Definition, measure: Measure, facts: Facts) -> Selection:
    """What one measure counts, and what it leaves out."""
    return Selection(measure, definition.counting, definition.period, facts)


def served_by_output(definition: Definition, facts: Facts) -> dict[str, frozenset[str]]:
    """Everybody counted in any measure of each output."""
    count = Count(definition, facts)
    return {output.id: count.served(output) for output in definition.outputs}


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
