"""The steps told so far leave what lives, everybody under the id that counting from scratch finds for them."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import given

from services.reporting.indicators.changes import Step, living
from services.reporting.indicators.facts import Facts, Score, Unit
from services.reporting.indicators.steps import Teller, people_in
from tests.unit.reporting.test_changes import Story, steps

Left = Counter[tuple[str, tuple[str, ...]]]


def _id(thing: Any) -> str:
    return str(thing.unit_id if isinstance(thing, Unit) else thing.assessment_id)


def _taken(left: Left, step: Step) -> Left:
    """What is left after a step: of each session and questionnaire, whose it is."""
    after = left.copy()
    for things, sign in ((step.gone, -1), (step.come, 1)):
        for thing in things:
            if isinstance(thing, Unit | Score):
                after[_id(thing), tuple(people_in(thing))] += sign
    assert min(after.values(), default=0) >= 0
    return +after


@given(steps)
def test_each_step_leaves_what_lives_with_its_people_resolved(unit: Callable[..., Unit], told: list[Any]) -> None:
    story, teller, left = Story(unit), Teller(), Left()
    for one in told:
        before = len(story.happened)
        story.tell(one)
        for step in teller.tell(story.happened[before:]):
            left = _taken(left, step)
        resolve = story.facts.identities.resolve
        things = [*story.facts.units, *story.facts.scores]
        assert left == Counter((_id(one), tuple(map(resolve, people_in(one)))) for one in things)


@given(steps)
def test_events_leave_the_facts_that_live(unit: Callable[..., Unit], told: list[Any]) -> None:
    story = Story(unit)
    for one in told:
        story.tell(one)
    assert _plain(living(story.happened)) == _plain(story.facts)


def _plain(facts: Facts) -> tuple[Any, ...]:
    """Facts without the order in which they are kept."""
    things = [*facts.units, *facts.scores, *facts.tallies]
    known = {person for thing in things for person in people_in(thing)}
    return set(things), set(facts.cases), {one: facts.identities.resolve(one) for one in known}


def test_a_merge_is_about_the_sessions_of_those_it_joins_alone(unit: Callable[..., Unit]) -> None:
    story = Story(unit)
    for step in (("session", 1, ("a", "c"), 60), ("session", 2, ("b",), 60), ("session", 3, ("c",), 60)):
        story.tell(step)
    story.tell(("join", "a", "b", 0))
    story.tell(("part", 0, 0, 0))
    joined, parted = Teller().tell(story.happened)[-2:]
    (first,) = (one for one in story.facts.units if one.unit_id == "session-1")
    assert [_id(one) for one in joined.gone] == ["session-1"]  # “b” stood for itself before, and stands for both now.
    assert [people_in(one) for one in joined.come] == [["b", "c"]]
    assert (parted.gone, parted.come) == (joined.come, (first,))
