"""What moved a figure, walked event by event, always ends where counting from scratch ends."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.reporting.contracts.document import definition_of
from services.reporting.indicators.changes import Happened, Moved, Running, Thing, moves
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import Case, Facts, Identities, Score, Stage, Tally, Unit
from services.reporting.indicators.report import Count, count_outcome
from services.reporting.indicators.running import RunningPart, running_measure, running_outcome
from services.reporting.indicators.steps import told

START = datetime(2021, 1, 1, tzinfo=UTC)
DAY = date(2019, 3, 4)
PEOPLE = ["a", "b", "c"]
someone = st.sampled_from(PEOPLE)

# A step writes a session (number, people, minutes; no people voids it), a score of somebody (another total corrects it,
# none voids it), an anonymous answer, a stage of a case, or joins or parts two people.
steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("session"),
            st.integers(0, 4),
            st.lists(someone, unique=True).map(tuple),
            st.sampled_from([0, 90, 200, 400]),
        ),
        st.tuples(
            st.just("score"),
            st.tuples(someone, st.sampled_from(["pre", "post"]), st.integers(0, 40)),
            st.none() | st.integers(0, 3),
            st.just(0),
        ),
        st.tuples(st.just("answer"), st.integers(0, 2), st.none() | st.integers(0, 5), st.just(0)),
        st.tuples(st.just("case"), st.integers(0, 2), st.booleans(), st.integers(-700, 700)),
        st.tuples(st.just("join"), someone, someone, st.just(0)),
        st.tuples(st.just("part"), st.just(0), st.just(0), st.just(0)),
    ),
    max_size=30,
)


class Story:
    """Events as they happen, and beside them what is alive at their end."""

    def __init__(self, unit: Callable[..., Unit]) -> None:
        self._unit = unit
        self.happened: list[Happened] = []
        self.living: dict[str, Thing] = {}
        self.stages: list[Stage] = []
        self.edges: list[tuple[str, str]] = []

    def tell(self, step: Any) -> None:
        kind, one, other, number = step
        getattr(self, kind)(one, other, number)

    def session(self, number: int, people: tuple[str, ...], minutes: int) -> None:
        name = f"session-{number}"
        online = {"mode": "online"} if number % 2 else {}
        self._write(name, self._unit(name, *people, minutes=minutes, **online) if people else None)

    def score(self, whose: tuple[str, str, int], total: int | None, _: int) -> None:
        person, phase, day = whose
        name = f"assessment-{person}-{phase}-{day % 3}"
        on = DAY + timedelta(days=day)
        facts = {"assessment_id": name, "person_id": person, "instrument": "phq9", "phase": phase, "assessed_on": on}
        self._write(name, None if total is None else Score(**facts, total=total))

    def answer(self, number: int, satisfied: int | None, _: int) -> None:
        name = f"tally-{number}"
        facts = {"tally_id": name, "instrument": "bdf21", "assessed_on": DAY, "not_satisfied": number}
        self._write(name, None if satisfied is None else Tally(**facts, satisfied=satisfied))

    def case(self, number: int, opens: bool, day: int) -> None:
        on, version = date(2019, 12, 1) + timedelta(days=day), len(self.stages) + 1
        stage = Stage(case_id=f"case-{number}", version=version, stage="opened" if opens else "closed", on=on)
        self.stages.append(stage)
        self._told("case_opened", stage.case_id, begun=stage)

    def join(self, one: str, other: str, _: int) -> None:
        self.edges.append((one, other))
        self._told("merged", one, joined=(one, other))

    def part(self, *_: int) -> None:
        if self.edges:
            pair = self.edges.pop()
            self._told("unmerged", pair[0], parted=pair)

    def _write(self, name: str, after: Thing | None) -> None:
        before = self.living.pop(name, None)
        if after is not None:
            self.living[name] = after
        if before is not None or after is not None:
            self._told("recorded" if before is None else "corrected", name, ended=before, begun=after)

    def _told(self, what: str, about: str, **more: Any) -> None:
        place = len(self.happened)
        source = {"service": "case", "position": place + 1, "event_id": "event", "actor": "worker", "reason": None}
        moment = START + timedelta(minutes=place)
        self.happened.append(Happened(recorded_at=moment, what=what, about=about, **source, **more))

    @property
    def facts(self) -> Facts:
        things = self.living.values()
        ordered = sorted(self.stages, key=lambda one: (one.case_id, one.version))
        return Facts(
            units=tuple(one for one in things if isinstance(one, Unit)),
            scores=tuple(one for one in things if isinstance(one, Score)),
            tallies=tuple(one for one in things if isinstance(one, Tally)),
            cases=tuple(Case(name, tuple(own)) for name, own in groupby(ordered, key=lambda one: one.case_id)),
            identities=Identities(self.edges),
        )


@pytest.fixture(scope="module")
def everything(kachi_document: dict[str, Any]) -> Definition:
    """The contract with every kind of measure over case sessions, and cases."""
    kinds = ("headcount", "sessions", "contacts", "attendances", "minutes", "days", "organisations")
    measures = [{"id": kind, "measure": kind} for kind in kinds]
    online = {"where": {"mode": ["online"]}}
    shares = [{"id": f"share-{kind}", "measure": "share", "of": kind, **online} for kind in ("headcount", "minutes")]
    cases = [{"id": which, "measure": "cases", "which": which} for which in ("opened", "active", "closed")]
    sessions = {"id": "sessions", "where": {"kind": ["case_session"]}, "measures": [*measures, *shares]}
    outcomes = [one | {"population": {"outputs": ["sessions"]}} for one in kachi_document["outcomes"]]
    changed = {"outputs": [sessions, {"id": "cases", "measures": cases}], "outcomes": outcomes}
    return definition_of(kachi_document | changed)


def _walked(running: Running, story: Story, counted: Fraction | None) -> list[Moved]:
    nothing = running.value
    walked = list(moves(running, told(story.happened)))
    assert (walked[-1].after if walked else nothing) == counted
    assert all(later.before == earlier.after for earlier, later in pairwise(walked))
    return walked


@given(steps)
def test_the_walk_of_every_measure_ends_at_the_count(
    everything: Definition, unit: Callable[..., Unit], steps: list[Any]
) -> None:
    story = Story(unit)
    for step in steps:
        story.tell(step)
    count = Count(everything, story.facts)
    for output in everything.outputs:
        for measure in output.measures:
            _walked(running_measure(Count(everything), measure), story, count.figure(output, measure).actual)


@given(steps)
def test_the_walk_of_every_outcome_ends_at_the_count(
    everything: Definition, unit: Callable[..., Unit], steps: list[Any]
) -> None:
    story = Story(unit)
    for step in steps:
        story.tell(step)
    for outcome in everything.outcomes:
        figure = count_outcome(everything, outcome, story.facts, Count(everything, story.facts).served_by_output())
        parts = ("n", "satisfied", "not_satisfied") if outcome.post_only else ("n", "improved", "unchanged", "worse")
        for part in parts:
            counted = Fraction(getattr(figure.result, part))
            _walked(RunningPart(running_outcome(Count(everything), outcome), part), story, counted)


def test_a_pair_moves_when_its_score_is_corrected_its_person_merged_or_no_longer_served(
    everything: Definition, unit: Callable[..., Unit]
) -> None:
    story = Story(unit)
    for step in (
        ("session", 1, ("a",), 60),
        ("score", ("a", "pre", 0), 3, 0),
        ("score", ("b", "post", 30), 1, 0),
        ("join", "b", "a", 0),  # Their tests are one person's now: a pair, improved.
        ("score", ("b", "post", 30), 3, 0),  # Corrected: unchanged.
        ("score", ("b", "post", 30), 2, 0),  # And improved again.
        ("session", 1, (), 0),  # Nobody was served after all.
    ):
        story.tell(step)
    outcome = everything.outcome("outcome-1")
    assert outcome is not None
    improved = _walked(RunningPart(running_outcome(Count(everything), outcome), "improved"), story, Fraction(0))
    assert [(one.happened.what, one.before, one.after) for one in improved] == [
        ("merged", 0, 1),
        ("corrected", 1, 0),
        ("corrected", 0, 1),
        ("corrected", 1, 0),
    ]
    assert structs.replace(story.happened[-1], begun=None) == improved[-1].happened
