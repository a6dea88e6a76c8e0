"""Figures kept up to date step by step: a step moves what it is about, and nothing is counted from the start."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from services.reporting.indicators.changes import Running, Step, Thing
from services.reporting.indicators.definition import Definition, Measure, Outcome, Period
from services.reporting.indicators.facts import Case, Facts, Score, Stage, Tally, Unit
from services.reporting.indicators.filters import Counted, Filter
from services.reporting.indicators.indicators import (
    MEASURES,
    change,
    left_out_case,
    opening_value,
    pairing,
    satisfaction,
    share,
)
from services.reporting.indicators.report import counting_people


def running_measure(definition: Definition, measure: Measure) -> Running:
    """The figure of one measure, with nothing counted yet."""
    if measure.which is not None:
        return _Cases(measure, definition.period)
    part = _Sessions(measure, definition)
    return part if measure.whole is None else _Share(part, _Sessions(measure.whole, definition))


def running_outcome(definition: Definition, outcome: Outcome) -> "RunningOutcome":
    """The numbers of an outcome, with nothing counted yet."""
    return _Answers(outcome, definition.period) if outcome.post_only else _Pairs(definition, outcome)


class RunningOutcome(Protocol):
    """An outcome that is kept up to date step by step, with all its numbers (`n`, `improved`, ...)."""

    @property
    def counts(self) -> Mapping[str, int]: ...

    def apply(self, step: Step) -> bool: ...

    def apply_all(self, known: Iterable[Step]) -> bool: ...


@dataclass(frozen=True, slots=True)
class RunningPart:
    """One number of an outcome."""

    outcome: RunningOutcome
    part: str

    @property
    def value(self) -> Fraction:
        return Fraction(self.outcome.counts[self.part])

    def apply(self, step: Step) -> bool:
        return self.outcome.apply(step)


def _things(step: Step) -> Iterator[tuple[Thing, int]]:
    """What a step takes away (-1) and what it brings (1)."""
    for thing in step.gone:
        yield thing, -1
    for thing in step.come:
        yield thing, 1


class _Sessions:
    """A figure counted of sessions: sets are counted once, everything else adds up."""

    def __init__(self, measure: Measure, definition: Definition) -> None:
        self._kind, self._counting = measure.counts, definition.counting
        self._filter = Filter(measure.filters, definition.counting, definition.period, measure.opening)
        self._opening = opening_value(measure, definition.period)
        self._members: Counter[str] = Counter()
        self._sum = Fraction(0)

    @property
    def value(self) -> Fraction:
        return Fraction(len(self._members)) if self._is_set else self._sum + self._opening

    @property
    def _is_set(self) -> bool:
        return self._kind in ("headcount", "organisations")

    def apply(self, step: Step) -> bool:
        found = False
        for thing, sign in _things(step):
            if isinstance(thing, Unit) and (counted := self._filter.counted(thing)) is not None:
                self._add(counted, sign)
                found = True
        return found

    def _add(self, counted: Counted, sign: int) -> None:
        if self._is_set:
            _tally(self._members, self._members_of(counted), sign)
        else:
            amount = MEASURES[self._kind]([counted], self._counting)
            self._sum = self._sum + amount if sign > 0 else self._sum - amount

    def _members_of(self, counted: Counted) -> Iterable[str]:
        if self._kind == "headcount":
            return counted.people
        return [counted.unit.organisation_id] if counted.unit.organisation_id else []


class _Share:
    """A share: its part and its whole."""

    def __init__(self, part: _Sessions, whole: _Sessions) -> None:
        self._part, self._whole = part, whole

    @property
    def value(self) -> Fraction | None:
        return share(self._part.value, self._whole.value)

    def apply(self, step: Step) -> bool:
        self._part.apply(step)
        # What is of the part is of the whole.
        return self._whole.apply(step)


class _Cases:
    """A number of cases."""

    def __init__(self, measure: Measure, period: Period) -> None:
        assert measure.which is not None
        self._which, self._period = measure.which, period
        self._stages: dict[str, tuple[Stage, ...]] = {}
        self._counted: set[str] = set()

    @property
    def value(self) -> Fraction:
        return Fraction(len(self._counted))

    def apply(self, step: Step) -> bool:
        stages = [thing for thing in step.come if isinstance(thing, Stage)]
        for stage in stages:
            self._add(stage)
        return bool(stages)

    def _add(self, stage: Stage) -> None:
        stages = self._stages[stage.case_id] = (*self._stages.get(stage.case_id, ()), stage)
        # A case that was thought to be open may turn out to have been closed before the period began.
        self._counted.discard(stage.case_id)
        if left_out_case(Case(stage.case_id, stages), self._which, self._period) is None:
            self._counted.add(stage.case_id)


class _Answers:
    """What was answered after the activity: each questionnaire stands for itself."""

    def __init__(self, outcome: Outcome, period: Period) -> None:
        self._outcome, self._period = outcome, period
        self.counts: Counter[str] = Counter()

    def apply(self, step: Step) -> bool:
        return self.apply_all([step])

    def apply_all(self, known: Iterable[Step]) -> bool:
        things = [(thing, sign) for step in known for thing, sign in _things(step) if isinstance(thing, Score | Tally)]
        for thing, sign in things:
            self._add(thing, sign)
        return bool(things)

    def _add(self, thing: Score | Tally, sign: int) -> None:
        alone = Facts(scores=(thing,)) if isinstance(thing, Score) else Facts(tallies=(thing,))
        found = satisfaction(self._outcome, self._period, alone)
        self.counts["n"] += sign * found.n
        self.counts["satisfied"] += sign * found.satisfied
        self.counts["not_satisfied"] += sign * found.not_satisfied


class _Pairs:
    """What became of the people served, person by person: a step moves the results of those it is about."""

    def __init__(self, definition: Definition, outcome: Outcome) -> None:
        self._outcome, self._period = outcome, definition.period
        self._filters = _filters_of(definition, outcome)
        self._served: Counter[str] = Counter()
        self._scores: dict[str, dict[str, Score]] = defaultdict(dict)
        self._results: dict[str, str] = {}
        self.counts: Counter[str] = Counter()

    def apply(self, step: Step) -> bool:
        return self.apply_all([step])

    def apply_all(self, known: Iterable[Step]) -> bool:
        """Take all of it, and only then judge whoever is touched, each once."""
        touched = {person for step in known for person in self._take(step)}
        for person in touched:
            self._judge(person)
        return bool(touched)

    def _take(self, step: Step) -> Iterator[str]:
        for thing, sign in _things(step):
            if isinstance(thing, Unit):
                yield from self._serve(thing, sign)
            elif isinstance(thing, Score) and thing.instrument == self._outcome.instrument and thing.person_id:
                self._take_score(thing.person_id, thing, sign)
                yield thing.person_id

    def _serve(self, unit: Unit, sign: int) -> frozenset[str]:
        found = (one.counted(unit) for one in self._filters)
        people = frozenset().union(*(counted.people for counted in found if counted is not None))
        return _tally(self._served, people, sign)

    def _take_score(self, person: str, score: Score, sign: int) -> None:
        if sign > 0:
            self._scores[person][score.assessment_id] = score
        else:
            del self._scores[person][score.assessment_id]

    def _judge(self, person: str) -> None:
        before, result = self._results.pop(person, None), self._result_of(person)
        if before is not None:
            self.counts.subtract(("n", before))
        if result is not None:
            self.counts.update(("n", result))
            self._results[person] = result

    def _result_of(self, person: str) -> str | None:
        """What became of somebody: improved, unchanged or worse; None without a valid pair."""
        scores = self._scores.get(person)
        if not scores or person not in self._served:
            return None
        alone = Facts(scores=tuple(scores.values()))
        found = change(self._outcome, pairing(self._outcome, self._period, alone, frozenset({person})).pairs)
        return next((name for name in ("improved", "unchanged", "worse") if getattr(found, name)), None)


def _filters_of(definition: Definition, outcome: Outcome) -> list[Filter]:
    """The filters of everything by which somebody is served, each once."""
    outputs = [output for output in definition.outputs if output.id in outcome.population]
    wheres = dict.fromkeys(measure.filters for output in outputs for measure in counting_people(output))
    return [Filter(where, definition.counting, definition.period) for where in wheres]


def _tally(members: Counter[str], those: Iterable[str], sign: int) -> frozenset[str]:
    """Count these once more or once less; returns who is a member for the first time, or no longer."""
    moved = set()
    for one in those:
        before = members[one]
        members[one] = before + sign
        if before + sign == 0:
            del members[one]
        if before == 0 or before + sign == 0:
            moved.add(one)
    return frozenset(moved)
