"""The demo through the public API: the published table of 家持II, and that every figure follows from its entries."""

import json
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.documents import document
from deploy.demo.plan import steps
from deploy.demo.staff import AGENCY
from services.reporting.contracts.document import definition_of
from services.reporting.indicators.changes import living
from services.reporting.indicators.report import report as count
from services.reporting.ledger.cuts import cut_on
from services.reporting.ledger.history import history
from services.reporting.ledger.queries import facts_at
from tests.api_client import Api, House
from tests.demo_accepted import boundary
from tests.in_process import accepted_in, copied, opened
from tests.integration.test_bad_input import heads
from tests.recount.counting import Recount
from tests.recount.variants import variants
from tests.stories import moved

pytestmark = pytest.mark.demo

TABLE = {
    ("output-1", "persons"): ("persons", 60, 148, 88, True),
    ("output-1", "sessions"): ("sessions", 300, 285, -15, False),
    ("output-1", "attendances"): ("attendances", 1200, 1849, 649, True),
    ("output-2", "persons"): ("persons", 100, 148, 48, True),
    ("output-2", "sessions"): ("sessions", 500, 1481, 981, True),
    ("output-3", "persons"): ("persons", 70, 72, 2, True),
    ("output-3", "contacts"): ("contacts", 140, 195, 55, True),
    ("output-3", "visits"): ("contacts", 70, 96, 26, True),
    ("output-4", "persons"): ("persons", 50, 53, 3, True),
    ("output-4", "sessions"): ("sessions", 150, 141, -9, False),
    ("output-5", "trained_persons"): ("persons", 15, 18, 3, True),
    ("output-5", "training_days"): ("days", 3, 3, 0, True),
    ("output-5", "supervised_persons"): ("persons", 15, 15, 0, True),
    ("output-5", "supervision_hours"): ("hours", 72, 69.5, -2.5, False),
    ("output-5", "sharing_persons"): ("persons", 60, 80, 20, True),
}
KACHI = document("kachi-2")
COLLECTIONS = {
    "session": "/case/api/v1/sessions",
    "meeting": "/groups/api/v1/meetings",
    "visit": "/outreach/api/v1/visits",
}


@pytest.fixture(scope="module")
def leader(demo: House) -> Api:
    return demo.as_("leader1")


@pytest.fixture(scope="module")
def report(leader: Api) -> dict[str, Any]:
    return leader.report("kachi-2")


def test_the_fifteen_output_figures_are_the_published_ones(report: dict[str, Any]) -> None:
    rows = {
        (row["indicator"], row["measure"]): (row["unit"], row["target"], row["actual"], row["variance"], row["met"])
        for row in report["outputs"]
    }
    assert rows == TABLE


def test_twelve_measures_are_met_and_three_fall_short(report: dict[str, Any]) -> None:
    short = {row["indicator"]: row["variance"] for row in report["outputs"] if not row["met"]}
    assert short == {"output-1": -15, "output-4": -9, "output-5": -2.5}
    assert sum(row["met"] for row in report["outputs"]) == 12


def test_the_four_outcomes_are_the_published_ones(report: dict[str, Any]) -> None:
    outcomes = {row["indicator"]: row for row in report["outcomes"]}
    parts = {
        name: tuple(outcomes[name][part] for part in ("served", "n", "improved", "unchanged", "worse"))
        for name in ("outcome-1", "outcome-2", "outcome-3")
    }
    assert parts == {
        "outcome-1": (188, 75, 61, 8, 6),
        "outcome-2": (188, 73, 64, 3, 6),
        "outcome-3": (72, 71, 56, 9, 6),
    }
    shares = {name: outcomes[name]["share_improved"] for name in parts}
    assert shares == {
        "outcome-1": {"k": 61, "n": 75, "percent": 81.3},
        "outcome-2": {"k": 64, "n": 73, "percent": 87.7},
        "outcome-3": {"k": 56, "n": 71, "percent": 78.9},
    }
    assert outcomes["outcome-4"]["share_satisfied"] == {"k": 69, "n": 72, "percent": 95.8}
    assert (outcomes["outcome-4"]["satisfied"], outcomes["outcome-4"]["not_satisfied"]) == (69, 3)


@pytest.mark.parametrize(
    ("outcome", "t", "df", "p"),
    [
        ("outcome-1", -10.1821263081232, 74, 1.00967011016982e-15),
        ("outcome-2", 11.2797673180868, 72, 1.42179504401571e-17),
        ("outcome-3", 10.0453339570979, 70, 3.31016229691787e-15),
    ],
)
def test_the_paired_t_tests_have_the_reference_values(
    report: dict[str, Any], outcome: str, t: float, df: int, p: float
) -> None:
    found = next(row for row in report["outcomes"] if row["indicator"] == outcome)
    assert found["paired_t"]["t"] == pytest.approx(t, rel=1e-9)
    assert found["paired_t"]["df"] == df
    assert found["paired_t"]["p"] == pytest.approx(p, rel=1e-8)
    assert found["passed"] is True
    assert found["passed_by"] == ["share_improved", "paired_t"]


def test_the_report_speaks_in_the_contracts_own_sentences(report: dict[str, Any]) -> None:
    sentences = report["sentences"]
    assert sentences["output-1"]["zh-Hant"] == (
        "向148位吸毒人士家人提供了285節知識技巧及學習小組與家人互助小組/活動，合共1849人次。"
    )
    assert sentences["output-2"]["zh-Hant"] == "向148位吸毒人士家人提供了共1481節個案跟進服務"
    assert sentences["output-3"]["zh-Hant"] == "為72位低動機及隱蔽吸毒人士提供195次跟進節數，包括96次外展或家訪"
    assert sentences["output-4"]["zh-Hant"] == "向53位吸毒人士家人提供了141節跨專業支援服務"
    assert "69.5小時督導" in sentences["output-5"]["zh-Hant"]


def test_the_published_figures_were_known_a_month_after_the_end(leader: Api) -> None:
    rows = leader.actuals("kachi-2", "?as_of=2021-06-30")
    assert rows == {figure: row[2] for figure, row in TABLE.items()}


def test_the_ledger_equals_the_recount_on_the_last_days_of_fourteen_quarters(demo: House, leader: Api) -> None:
    recount = demo.recount(AGENCY)
    for quarter in range(14):
        day = date(2018 + (quarter + 1) // 4, (quarter + 1) % 4 * 3 + 3, 30)
        assert _exact(leader.actuals("kachi-2", f"?as_of={day}")) == recount.figures(KACHI, on=day), day


def test_the_ledger_equals_the_recount_at_cuts_between(demo: House, leader: Api) -> None:
    recount = demo.recount(AGENCY)
    heads = {one.service: one.position for one in demo.accepted}
    for tenth in range(1, 10):
        at = {service: boundary(demo.accepted, service, head * tenth // 10) for service, head in heads.items()}
        at["reporting"] = heads["reporting"]
        cut = ",".join(f"{service}:{position}" for service, position in sorted(at.items()))
        assert _exact(leader.actuals("kachi-2", f"?cut={cut}")) == recount.figures(KACHI, cut=at), cut


def test_what_happened_until_a_day_leaves_the_facts_of_that_day(demo: House) -> None:
    service = demo.suite.services["reporting"]
    for day in (date(2018, 12, 31), date(2020, 2, 29), date(2021, 9, 30)):
        with service.database.read() as connection:
            cut = cut_on(connection, day, day)
            facts = facts_at(connection, AGENCY, "kachi-2", cut)
            told = history(connection, AGENCY, "kachi-2", cut)
            asked = living(history(connection, AGENCY, "kachi-2", cut, questionnaires=True))
        left = living(told)
        assert set(left.units) == set(asked.units) == set(facts.units)
        assert (left.cases, set(asked.scores), set(asked.tallies)) == (
            facts.cases,
            set(facts.scores),
            set(facts.tallies),
        )
        assert left.identities.resolved == asked.identities.resolved == facts.identities.resolved


@pytest.mark.parametrize("contract", ["running", "family-bridge"])
def test_the_other_contracts_equal_their_recount_too(demo: House, leader: Api, contract: str) -> None:
    registered = next(
        one.body["document"] for one in demo.accepted if one.body.get("document", {}).get("contract") == contract
    )
    expected = demo.recount(AGENCY).figures(registered)
    assert leader.exact(contract) == expected
    assert all(expected.values())


def test_the_second_agency_sees_its_own_contract_alone(demo: House) -> None:
    other = demo.as_("harbour-leader")
    listed = other.get("/reporting/api/v1/contracts").accepted().body["items"]
    assert [one["contract_id"] for one in listed] == ["harbour"]
    assert other.get("/reporting/api/v1/contracts/kachi-2/report").status == 404
    assert other.actuals("harbour")[("output-1", "attendances")] == 24


@pytest.fixture(scope="module")
def thinned_demo(loaded_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A copy of the demo in which one entry after the other is voided."""
    with opened(copied(loaded_demo, tmp_path_factory.mktemp("thinned") / "data"), accepted_in(loaded_demo)) as house:
        yield house


@pytest.mark.parametrize("figure", list(TABLE), ids="/".join)
def test_voiding_one_entry_moves_exactly_the_figures_it_feeds(thinned_demo: House, figure: tuple[str, str]) -> None:
    admin = thinned_demo.as_("admin")
    before = admin.actuals("kachi-2")
    unit = admin.trace("kachi-2", *figure)["sessions"][0]["unit_id"]
    path = f"{COLLECTIONS[unit.split('-')[0]]}/{unit}"
    admin.post(f"{path}/void", {"reason": "did_not_happen"}, version=admin.version_of(path)).accepted()
    after = admin.actuals("kachi-2")
    assert _exact(after) == thinned_demo.recount(AGENCY).figures(KACHI)
    # A headcount moves only when nothing else was done with the person; every other kind of figure must move.
    if "persons" not in figure[1]:
        assert moved(before, after)[figure] < 0
    assert set(moved(before, after)) <= set(_fed_by(thinned_demo, unit))


def _fed_by(house: House, unit: str) -> list[tuple[str, str]]:
    """Which figures the entry fed before it was voided, by the recount."""
    recount = Recount(house.accepted[:-1], AGENCY)
    return [figure for figure in TABLE if unit in recount.counted(KACHI, *figure)]


VARIANTS = dict(variants(KACHI))


@pytest.fixture(scope="module")
def facts(demo: House) -> Any:
    """The demo's facts as the ledger holds them."""
    from services.reporting.ledger.cuts import cut_now
    from services.reporting.ledger.queries import facts_at

    service = demo.suite.services["reporting"]
    demo.settle()
    with service.database.read() as connection:
        return facts_at(connection, AGENCY, "kachi-2", cut_now(connection))


@pytest.mark.parametrize("name", VARIANTS)
def test_dropping_a_condition_changes_a_figure(facts: Any, name: str) -> None:
    assert _counted(VARIANTS[name], facts) != _counted(KACHI, facts)


def _counted(whole: dict[str, Any], facts: Any) -> Any:
    counted = count(definition_of(whole), facts)
    outputs = [figure.actual for figure in counted.outputs]
    return outputs, [(figure.served, figure.result) for figure in counted.outcomes]


def _exact(rows: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Fraction]:
    return {figure: Fraction(str(actual)) for figure, actual in rows.items()}


def test_sending_a_request_of_the_demo_again_changes_nothing(own_demo: House, loaded_demo: Path) -> None:
    today = date.fromisoformat(json.loads((loaded_demo / "demo-loaded").read_text())["today"])
    again = [step for step in steps(today) if not step.based_on][::60]
    before = heads(own_demo)
    for step in again:
        reply = own_demo.as_(step.who).send(step.method, step.path, step.body, key=step.key).accepted()
        assert reply.version >= 1
    assert len(again) > 50
    assert heads(own_demo) == before
