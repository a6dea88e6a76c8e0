"""The research appendix of an outcome: what stands beside the contract's own rule, and never decides.

Source: domain.md section 5.1 (procedure and guards) and 5.2 (other rules of improvement for the PHQ-9).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from services.reporting.indicators.definition import Outcome, Period
from services.reporting.indicators.facts import Facts
from services.reporting.indicators.indicators import Change, Pair, Pairing
from services.reporting.indicators.ranks import SignedRank, signed_rank
from services.reporting.indicators.report import OutcomeFigure
from services.reporting.indicators.statistics import NotComputable, PairedT

RuleName = Literal["any", "points", "band"]
NORMAL_ENOUGH = 30
"""From so many pairs a t-test bears differences that are not normally distributed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What is known of a questionnaire's totals.

    `bands` are the lowest totals of its bands of severity, `points` the change that is held to matter; a `demo` range
    is a placeholder for the edition that an agency uses.
    """

    lowest: int
    highest: int
    bands: tuple[int, ...] = ()
    points: int | None = None
    ordinal: bool = False
    demo: bool = False

    def band_of(self, total: int) -> int:
        """The number of the band that a total lies in, from 0."""
        return sum(total >= lowest for lowest in self.bands[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How many people would be improved by one rule, of the valid pairs (`n`) and of all who were served.

    `passes` and `passes_of_served` say whether the contract's share would be reached; None where it asks for none.
    """

    name: RuleName
    improved: int
    n: int
    served: int
    passes: bool | None
    passes_of_served: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Where everybody served is: the parts add up to `served`. `invalid` filled in a questionnaire without a total."""

    served: int
    valid: int
    too_close: int
    pre_only: int
    post_only: int
    neither: int
    invalid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extremes:
    """How many of the pairs stand at the two ends of the scale, before and after."""

    best_before: int
    best_after: int
    worst_before: int
    worst_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Appendix:
    """Everything beside an outcome's own result; `guards` name, by code, what to keep in mind when reading it."""

    figure: OutcomeFigure
    funnel: Funnel
    rules: tuple[Rule, ...]
    hedges: float | None
    ranks: SignedRank | None
    extremes: Extremes | None
    guards: tuple[str, ...]


def appendix(figure: OutcomeFigure, period: Period, facts: Facts, scale: Scale | None) -> Appendix | None:
    """What research asks of an outcome with pairs; None of one that was asked after the activity alone."""
    pairing, result = figure.pairing, figure.result
    if pairing is None or not isinstance(result, Change):
        return None
    rules = tuple(_rules(figure.outcome, pairing.pairs, figure.served, scale))
    ranks = signed_rank([pair.difference for pair in pairing.pairs])
    return Appendix(
        figure=figure,
        funnel=_funnel(figure.outcome, pairing, period, facts),
        rules=rules,
        hedges=hedges(result.t_test) if isinstance(result.t_test, PairedT) else None,
        ranks=ranks,
        extremes=_extremes(figure.outcome, pairing.pairs, scale) if scale else None,
        guards=tuple(guards(figure.outcome, result, rules, ranks, scale)),
    )


def hedges(result: PairedT) -> float:
    """Cohen's dz without its bias in small samples: dz (1 - 3 / (4 df - 1)). Source: Hedges (1981)."""
    return result.dz * (1 - 3 / (4 * result.df - 1))


def _rules(outcome: Outcome, pairs: Sequence[Pair], served: int, scale: Scale | None) -> Iterator[Rule]:
    """The contract's rule (any change in the improving direction), and the others that the scale allows."""
    sign = -1 if outcome.improved == "lower" else 1
    yield _rule(outcome, "any", (sign * pair.difference > 0 for pair in pairs), len(pairs), served)
    if scale is None:
        return
    if scale.points is not None:
        enough = (sign * pair.difference >= scale.points for pair in pairs)
        yield _rule(outcome, "points", enough, len(pairs), served)
    if scale.bands:
        bands = ((scale.band_of(pair.pre.total or 0), scale.band_of(pair.post.total or 0)) for pair in pairs)
        yield _rule(outcome, "band", (sign * (post - pre) > 0 for pre, post in bands), len(pairs), served)


def _rule(outcome: Outcome, name: RuleName, improved: Iterable[bool], n: int, served: int) -> Rule:
    k = sum(improved)
    asked = next((limb.threshold for limb in outcome.any_of if limb.threshold is not None), None)
    return Rule(
        name=name,
        improved=k,
        n=n,
        served=served,
        passes=asked.holds(k, n) if asked else None,
        passes_of_served=asked.holds(k, served) if asked else None,
    )


def _funnel(outcome: Outcome, pairing: Pairing, period: Period, facts: Facts) -> Funnel:
    why = list(pairing.unpaired().values())
    without_total = {
        facts.identities.resolve(score.person_id)
        for score in facts.scores
        if score.person_id and score.instrument == outcome.instrument
        if score.total is None and score.assessed_on in period
    }
    return Funnel(
        served=len(pairing.served),
        valid=len(pairing.pairs),
        too_close=why.count("too_close_together"),
        pre_only=why.count("no_post_test"),
        post_only=why.count("no_pre_test"),
        neither=why.count("no_test"),
        invalid=len(without_total & pairing.served),
    )


def _extremes(outcome: Outcome, pairs: Sequence[Pair], scale: Scale) -> Extremes:
    ends = (scale.lowest, scale.highest)
    best, worst = ends if outcome.improved == "lower" else ends[::-1]
    return Extremes(
        best_before=sum(pair.pre.total == best for pair in pairs),
        best_after=sum(pair.post.total == best for pair in pairs),
        worst_before=sum(pair.pre.total == worst for pair in pairs),
        worst_after=sum(pair.post.total == worst for pair in pairs),
    )


def guards(
    outcome: Outcome, result: Change, rules: Sequence[Rule], ranks: SignedRank | None, scale: Scale | None
) -> Iterator[str]:
    """What somebody who reads the numbers must know, by code, in the order in which it matters."""
    yield from _guards_of_test(outcome, result)
    if outcome.planned is not None and result.n < outcome.planned:
        yield "sample_not_reached"
    if any(rule.passes and not rule.passes_of_served for rule in rules if rule.name == "any"):
        yield "fails_of_served"
    if any(rule.passes != rules[0].passes for rule in rules):
        yield "rules_disagree"
    yield from _guards_of_ranks(result, ranks)
    yield from _guards_of_scale(scale)


def _guards_of_test(outcome: Outcome, result: Change) -> Iterator[str]:
    test = result.t_test
    if isinstance(test, NotComputable):
        yield test.why
        return
    if test.small:
        yield "small"
    elif test.n < NORMAL_ENOUGH:
        yield "not_normal"
    alphas = [limb.alpha for limb in outcome.any_of if limb.alpha is not None]
    sign = -1 if outcome.improved == "lower" else 1
    if any(test.p < alpha for alpha in alphas) and sign * test.mean < 0:
        yield "significantly_worse"


def _guards_of_ranks(result: Change, ranks: SignedRank | None) -> Iterator[str]:
    if ranks is None:
        if result.n:
            yield "nothing_differs"
        return
    if ranks.zeros:
        yield "zeros_dropped"
    if ranks.tied:
        yield "ties"
    if not ranks.exact:
        yield "ranks_approximated"


def _guards_of_scale(scale: Scale | None) -> Iterator[str]:
    if scale is None or (scale.points is None and not scale.bands):
        yield "no_other_rule"
    if scale is not None and scale.ordinal:
        yield "ordinal"
    if scale is not None and scale.demo:
        yield "demo_range"
