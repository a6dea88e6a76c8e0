"""The recount over the demo's plan alone: what the demo means to say, before any service has seen it."""

from datetime import UTC, date, datetime, time
from fractions import Fraction

import pytest

from deploy.demo.documents import document
from deploy.demo.kachi.tell import tell
from deploy.demo.steps import Plan, Step
from tests.recount.accepted import Accepted
from tests.recount.counting import Recount
from tests.recount.variants import variants

KACHI = document("kachi-2")
PUBLISHED = {
    ("output-1", "persons"): 148,
    ("output-1", "sessions"): 285,
    ("output-1", "attendances"): 1849,
    ("output-2", "persons"): 148,
    ("output-2", "sessions"): 1481,
    ("output-3", "persons"): 72,
    ("output-3", "contacts"): 195,
    ("output-3", "visits"): 96,
    ("output-4", "persons"): 53,
    ("output-4", "sessions"): 141,
    ("output-5", "trained_persons"): 18,
    ("output-5", "training_days"): 3,
    ("output-5", "supervised_persons"): 15,
    ("output-5", "supervision_hours"): Fraction("69.5"),
    ("output-5", "sharing_persons"): 80,
}


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    plan = Plan()
    tell(plan)
    return plan.ordered()


@pytest.fixture(scope="module")
def recount(steps: list[Step]) -> Recount:
    return Recount(
        (
            Accepted(
                agency="agency-companions",
                service=step.service,
                method=step.method,
                path=step.path,
                body=step.body,
                answer={},
                recorded_at=datetime.combine(step.day, time(13), UTC),
                position=place,
            )
            for place, step in enumerate(steps, 1)
        ),
        "agency-companions",
    )


def test_the_plan_says_exactly_the_published_figures(recount: Recount) -> None:
    assert recount.figures(KACHI) == PUBLISHED


def test_the_published_figures_were_known_a_month_after_the_end(recount: Recount) -> None:
    assert recount.figures(KACHI, on=date(2021, 6, 30)) == PUBLISHED


def test_the_plan_says_exactly_the_published_outcomes(recount: Recount) -> None:
    outcomes = recount.outcomes(KACHI)
    parts = {name: (one.n, one.improved, one.unchanged, one.worse) for name, one in outcomes.items()}
    assert parts["outcome-1"] == (75, 61, 8, 6)
    assert parts["outcome-2"] == (73, 64, 3, 6)
    assert parts["outcome-3"] == (71, 56, 9, 6)
    assert (outcomes["outcome-4"].satisfied, outcomes["outcome-4"].not_satisfied) == (69, 3)
    assert outcomes["outcome-1"].t == pytest.approx(-10.1821263081232, rel=1e-12)
    assert outcomes["outcome-2"].t == pytest.approx(11.2797673180868, rel=1e-12)
    assert outcomes["outcome-3"].t == pytest.approx(10.0453339570979, rel=1e-12)
    assert outcomes["outcome-1"].p == pytest.approx(1.00967011016982e-15, rel=1e-8)


def test_every_request_has_its_own_key(steps: list[Step]) -> None:
    assert len({step.key for step in steps}) == len(steps)


VARIANTS = dict(variants(KACHI))


@pytest.mark.parametrize("name", VARIANTS)
def test_every_condition_of_the_contract_keeps_something_out_or_in(recount: Recount, name: str) -> None:
    changed = VARIANTS[name]
    assert recount.figures(changed) != PUBLISHED or recount.outcomes(changed) != recount.outcomes(KACHI)
