"""All figures of one contract, counted from its facts in one pass over its definition."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain

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
from services.reporting.indicators.facts import NOTHING, Case, Facts
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
    return Report(definition, tuple(figures), count.outcomes())


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
    """Counts measures and outcomes over the same facts; without facts, nothing is counted yet."""

    def __init__(self, definition: Definition, facts: Facts = NOTHING) -> None:
        self.definition, self.facts = definition, facts
        # Measures of one indicator mostly count the same sessions.
        self._known: dict[tuple[tuple[Where, ...], Opening | None], Selection] = {}

    def figure(self, output: Output, measure: Measure) -> OutputFigure:
        """One measure with its value."""
        part = self._value(measure)
        if measure.whole is None:
            return OutputFigure(output, measure, part)
        whole = self._value(measure.whole)
        return OutputFigure(output, measure, share(part, whole), part, whole)

    def outcomes(self) -> tuple[OutcomeFigure, ...]:
        """Every outcome."""
        served = self.served_by_output()
        return tuple(count_outcome(self.definition, one, self.facts, served) for one in self.definition.outcomes)

    def served_by_output(self) -> dict[str, frozenset[str]]:
        """Everybody counted in any measure of each output, those of the time of an opening balance too."""
        return {output.id: persons(self.sessions_of(output)) for output in self.definition.outputs}

    def sessions_of(self, *outputs: Output) -> Iterator[Counted]:
        """Every session as the measures of outputs count it, those of the time of an opening balance too."""
        return chain.from_iterable(one.counted for one in self.selections_of(*outputs))

    def selections_of(self, *outputs: Output) -> list[Selection]:
        """What the measures of outputs ask for, without opening balances: what several ask alike, once."""
        asked = {one.filters: one for output in outputs for one in counting_people(output)}
        return [self.selection(replace(measure, opening=None)) for measure in asked.values()]

    def whole(self) -> Whole:
        """All that the measures about sessions count, each session and person once."""
        return whole_of(self.sessions_of(*self.definition.outputs), self.definition.counting)

    def _value(self, measure: Measure) -> Fraction:
        if measure.which is not None:
            chosen = case_selection(measure, self.definition, self.facts)
            return Fraction(sum(why is None for _, why in chosen))
        done = MEASURES[measure.counts](self.sessions(measure), self.definition.counting)
        return done + opening_value(measure, self.definition.period)

    def sessions(self, measure: Measure) -> list[Counted]:
        """The sessions that count for a measure."""
        return self.selection(measure).counted

    def selection(self, measure: Measure) -> Selection:
        """What a measure counts, and what it leaves out; looked for once for all that ask alike."""
        asked = measure.filters, measure.opening
        if asked not in self._known:
            self._known[asked] = Selection(measure, self.definition.counting, self.definition.period, self.facts)
        return self._known[asked]


def counting_people(output: Output) -> Iterable[Measure]:
    """The measures that are about sessions, and so about the people there: all but those of cases."""
    return (measure for measure in output.measures if measure.which is None)


def case_selection(measure: Measure, definition: Definition, facts: Facts) -> list[tuple[Case, str | None]]:
    """Every case of the contract, and why a measure of cases leaves it out; None when it counts."""
    assert measure.which is not None
    return [(case, left_out_case(case, measure.which, definition.period)) for case in facts.cases]


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
