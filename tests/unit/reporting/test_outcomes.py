"""Pre and post tests, pairing, the two limbs, and questionnaires asked only afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from services.reporting.indicators.definition import Definition, Limb, Outcome, Threshold
from services.reporting.indicators.facts import Facts, Identities, Score, Tally, Unit
from services.reporting.indicators.indicators import Change, Pair, Satisfaction, change, pairing, satisfaction
from services.reporting.indicators.report import OutcomeFigure, report
from services.reporting.indicators.rounding import percent
from services.reporting.indicators.statistics import NotComputable, PairedT

Make = Callable[..., Unit]
Scored = Callable[..., Score]

BEFORE, AFTER = date(2019, 1, 7), date(2019, 6, 3)
SHARE = Limb(kind="share_improved", threshold=Threshold(bound=Fraction(7, 10)))


def _outcome(kachi: Definition, outcome_id: str = "outcome-1") -> Outcome:
    found = kachi.outcome(outcome_id)
    assert found is not None
    return found


def _pairs(score: Scored, totals: Sequence[tuple[int, int]]) -> list[Pair]:
    return [
        Pair(f"p{n}", score(f"p{n}", "pre", BEFORE, pre), score(f"p{n}", "post", AFTER, post))
        for n, (pre, post) in enumerate(totals)
    ]


def _phq9() -> list[tuple[int, int]]:
    pre = [5 + 7 * i % 18 for i in range(75)]
    moved = [-(1 + i % 5) if i < 61 else 0 if i < 69 else 1 + i % 2 for i in range(75)]
    return [(one, one + d) for one, d in zip(pre, moved, strict=True)]


def _supportive() -> list[tuple[int, int]]:
    pre = [15 + 11 * i % 21 for i in range(73)]
    moved = [1 + i % 6 if i < 64 else 0 if i < 67 else -(1 + i % 2) for i in range(73)]
    return [(one, one + d) for one, d in zip(pre, moved, strict=True)]


def _ladder() -> list[tuple[int, int]]:
    pre = [i % 7 if i < 65 else 1 + i % 6 for i in range(71)]
    moved = [1 + i % 3 if i < 56 else 0 if i < 65 else -1 for i in range(71)]
    return [(one, one + d) for one, d in zip(pre, moved, strict=True)]


@pytest.mark.parametrize(
    ("totals", "direction", "parts", "t"),
    [
        (_phq9(), "lower", (61, 8, 6), -10.1821263081232),
        (_supportive(), "higher", (64, 3, 6), 11.2797673180868),
        (_ladder(), "higher", (56, 9, 6), 10.0453339570979),
    ],
)
def test_the_published_outcomes_are_reproduced(
    kachi: Definition, score: Scored, totals: list[tuple[int, int]], direction: str, parts: tuple[int, ...], t: float
) -> None:
    outcome = replace(_outcome(kachi), improved=direction)
    result = change(outcome, _pairs(score, totals))
    assert (result.improved, result.unchanged, result.worse) == parts
    assert isinstance(result.t_test, PairedT)
    assert result.t_test.t == pytest.approx(t, rel=1e-12)
    assert result.passed_by == ("share_improved", "paired_t")


def test_the_means_of_the_phq9_sample_are_the_published_ones() -> None:
    totals = _phq9()
    assert sum(pre for pre, _ in totals) / 75 == pytest.approx(13.44)
    assert sum(post for _, post in totals) / 75 == pytest.approx(11.1466667)


def test_a002_16_a_fall_of_one_point_is_improved_and_not_five(kachi: Definition, score: Scored) -> None:
    result = change(_outcome(kachi), _pairs(score, [(10, 9), (10, 10), (10, 11)]))
    assert (result.improved, result.unchanged, result.worse) == (1, 1, 1)
    falls_of_five = sum(pre - post >= 5 for pre, post in _phq9())
    assert falls_of_five == 12
    assert change(_outcome(kachi), _pairs(score, _phq9())).improved == 61


def test_a002_15_one_limb_is_enough_and_is_named(kachi: Definition, score: Scored) -> None:
    totals = [(10, 8 - n % 2) for n in range(52)] + [(10, 10)] * 23
    result = change(_outcome(kachi), _pairs(score, totals))
    assert (result.improved, result.n) == (52, 75)
    assert percent(52, 75) == Decimal("69.3")
    assert result.passed_by == ("paired_t",)


def test_a002_15_a_significant_worsening_never_passes(kachi: Definition, score: Scored) -> None:
    result = change(_outcome(kachi), _pairs(score, [(pre, 2 * pre - post) for pre, post in _phq9()]))
    assert isinstance(result.t_test, PairedT)
    assert result.t_test.p < 1e-14
    assert result.passed_by == ()


def test_a_constant_change_is_not_called_significant(kachi: Definition, score: Scored) -> None:
    only_t = replace(_outcome(kachi), any_of=(Limb(kind="paired_t", alpha=Fraction(1, 20)),))
    result = change(only_t, _pairs(score, [(10, 8)] * 20))
    assert result.t_test == NotComputable("no_spread")
    assert result.passed_by == ()


@pytest.mark.parametrize(("alpha", "passed"), [(Fraction(5, 100), ("paired_t",)), (Fraction(4, 100), ())])
def test_alpha_decides_at_the_edge(kachi: Definition, score: Scored, alpha: Fraction, passed: tuple[str, ...]) -> None:
    eighths = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]  # Darwin's maize, p = .0497
    outcome = replace(_outcome(kachi), improved="higher", any_of=(Limb(kind="paired_t", alpha=alpha),))
    assert change(outcome, _pairs(score, [(100, 100 + d) for d in eighths])).passed_by == passed


def _served(kachi: Definition, unit: Make, *scores: Score, edges: Sequence[tuple[str, str]] = ()) -> OutcomeFigure:
    """Outcome 1 of three people served in case sessions."""
    facts = Facts(units=(unit("s", "ann", "bea", "cat"),), scores=scores, identities=Identities(edges))
    return report(kachi, facts).outcomes[0]


def _n(figure: OutcomeFigure) -> int:
    return figure.result.n


def test_a002_18_people_with_one_test_only_are_left_out_and_listed(
    kachi: Definition, unit: Make, score: Scored
) -> None:
    figure = _served(
        kachi,
        unit,
        score("ann", "pre", BEFORE, 10),
        score("ann", "post", AFTER, 8),
        score("bea", "pre", BEFORE, 10),
        score("stranger", "pre", BEFORE, 10),
        score("stranger", "post", AFTER, 2),
    )
    assert figure.pairing is not None
    funnel = (figure.served, len(figure.pairing.with_pre), len(figure.pairing.with_post), _n(figure))
    assert funnel == (3, 2, 1, 1)
    assert figure.pairing.unpaired() == {"bea": "no_post_test", "cat": "no_test"}


def test_the_first_pre_and_the_last_post_make_the_one_pair(kachi: Definition, unit: Make, score: Scored) -> None:
    figure = _served(
        kachi,
        unit,
        score("ann", "pre", BEFORE, 20),
        score("ann", "pre", BEFORE + timedelta(days=20), 3),
        score("ann", "post", AFTER, 4),
        score("ann", "post", AFTER + timedelta(days=20), 12),
    )
    assert figure.pairing is not None
    assert [(pair.pre.total, pair.post.total) for pair in figure.pairing.pairs] == [(20, 12)]


@pytest.mark.parametrize(("days", "valid"), [(13, 0), (14, 1)])
def test_a_post_test_comes_at_least_the_agreed_days_later(
    kachi: Definition, unit: Make, score: Scored, days: int, valid: int
) -> None:
    late = BEFORE + timedelta(days=days)
    figure = _served(kachi, unit, score("ann", "pre", BEFORE, 9), score("ann", "post", late, 5))
    assert _n(figure) == valid
    assert figure.pairing is not None
    assert figure.pairing.unpaired().get("ann") == (None if valid else "too_close_together")


def test_tests_outside_the_period_or_without_a_total_are_not_valid(
    kachi: Definition, unit: Make, score: Scored
) -> None:
    early, late = kachi.period.first - timedelta(days=1), kachi.period.last + timedelta(days=1)
    figure = _served(
        kachi,
        unit,
        score("ann", "pre", early, 9),
        score("ann", "post", AFTER, 5),
        score("bea", "pre", BEFORE, 9),
        score("bea", "post", late, 5),
        score("cat", "pre", BEFORE, None),
        score("cat", "post", AFTER, 5),
    )
    assert _n(figure) == 0
    assert isinstance(figure.result, Change)
    assert figure.result.t_test == NotComputable("fewer_than_two_pairs")
    assert not figure.passed


def test_the_tests_of_merged_people_make_one_pair(kachi: Definition, unit: Make, score: Scored) -> None:
    scores = (score("token", "pre", BEFORE, 9), score("ann", "post", AFTER, 5))
    assert _n(_served(kachi, unit, *scores)) == 0
    assert _n(_served(kachi, unit, *scores, edges=[("token", "ann")])) == 1


def _afterwards(kachi: Definition, facts: Facts) -> Satisfaction:
    return satisfaction(_outcome(kachi, "outcome-4"), kachi.period, facts)


def _tally(satisfied: int, not_satisfied: int, day: date = AFTER) -> Tally:
    return Tally(
        tally_id=f"tally-{day}", instrument="bdf21", assessed_on=day, satisfied=satisfied, not_satisfied=not_satisfied
    )


def test_a002_17_post_only_answers_give_a_share_and_no_test(kachi: Definition) -> None:
    result = _afterwards(kachi, Facts(tallies=(_tally(40, 2), _tally(29, 1))))
    assert (result.satisfied, result.not_satisfied, result.n) == (69, 3, 72)
    assert percent(result.satisfied, result.n) == Decimal("95.8")
    assert result.passed_by == ("share_satisfied",)
    assert not hasattr(result, "t_test")


def test_scored_answers_are_satisfied_from_the_agreed_score(kachi: Definition, score: Scored) -> None:
    scores = tuple(score(None, "post", AFTER, total, "bdf21") for total in (2, 3, 4))
    others = (score(None, "post", AFTER, 4, "phq9"), score(None, "pre", AFTER, 4, "bdf21"))
    result = _afterwards(kachi, Facts(scores=scores + others, tallies=(_tally(1, 0),)))
    assert (result.satisfied, result.not_satisfied) == (3, 1)


def test_answers_outside_the_period_are_not_counted(kachi: Definition) -> None:
    result = _afterwards(kachi, Facts(tallies=(_tally(5, 5, date(2021, 6, 1)),)))
    assert result.n == 0
    assert result.passed_by == ()


def test_three_of_ten_unsatisfied_still_pass_and_four_do_not(kachi: Definition) -> None:
    assert _afterwards(kachi, Facts(tallies=(_tally(7, 3),))).passed_by == ("share_satisfied",)
    assert _afterwards(kachi, Facts(tallies=(_tally(6, 4),))).passed_by == ()


def test_a_pair_counts_only_people_of_the_population(kachi: Definition, unit: Make, score: Scored) -> None:
    facts = Facts(
        units=(unit("s", "ann", status="cancelled"),),
        scores=(score("ann", "pre", BEFORE, 9), score("ann", "post", AFTER, 5)),
    )
    paired = pairing(_outcome(kachi), kachi.period, facts, frozenset())
    assert paired.pairs == ()
    assert report(kachi, facts).outcomes[0].served == 0
