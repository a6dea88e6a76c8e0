"""How every figure is counted. This file is written to be read by a funder's auditor: one small function a measure.

All functions are pure. Those of outputs are given the sessions that count for the measure, each with the people who
make it count (`filters.py` says which do and why others do not), or the contract's cases; those of outcomes are given
questionnaire scores.
Nothing is rounded here. "Source" names the rule's origin: the published results of the 家持II project (S002), or
the contract's own document.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from services.reporting.indicators.definition import (
    ADDS_UP,
    CaseCount,
    Counting,
    Limb,
    Measure,
    MeasureKind,
    Outcome,
    Period,
)
from services.reporting.indicators.facts import Case, Facts, Identities, Score
from services.reporting.indicators.filters import Counted
from services.reporting.indicators.statistics import NotComputable, PairedT, paired_t


def headcount(counted: Sequence[Counted], _: Counting) -> Fraction:
    """人數 — how many different people were served.

    Computation: the size of the set of people over all counted sessions; merged and identified people are one person.
    Headcounts of several indicators, periods or groups are never added up.
    Source: S002, output indicators I to V (位).
    """
    return Fraction(len(persons(counted)))


def sessions(counted: Sequence[Counted], counting: Counting) -> Fraction:
    """節數 — how many occasions of service took place.

    Computation: one for each counted session, whatever the number of people or workers. Where the contract credits
    long occasions (`counting.credit`): one for each full `minutes` of an occasion, at most `at_most`.
    Source: S002, output indicators I, II, IV (節); the credit is the contract's own rule.
    """
    credit = counting.credit
    if credit is None:
        return Fraction(len(counted))
    return Fraction(sum(min((one.unit.minutes or 0) // credit.minutes, credit.at_most) for one in counted))


def contacts(counted: Sequence[Counted], _: Counting) -> Fraction:
    """次 — how many contacts with a person were made: person x occasion.

    Computation: over all counted sessions, the number of different people met; a trip that meets five people is five.
    Source: S002, output indicator III (次跟進節數, and 其中外展或家訪).
    """
    return Fraction(sum(len(session.people) for session in counted))


def attendances(counted: Sequence[Counted], counting: Counting) -> Fraction:
    """人次 — how often people attended.

    Computation: over all counted sessions, the number of different people who attended; a person once a session.
    Heads without an identity are added only where the contract says so (`counting.unidentified`).
    Source: S002, output indicator I (人次).
    """
    unidentified = sum(session.unit.unidentified for session in counted) if counting.unidentified else 0
    return Fraction(sum(len(session.people) for session in counted) + unidentified)


def hours(counted: Sequence[Counted], _: Counting) -> Fraction:
    """小時 — how many hours of service were given (not hours x people).

    Computation: the whole minutes that the contract pays for, added up over all counted sessions, divided by 60 at the
    very end: 4170 minutes are 69.5 hours.
    Source: S002, output indicator V (督導時數).
    """
    return Fraction(sum(session.unit.minutes or 0 for session in counted), 60)


def days(counted: Sequence[Counted], counting: Counting) -> Fraction:
    """天 — how many training days were held (not days x trainees).

    Computation: a session of at least `training_day.full` minutes is one day, of at least `training_day.half` half a
    day, a shorter one none; added up in half-days, so that two half-days are one day.
    Source: S002, output indicator V (3天培訓); the lengths are the contract's own rule.
    """
    return Fraction(sum(_half_days(session.unit.minutes or 0, counting) for session in counted), 2)


def _half_days(minutes: int, counting: Counting) -> int:
    if minutes >= counting.full_day:
        return 2
    return 1 if minutes >= counting.half_day else 0


def organisations(counted: Sequence[Counted], _: Counting) -> Fraction:
    """組織 — how many different organisations were reached.

    Computation: the number of different organisations named by the counted sessions.
    Source: the contract's own document.
    """
    return Fraction(len({session.unit.organisation_id for session in counted if session.unit.organisation_id}))


MEASURES: Mapping[MeasureKind, Callable[[Sequence[Counted], Counting], Fraction]] = {
    "headcount": headcount,
    "sessions": sessions,
    "contacts": contacts,
    "attendances": attendances,
    "minutes": hours,
    "days": days,
    "organisations": organisations,
}
"""How sessions are counted, by kind of measure; cases and shares have functions of their own."""


def opening_value(measure: Measure, period: Period) -> Fraction:
    """承前數字 — what the opening balance adds to a measure.

    Computation: the balance, in the period that its last day lies in; sessions up to that day are not counted again.
    Only what adds up is added: different people and organisations of before may be the same as those of since.
    Source: the contract's own document.
    """
    opening = measure.opening
    adds = opening is not None and measure.kind in ADDS_UP and opening.until in period
    return opening.value if opening is not None and adds else Fraction(0)


def left_out_case(case: Case, which: CaseCount, period: Period) -> str | None:
    """個案數 — how many cases were opened, were active, or were closed in the period: None when this one counts.

    Computation: different cases of the contract, each once. `opened`: it came to be open, for the first time or again,
    on a day of the period. `active`: it was open on at least one day of the period; its first and its last day are
    such days. `closed`: it was closed on a day of the period. A case that was never opened counts for none of them.
    Source: the contract's own document.
    """
    spans = case.spans
    if not spans:
        return "never_opened"
    if which == "opened":
        return None if any(first in period for first, _ in spans) else "not_opened_in_period"
    if which == "closed":
        return None if any(last is not None and last in period for _, last in spans) else "not_closed_in_period"
    is_active = any(first <= period.last and (last is None or last >= period.first) for first, last in spans)
    return None if is_active else "not_open_in_period"


def share(part: Fraction, whole: Fraction) -> Fraction | None:
    """佔百分比 — which share a part has of its whole; None where there is no whole.

    Computation: the measure named in `of`, narrowed by the share's own conditions, divided by that measure. Both
    numbers are printed beside it; a target is compared with the exact fraction: 142 of 203 prints 70.0 % and misses 70.
    Source: the contract's own document.
    """
    return part / whole if whole else None


def persons(counted: Iterable[Counted]) -> frozenset[str]:
    """The different people of these sessions."""
    return frozenset().union(*(session.people for session in counted))


@dataclass(frozen=True, slots=True)
class Pair:
    """One person's valid pre-test and post-test."""

    person_id: str
    pre: Score
    post: Score

    @property
    def difference(self) -> int:
        assert self.pre.total is not None
        assert self.post.total is not None
        return self.post.total - self.pre.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """The people of an outcome: who was served, who filled in what, and the valid pairs."""

    served: frozenset[str]
    with_pre: frozenset[str]
    with_post: frozenset[str]
    pairs: tuple[Pair, ...]

    def unpaired(self) -> dict[str, str]:
        """Everybody served who has no valid pair, with the reason."""
        paired = {pair.person_id for pair in self.pairs}
        return {person: self._why(person) for person in sorted(self.served - paired)}

    def _why(self, person: str) -> str:
        match person in self.with_pre, person in self.with_post:
            case True, True:
                return "too_close_together"
            case True, False:
                return "no_post_test"
            case False, True:
                return "no_pre_test"
            case _:
                return "no_test"


def pairing(outcome: Outcome, period: Period, facts: Facts, served: frozenset[str]) -> Pairing:
    """前測及後測配對 — one pair for each person served.

    Computation: pre = the person's first valid pre-test in the contract's period; post = the last valid post-test in
    the period that lies at least `min_days` after the pre-test. A person with only one of them is left out of N and
    shown in the funnel (served, pre, post, valid). Tests of one day keep the order of their ids.
    Source: S002, outcome indicators I to III (前後測); pairing rule in the contract's document.
    """
    valid = sorted(
        (score for score in facts.scores if _valid(score, outcome.instrument, period)),
        key=lambda score: (score.assessed_on, score.assessment_id),
    )
    pre = _by_person(valid, "pre", served, facts.identities)
    post = _by_person(valid, "post", served, facts.identities)
    pairs = []
    for person in sorted(pre.keys() & post.keys()):
        first = pre[person][0]
        late_enough = [
            one for one in post[person] if _days_apart(first.assessed_on, one.assessed_on) >= outcome.min_days
        ]
        if late_enough:
            pairs.append(Pair(person, first, late_enough[-1]))
    return Pairing(served=served, with_pre=frozenset(pre), with_post=frozenset(post), pairs=tuple(pairs))


def _valid(score: Score, instrument: str, period: Period) -> bool:
    return score.instrument == instrument and score.total is not None and score.assessed_on in period


def _by_person(
    scores: Iterable[Score], phase: str, served: frozenset[str], identities: Identities
) -> dict[str, list[Score]]:
    found: dict[str, list[Score]] = {}
    for score in scores:
        person = identities.resolve(score.person_id) if score.person_id else None
        if score.phase == phase and person in served:
            found.setdefault(person, []).append(score)
    return found


def _days_apart(first: date, later: date) -> int:
    return (later - first) // timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How many people improved, stayed, got worse; the t-test over the same people; and which limbs were passed."""

    n: int
    improved: int
    unchanged: int
    worse: int
    t_test: PairedT | NotComputable
    passed_by: tuple[str, ...]


def change(outcome: Outcome, pairs: Sequence[Pair]) -> Change:
    """有改善／沒有改善／惡化 — what became of the people with a valid pair.

    Computation: any difference in the improving direction is improved (PHQ-9: a fall), no difference is unchanged, any
    other is worse. The share limb compares whole numbers (10 k >= 7 N). The t limb needs p < alpha (two-sided) and a
    mean difference in the improving direction: a significant worsening never passes. One limb is enough.
    Source: S002, outcome indicators I to III (70%參加者有改善 或 paired t-test 顯著).
    """
    sign = -1 if outcome.improved == "lower" else 1
    gains = [sign * pair.difference for pair in pairs]
    improved = sum(gain > 0 for gain in gains)
    result = paired_t([pair.difference for pair in pairs])
    passed = (limb.kind for limb in outcome.any_of if _passes(limb, improved, len(pairs), result, sign))
    return Change(
        n=len(pairs),
        improved=improved,
        unchanged=sum(gain == 0 for gain in gains),
        worse=sum(gain < 0 for gain in gains),
        t_test=result,
        passed_by=tuple(passed),
    )


def _passes(limb: Limb, part: int, whole: int, result: PairedT | NotComputable, sign: int) -> bool:
    if limb.threshold is not None:
        return limb.threshold.holds(part, whole)
    assert limb.alpha is not None
    return isinstance(result, PairedT) and result.p < limb.alpha and sign * result.mean > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction:
    """How many answers of a questionnaire after the activity were satisfied."""

    satisfied: int
    not_satisfied: int
    passed_by: tuple[str, ...]

    @property
    def n(self) -> int:
        return self.satisfied + self.not_satisfied


def satisfaction(outcome: Outcome, period: Period, facts: Facts) -> Satisfaction:
    """滿意及有幫助 — what people said after the activity; there is no pre-test, so nothing is called improved.

    Computation: the totals of anonymous questionnaires, and every scored one, where a total of at least
    `satisfied.at_least` is satisfied; those of the contract's period. No t-test.
    Source: S002, outcome indicator IV (禁毒基金21號問卷, post only).
    """
    tallies = [one for one in facts.tallies if one.instrument == outcome.instrument and one.assessed_on in period]
    totals = [
        score.total
        for score in facts.scores
        if score.phase == "post" and _valid(score, outcome.instrument, period) and score.total is not None
    ]
    assert outcome.satisfied_from is not None
    satisfied = sum(one.satisfied for one in tallies) + sum(total >= outcome.satisfied_from for total in totals)
    answers = sum(one.satisfied + one.not_satisfied for one in tallies) + len(totals)
    passed = (limb.kind for limb in outcome.any_of if limb.threshold and limb.threshold.holds(satisfied, answers))
    return Satisfaction(satisfied=satisfied, not_satisfied=answers - satisfied, passed_by=tuple(passed))
