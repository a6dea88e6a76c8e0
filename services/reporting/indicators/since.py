"""What moved every figure of a contract since a cut: what was known then is taken up first, then what came after it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from itertools import chain

from services.reporting.indicators.changes import Happened, Moved, Step, Thing, in_order, moves
from services.reporting.indicators.definition import Definition, Measure, Outcome, Output
from services.reporting.indicators.facts import Facts
from services.reporting.indicators.running import RunningOutcome, running_measure, running_outcome
from services.reporting.indicators.steps import Teller

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


def moved_since(
    definition: Definition, then: Facts, edges: Sequence[tuple[str, str]], after: Sequence[Happened]
) -> list[FigureMoved]:
    """Every figure that an event in `after` moved. `then` is what was known before them, `edges` who was whom."""
    if not after:
        return []
    teller = Teller()
    known = teller.tell(_known(then, edges))
    steps = teller.tell(in_order(after))
    measures = (
        _of_measure(definition, output, one, known, steps)
        for output in definition.outputs
        for one in output.measures
        if _is_about(definition, one, steps)
    )
    outcomes = (figure for outcome in definition.outcomes for figure in _of_outcome(definition, outcome, known, steps))
    return [figure for figure in chain(measures, outcomes) if figure.moved]


def _is_about(definition: Definition, measure: Measure, steps: Iterable[Step]) -> bool:
    """Whether anything in these steps counts for a measure: without that, what was known need not be looked through."""
    running = running_measure(definition, measure)
    return any(running.apply(step) for step in steps)


def _of_measure(
    definition: Definition, output: Output, measure: Measure, known: Iterable[Step], steps: Iterable[Step]
) -> FigureMoved:
    running = running_measure(definition, measure)
    for step in known:
        running.apply(step)
    before = running.value
    moved = tuple(moves(running, steps))
    return FigureMoved(of=output, measure=measure, part=None, before=before, after=running.value, moved=moved)


def _of_outcome(
    definition: Definition, outcome: Outcome, known: Iterable[Step], steps: Iterable[Step]
) -> Iterator[FigureMoved]:
    """The numbers of an outcome move together: the steps are walked once for all of them."""
    running = running_outcome(definition, outcome)
    running.apply_all(known)
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


def _known(then: Facts, edges: Iterable[tuple[str, str]]) -> Iterator[Happened]:
    """What was known, as if it happened at once; who is whom first, so that nothing is looked at twice."""
    for pair in edges:
        yield _happened(joined=pair)
    stages = (stage for case in then.cases for stage in case.stages)
    things: Iterable[Thing] = chain(then.units, then.scores, then.tallies, stages)
    for thing in things:
        yield _happened(begun=thing)


def _happened(*, begun: Thing | None = None, joined: tuple[str, str] | None = None) -> Happened:
    return Happened(
        recorded_at=datetime.min.replace(tzinfo=UTC),
        service="",
        position=0,
        event_id="",
        actor="",
        reason=None,
        what="recorded",
        about="",
        begun=begun,
        joined=joined,
    )
