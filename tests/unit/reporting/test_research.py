"""The research appendix: other rules, both denominators, the funnel, the ends of the scale, and every guard."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.case.assessments.instruments import INSTRUMENTS as RECORDED
from services.reporting.contracts.instruments import INSTRUMENTS, SCALES
from services.reporting.figures.research_words import EXTREMES, FUNNEL, GUARDS
from services.reporting.indicators.definition import Definition, Outcome
from services.reporting.indicators.facts import Facts, Score
from services.reporting.indicators.indicators import change, pairing
from services.reporting.indicators.report import OutcomeFigure
from services.reporting.indicators.research import Appendix, Rule, appendix, hedges
from services.reporting.indicators.statistics import PairedT, paired_t
from tests.unit.reporting.test_outcomes import AFTER, BEFORE, _ladder, _phq9
from tests.unit.reporting.test_statistics import PHQ9, SLEEP

Scored = Callable[..., Score]
Totals = Sequence[tuple[int | None, int | None]]


def _appendix(kachi: Definition, score: Scored, totals: Totals, *, served: int = 0, **changes: Any) -> Appendix:
    outcome = kachi.outcome("outcome-1")
    assert outcome is not None
    outcome = replace(outcome, **changes)
    scores = tuple(
        score(f"p{n}", phase, day, total, outcome.instrument)
        for n, pair in enumerate(totals)
        for phase, day, total in zip(("pre", "post"), (BEFORE, AFTER), pair, strict=True)
        if total is not None
    )
    people = frozenset(f"p{n}" for n in range(max(served, len(totals))))
    return _of(outcome, kachi, Facts(scores=scores), people)


def _of(outcome: Outcome, kachi: Definition, facts: Facts, people: frozenset[str]) -> Appendix:
    pairs = pairing(outcome, kachi.period, facts, people)
    result = change(outcome, pairs.pairs)
    figure = OutcomeFigure(outcome=outcome, served=len(people), pairing=pairs, result=result)
    found = appendix(figure, kachi.period, facts, SCALES[outcome.instrument])
    assert found is not None
    return found


def _rules(found: Appendix) -> dict[str, Rule]:
    return {rule.name: rule for rule in found.rules}


def test_the_definition_trap_of_the_phq9(kachi: Definition, score: Scored) -> None:
    """The same answers: any fall 61, at least five points 12, a better band 38 of 75. Source: domain.md 5.2."""
    found = _appendix(kachi, score, _phq9(), served=148)
    rules = _rules(found)
    assert {name: rule.improved for name, rule in rules.items()} == {"any": 61, "points": 12, "band": 38}
    assert (rules["any"].passes, rules["points"].passes, rules["band"].passes) == (True, False, False)
    assert "rules_disagree" in found.guards


def test_both_denominators_and_who_is_missing_as_not_improved(kachi: Definition, score: Scored) -> None:
    found = _appendix(kachi, score, _phq9(), served=148)
    rule = _rules(found)["any"]
    assert (rule.n, rule.served, rule.passes, rule.passes_of_served) == (75, 148, True, False)
    assert "fails_of_served" in found.guards


def test_the_funnel_adds_up_to_who_was_served(kachi: Definition, score: Scored) -> None:
    found = _appendix(kachi, score, [(9, 4), (9, None), (None, 4), (None, None)], served=6)
    funnel = found.funnel
    assert (funnel.valid, funnel.pre_only, funnel.post_only, funnel.neither, funnel.too_close) == (1, 1, 1, 3, 0)
    assert funnel.served == sum(getattr(funnel, name) for name in FUNNEL) == 6


def test_a_questionnaire_without_a_total_is_named(kachi: Definition, score: Scored) -> None:
    outcome = kachi.outcome("outcome-1")
    assert outcome is not None
    facts = Facts(scores=(score("p0", "pre", BEFORE, None), score("p1", "pre", BEFORE, 9)))
    assert _of(outcome, kachi, facts, frozenset({"p0", "p1"})).funnel.invalid == 1


def test_the_ends_of_the_scale_follow_its_direction(kachi: Definition, score: Scored) -> None:
    lower = _appendix(kachi, score, [(27, 0), (0, 0), (5, 4)]).extremes
    higher = _appendix(kachi, score, [(10, 10), (0, 10), (5, 6)], instrument="bdf13", improved="higher").extremes
    assert lower is not None
    assert higher is not None
    assert (lower.worst_before, lower.best_before, lower.best_after) == (1, 1, 2)
    assert (higher.best_before, higher.worst_before, higher.best_after) == (1, 1, 2)


def test_hedges_takes_the_bias_of_few_pairs_away() -> None:
    sleep, many = paired_t(SLEEP), paired_t(PHQ9)
    assert isinstance(sleep, PairedT)
    assert isinstance(many, PairedT)
    assert hedges(sleep) == pytest.approx(-1.28455756 * (1 - 3 / 35), abs=1e-8)
    assert hedges(many) == pytest.approx(-1.17573067 * (1 - 3 / 295), abs=1e-8)


GUARDED = {
    "fewer_than_two_pairs": [(9, 4)],
    "no_spread": [(9, 4), (10, 5), (11, 6)],
    "small": [(9, 4), (10, 6)],
    "not_normal": [(9, 4 + n % 3) for n in range(12)],
    "significantly_worse": [(4, 9 + n % 3) for n in range(12)],
    "sample_not_reached": [(9, 4), (10, 6)],
    "nothing_differs": [(9, 9), (4, 4)],
    "zeros_dropped": [(9, 9), (9, 4)],
    "ties": [(9, 4), (10, 5), (10, 2)],
    "ranks_approximated": [(9, 4), (10, 5)],
}


SOUND = [(20, n % 19) for n in range(36)]


@pytest.mark.parametrize("guard", GUARDED)
def test_every_guard_is_said_where_it_holds(kachi: Definition, score: Scored, guard: str) -> None:
    assert guard in _appendix(kachi, score, GUARDED[guard], planned=36).guards
    of_many = {"ties", "ranks_approximated"}
    assert set(_appendix(kachi, score, SOUND, planned=36).guards) == of_many


def test_what_is_known_of_each_scale_is_said(kachi: Definition, score: Scored) -> None:
    ladder = _appendix(kachi, score, _ladder(), instrument="bdf13", improved="higher")
    assert {"ordinal", "demo_range", "no_other_rule"} <= set(ladder.guards)
    assert not {"ordinal", "demo_range", "no_other_rule"} & set(_appendix(kachi, score, _phq9()).guards)


def test_a_significant_worsening_passes_no_limb(kachi: Definition, score: Scored) -> None:
    result = _appendix(kachi, score, GUARDED["significantly_worse"]).figure.result
    assert result.passed_by == ()


@given(st.lists(st.tuples(st.integers(0, 27), st.integers(0, 27)), max_size=20))
def test_swapping_before_and_after_turns_every_effect(
    kachi: Definition, score: Scored, totals: list[tuple[int, int]]
) -> None:
    there, back = (_appendix(kachi, score, one) for one in (totals, [pair[::-1] for pair in totals]))
    assert (there.hedges is None) == (back.hedges is None)
    if there.hedges is not None and back.hedges is not None:
        assert there.hedges == pytest.approx(-back.hedges)
    for rule in _rules(there).values():
        assert rule.improved + _rules(back)[rule.name].improved <= len(totals)
    assert there.extremes is not None
    assert back.extremes is not None
    assert (there.extremes.best_before, there.extremes.worst_after) == (
        back.extremes.best_after,
        back.extremes.worst_before,
    )


def test_scales_are_those_that_are_recorded() -> None:
    assert SCALES.keys() == INSTRUMENTS.keys() == RECORDED.keys()
    for name, scale in SCALES.items():
        recorded = RECORDED[name]
        assert (scale.lowest, scale.highest) == (recorded.lowest, recorded.highest)
        assert scale.bands == tuple(band.lowest for band in recorded.bands)


def test_every_code_has_its_words() -> None:
    assert set(GUARDED) <= set(GUARDS)
    assert {"best", "worst"} == set(EXTREMES)


def test_pass_marks_are_whole_numbers(kachi: Definition, score: Scored) -> None:
    """142 of 203 prints 70.0 % and misses 70 %."""
    totals = [(9, 4 if n < 142 else 9) for n in range(203)]
    rule = _rules(_appendix(kachi, score, totals))["any"]
    assert Fraction(rule.improved, rule.n) < Fraction(7, 10)
    assert rule.passes is False
