"""What moved every figure of a contract since a cut: what was known then is counted, and what came after it walked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from services.reporting.indicators.changes import Happened, Moved, Running, Step, in_order, moves
from services.reporting.indicators.definition import Measure, Outcome, Output
from services.reporting.indicators.report import Count
from services.reporting.indicators.running import RunningOutcome, running_measure, running_outcome
from services.reporting.indicators.steps import Edge, Teller

PARTS = ("n", "improved", "unchanged", "worse")
PARTS_POST_ONLY = ("n", "satisfied", "not_satisfied")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureMoved:
    """One figure that is not what it was, or was moved and came back: its values then and now, and what moved it.

    A measure has its output; of an outcome, `part` says which number.
    """

    of: Output | Outcome
    measure: Measure | None
    part: str | None
    before: Fraction | None
    after: Fraction | None
    moved: tuple[Moved, ...]


def parts_of(outcome: Outcome) -> tuple[str, ...]:
    """The figures of an outcome, by name."""
    return PARTS_POST_ONLY if outcome.post_only else PARTS


def moved_since(then: Count, edges: Sequence[Edge], after: Sequence[Happened]) -> list[FigureMoved]:
    """Every figure that an event in `after` moved. `then` counts what was known before them, `edges` who was whom."""
    definition, facts = then.definition, then.facts
    merged = any(one.joined or one.parted for one in after)
    steps = Teller(edges, (*facts.units, *facts.scores) if merged else ()).tell(in_order(after))
    nothing = Count(definition)
    measures = (
        _of_measure(then, output, one, steps)
        for output in definition.outputs
        for one in output.measures
        if _is_about(running_measure(nothing, one), steps)
    )
    outcomes = (
        figure
        for outcome in definition.outcomes
        if _is_about(running_outcome(nothing, outcome), steps)
        for figure in _of_outcome(then, outcome, steps)
    )
    return [figure for figure in chain(measures, outcomes) if figure.moved]


def _is_about(running: Running | RunningOutcome, steps: Iterable[Step]) -> bool:
    """Whether anything in these steps counts for a figure: without that, what was known need not be looked through."""
    return any(running.apply(step) for step in steps)


def _of_measure(then: Count, output: Output, measure: Measure, steps: Iterable[Step]) -> FigureMoved:
    running = running_measure(then, measure)
    before = running.value
    moved = tuple(moves(running, steps))
    return FigureMoved(of=output, measure=measure, part=None, before=before, after=running.value, moved=moved)


def _of_outcome(then: Count, outcome: Outcome, steps: Iterable[Step]) -> Iterator[FigureMoved]:
    """The numbers of an outcome move together: the steps are walked once for all of them."""
    running = running_outcome(then, outcome)
    parts = parts_of(outcome)
    first = before = _counts(running, parts)
    moved: dict[str, list[Moved]] = {part: [] for part in parts}
    for step in steps:
        if running.apply(step):
            now = _counts(running, parts)
            for part in parts:
                if before[part] != now[part]:
                    moved[part].append(Moved(step.happened, before[part], now[part]))
            before = now
    for part in parts:
        ends = {"before": first[part], "after": before[part]}
        yield FigureMoved(of=outcome, measure=None, part=part, moved=tuple(moved[part]), **ends)


def _counts(running: RunningOutcome, parts: Iterable[str]) -> dict[str, Fraction]:
    return {part: Fraction(running.counts.get(part, 0)) for part in parts}
