"""Figures kept up to date step by step: each begins where a count ends, and a step moves what it is about."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Protocol

from services.reporting.indicators.changes import Running, Step, Thing
from services.reporting.indicators.definition import Measure, Outcome
from services.reporting.indicators.facts import Case, Facts, Score, Stage, Tally, Unit
from services.reporting.indicators.filters import Counted
from services.reporting.indicators.indicators import (
    MEASURES,
    change,
    left_out_case,
    opening_value,
    pairing,
    satisfaction,
    share,
)
from services.reporting.indicators.report import Count, case_selection
from services.reporting.indicators.steps import resolved


def running_measure(count: Count, measure: Measure) -> Running:
    """The figure of one measure, from what is counted already."""
    if measure.which is not None:
        return _Cases(count, measure)
    part = _Sessions(count, measure)
    return part if measure.whole is None else _Share(part, _Sessions(count, measure.whole))


def running_outcome(count: Count, outcome: Outcome) -> "RunningOutcome":
    """The numbers of an outcome, from what is counted already."""
    return _Answers(count, outcome) if outcome.post_only else _Pairs(count, outcome)


class RunningOutcome(Protocol):
    """An outcome that is kept up to date step by step, with all its numbers (`n`, `improved`, ...)."""

    @property
    def counts(self) -> Mapping[str, int]: ...

    def apply(self, step: Step) -> bool: ...


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

    def __init__(self, count: Count, measure: Measure) -> None:
        self._kind, self._counting = measure.counts, count.definition.counting
        chosen = count.selection(measure)
        self._filter = chosen.filter
        self._members: Counter[str] = Counter()
        self._sum = opening_value(measure, count.definition.period)
        self._add(chosen.counted, 1)

    @property
    def value(self) -> Fraction:
        return Fraction(len(self._members)) if self._is_set else self._sum

    @property
    def _is_set(self) -> bool:
        return self._kind in ("headcount", "organisations")

    def apply(self, step: Step) -> bool:
        found = False
        for thing, sign in _things(step):
            if isinstance(thing, Unit) and (counted := self._filter.counted(thing)) is not None:
                self._add([counted], sign)
                found = True
        return found

    def _add(self, counted: Sequence[Counted], sign: int) -> None:
        if self._is_set:
            _tally(self._members, self._members_of(counted), sign)
        else:
            self._sum += sign * MEASURES[self._kind](counted, self._counting)

    def _members_of(self, counted: Iterable[Counted]) -> Iterable[str]:
        if self._kind == "headcount":
            return chain.from_iterable(one.people for one in counted)
        return (one.unit.organisation_id for one in counted if one.unit.organisation_id)


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

    def __init__(self, count: Count, measure: Measure) -> None:
        assert measure.which is not None
        self._which, self._period = measure.which, count.definition.period
        known = case_selection(measure, count.definition, count.facts)
        self._stages = {case.case_id: case.stages for case, _ in known}
        self._counted = {case.case_id for case, why in known if why is None}

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

    def __init__(self, count: Count, outcome: Outcome) -> None:
        self._outcome, self._period = outcome, count.definition.period
        self.counts: Counter[str] = Counter()
        self._add(count.facts, 1)

    def apply(self, step: Step) -> bool:
        things = [(thing, sign) for thing, sign in _things(step) if isinstance(thing, Score | Tally)]
        for thing, sign in things:
            self._add(Facts(scores=(thing,)) if isinstance(thing, Score) else Facts(tallies=(thing,)), sign)
        return bool(things)

    def _add(self, facts: Facts, sign: int) -> None:
        found = satisfaction(self._outcome, self._period, facts)
        self.counts["n"] += sign * found.n
        self.counts["satisfied"] += sign * found.satisfied
        self.counts["not_satisfied"] += sign * found.not_satisfied


class _Pairs:
    """What became of the people served, person by person: a step moves the results of those it is about."""

    def __init__(self, count: Count, outcome: Outcome) -> None:
        self._outcome, self._period = outcome, count.definition.period
        served_by = count.selections_of(*(one for one in count.definition.outputs if one.id in outcome.population))
        self._filters = [one.filter for one in served_by]
        self._served: Counter[str] = Counter()
        self._scores: dict[str, dict[str, Score]] = defaultdict(dict)
        self._results: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        for selection in served_by:
            _tally(self._served, chain.from_iterable(one.people for one in selection.counted), 1)
        for score in count.facts.scores:
            self._take_score(resolved(score, count.facts.identities.resolved), 1)
        for person in self._scores:
            self._judge(person)

    def apply(self, step: Step) -> bool:
        """Take all of it, and only then judge whoever is touched, each once."""
        touched = {person for thing, sign in _things(step) for person in self._take(thing, sign)}
        for person in touched:
            self._judge(person)
        return bool(touched)

    def _take(self, thing: Thing, sign: int) -> Iterable[str]:
        if isinstance(thing, Unit):
            return self._serve(thing, sign)
        return self._take_score(thing, sign) if isinstance(thing, Score) else ()

    def _serve(self, unit: Unit, sign: int) -> frozenset[str]:
        found = (one.counted(unit) for one in self._filters)
        people = chain.from_iterable(counted.people for counted in found if counted is not None)
        return _tally(self._served, people, sign)

    def _take_score(self, score: Score, sign: int) -> Iterable[str]:
        if score.instrument != self._outcome.instrument or not score.person_id:
            return ()
        own = self._scores[score.person_id]
        if sign > 0:
            own[score.assessment_id] = score
        else:
            own.pop(score.assessment_id, None)
        return (score.person_id,)

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
