"""Figures kept up to date event by event: an event moves what it is about, and nothing is counted from the start.

Only a merge or an identification, of which there are few, makes everything be looked at again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from services.reporting.indicators.changes import Happened, Running
from services.reporting.indicators.definition import Definition, Measure, Outcome, Period
from services.reporting.indicators.facts import Case, Facts, Identities, Score, Stage, Tally, Unit
from services.reporting.indicators.filters import Counted, Filter
from services.reporting.indicators.indicators import MEASURES, change, left_out_case, pairing, satisfaction, share
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
    """An outcome that is kept up to date event by event, with all its numbers (`n`, `improved`, ...)."""

    @property
    def counts(self) -> Mapping[str, int]: ...

    def apply(self, happened: Happened) -> None: ...

    def apply_all(self, known: Iterable[Happened]) -> None: ...


@dataclass(frozen=True, slots=True)
class RunningPart:
    """One number of an outcome."""

    outcome: RunningOutcome
    part: str

    @property
    def value(self) -> Fraction:
        return Fraction(self.outcome.counts[self.part])

    def apply(self, happened: Happened) -> None:
        self.outcome.apply(happened)


class _Identified:
    """Who is whom so far."""

    def __init__(self) -> None:
        self._edges: list[tuple[str, str]] = []
        self.identities = Identities()

    def moved(self, happened: Happened) -> bool:
        """Take a merge or an identification, or the end of one; says whether it was any."""
        if happened.joined is not None:
            self._edges.append(happened.joined)
        elif happened.parted is not None:
            self._edges.remove(happened.parted)
        else:
            return False
        self.identities = Identities(self._edges)
        return True


class _Sessions:
    """A figure counted of sessions: sets are counted once, everything else adds up."""

    def __init__(self, measure: Measure, definition: Definition) -> None:
        self._kind, self._counting = measure.counts, definition.counting
        self._filter = Filter(measure.filters, definition.counting, definition.period)
        self._who = _Identified()
        self._units: dict[str, Unit] = {}
        self._members: Counter[str] = Counter()
        self._sum = Fraction(0)

    @property
    def value(self) -> Fraction:
        return Fraction(len(self._members)) if self._is_set else self._sum

    @property
    def _is_set(self) -> bool:
        return self._kind in ("headcount", "organisations")

    def apply(self, happened: Happened) -> None:
        if isinstance(happened.ended, Unit):
            self._add(self._units.pop(happened.ended.unit_id), -1)
        if isinstance(happened.begun, Unit):
            self._units[happened.begun.unit_id] = happened.begun
            self._add(happened.begun, 1)
        if self._who.moved(happened):
            self._members.clear()
            self._sum = Fraction(0)
            for unit in self._units.values():
                self._add(unit, 1)

    def _add(self, unit: Unit, sign: int) -> None:
        counted = self._filter.counted(unit, self._who.identities)
        if counted is None:
            return
        if self._is_set:
            _tally(self._members, self._members_of(counted), sign)
        else:
            self._sum += sign * MEASURES[self._kind]([counted], self._counting)

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

    def apply(self, happened: Happened) -> None:
        self._part.apply(happened)
        self._whole.apply(happened)


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

    def apply(self, happened: Happened) -> None:
        stage = happened.begun
        if not isinstance(stage, Stage):
            return
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

    def apply(self, happened: Happened) -> None:
        for thing, sign in ((happened.ended, -1), (happened.begun, 1)):
            if isinstance(thing, Score | Tally):
                self._add(thing, sign)

    def apply_all(self, known: Iterable[Happened]) -> None:
        for happened in known:
            self.apply(happened)

    def _add(self, thing: Score | Tally, sign: int) -> None:
        alone = Facts(scores=(thing,)) if isinstance(thing, Score) else Facts(tallies=(thing,))
        found = satisfaction(self._outcome, self._period, alone)
        self.counts["n"] += sign * found.n
        self.counts["satisfied"] += sign * found.satisfied
        self.counts["not_satisfied"] += sign * found.not_satisfied


class _Pairs:
    """What became of the people served, person by person: an event moves the results of those it is about."""

    def __init__(self, definition: Definition, outcome: Outcome) -> None:
        self._outcome, self._period = outcome, definition.period
        self._filters = _filters_of(definition, outcome)
        self._who = _Identified()
        self._units: dict[str, Unit] = {}
        self._scores: dict[str, Score] = {}
        self._served: Counter[str] = Counter()
        self._scores_of: dict[str, dict[str, Score]] = {}
        self._results: dict[str, str] = {}
        self.counts: Counter[str] = Counter()

    def apply(self, happened: Happened) -> None:
        self.apply_all([happened])

    def apply_all(self, known: Iterable[Happened]) -> None:
        """Take all of it, and only then judge whoever is touched, each once."""
        touched = {person for happened in known for person in self._take(happened)}
        for person in touched:
            self._judge(person)

    def _take(self, happened: Happened) -> set[str]:
        touched: set[str] = set()
        for thing, sign in ((happened.ended, -1), (happened.begun, 1)):
            if isinstance(thing, Unit):
                touched |= self._take_unit(thing, sign)
            elif isinstance(thing, Score):
                touched |= self._take_score(thing, sign)
        if self._who.moved(happened):
            touched |= self._look_again()
        return touched

    def _take_unit(self, unit: Unit, sign: int) -> frozenset[str]:
        if sign > 0:
            self._units[unit.unit_id] = unit
        else:
            del self._units[unit.unit_id]
        return self._serve(unit, sign)

    def _serve(self, unit: Unit, sign: int) -> frozenset[str]:
        found = (one.counted(unit, self._who.identities) for one in self._filters)
        people = frozenset().union(*(counted.people for counted in found if counted is not None))
        _tally(self._served, people, sign)
        return people

    def _take_score(self, score: Score, sign: int) -> set[str]:
        if score.person_id is None:
            return set()
        person = self._who.identities.resolve(score.person_id)
        theirs = self._scores_of.setdefault(person, {})
        if sign > 0:
            self._scores[score.assessment_id] = theirs[score.assessment_id] = score
        else:
            del self._scores[score.assessment_id], theirs[score.assessment_id]
        return {person}

    def _look_again(self) -> set[str]:
        """Everybody, since the ids that stand for people are others now."""
        before = set(self._results)
        self._served.clear()
        self._scores_of.clear()
        for unit in self._units.values():
            self._serve(unit, 1)
        for score in tuple(self._scores.values()):
            self._take_score(score, 1)
        return before | self._scores_of.keys()

    def _judge(self, person: str) -> None:
        before, result = self._results.pop(person, None), self._result_of(person)
        if before is not None:
            self.counts.subtract(("n", before))
        if result is not None:
            self.counts.update(("n", result))
            self._results[person] = result

    def _result_of(self, person: str) -> str | None:
        """What became of somebody: improved, unchanged or worse; None without a valid pair."""
        scores = self._scores_of.get(person)
        if not scores or person not in self._served:
            return None
        alone = Facts(scores=tuple(scores.values()), identities=self._who.identities)
        found = change(self._outcome, pairing(self._outcome, self._period, alone, frozenset({person})).pairs)
        return next((name for name in ("improved", "unchanged", "worse") if getattr(found, name)), None)


def _filters_of(definition: Definition, outcome: Outcome) -> list[Filter]:
    """The filters of everything by which somebody is served, each once."""
    outputs = [output for output in definition.outputs if output.id in outcome.population]
    wheres = dict.fromkeys(measure.filters for output in outputs for measure in counting_people(output))
    return [Filter(where, definition.counting, definition.period) for where in wheres]


def _tally(members: Counter[str], those: Iterable[str], sign: int) -> None:
    for one in those:
        members[one] += sign
        if not members[one]:
            del members[one]
