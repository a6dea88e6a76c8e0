"""What moved since a cut begins where counting at the cut ends, and ends where counting now ends."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import Facts, Unit
from services.reporting.indicators.report import Count, count_outcome
from services.reporting.indicators.since import FigureMoved, moved_since
from tests.unit.reporting.test_changes import Story, everything, steps

__all__ = ["everything"]


def _counted(definition: Definition, facts: Facts, figure: FigureMoved) -> Fraction | None:
    """The figure counted from the start."""
    if figure.measure is not None:
        output = definition.output(figure.of.id)
        assert output is not None
        return Count(definition, facts).figure(output, figure.measure).actual
    outcome = definition.outcome(figure.of.id)
    assert outcome is not None
    assert figure.part is not None
    result = count_outcome(definition, outcome, facts, Count(definition, facts).served_by_output()).result
    return Fraction(getattr(result, figure.part))


@given(steps, st.integers(0, 30))
def test_both_ends_are_what_counting_finds_and_every_step_leads_on(
    everything: Definition, unit: Callable[..., Unit], told: list[Any], known: int
) -> None:
    then, now = Story(unit), Story(unit)
    for step in told[:known]:
        then.tell(step)
    for step in told:
        now.tell(step)
    after = now.happened[len(then.happened) :]
    for figure in moved_since(Count(everything, then.facts), then.edges, after):
        assert figure.before == figure.moved[0].before == _counted(everything, then.facts, figure)
        assert figure.after == figure.moved[-1].after == _counted(everything, now.facts, figure)


def test_when_nothing_happened_nothing_moved(everything: Definition, unit: Callable[..., Unit]) -> None:
    assert moved_since(Count(everything, Facts(units=(unit("session-1", "a"),))), [], []) == []
