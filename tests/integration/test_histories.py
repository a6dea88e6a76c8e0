"""Over random histories the ledger equals an independent recount: now, on every earlier date, at every earlier cut."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from deploy.demo.staff import AGENCY
from shared.clock import local_date
from shared.rebuild import rebuild, verify
from tests.api_client import House, utc
from tests.in_process import copied, opened
from tests.integration.histories import RULES, History
from tests.recount.compare import differences
from tests.recount.counting import Recount

ACTS = (
    "registers_family",
    "registers_user",
    "registers_token",
    "identifies",
    "unidentifies",
    "merges",
    "unmerges",
    "opens",
    "closes",
    "reopens",
    "records_session",
    "records_meeting",
    "records_visit",
    "records_session",
    "records_meeting",
    "records_visit",
    "holds_sector_event",
    "holds_sector_event",
    "counts_questionnaires",
    "plans_then_records",
    "corrects",
    "corrects",
    "voids",
    "repeats_a_request",
    "assesses",
    "assesses",
    "voids_assessment",
    "delivers_again",
    "lets_events_move",
    "erases",
)
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 10**6)), min_size=8, max_size=28)
EVERYTHING = [(act, 7919 * nth) for nth, act in enumerate((*ACTS[:3], *ACTS, *reversed(ACTS), *ACTS))]


@pytest.fixture(scope="module")
def busy(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(copied(founded, tmp_path_factory.mktemp("histories") / "data")) as house:
        house.at(utc("2021-01-04T09:00:00+08:00"))
        yield house


@pytest.mark.parametrize("rules", RULES, ids=["usual", "strict", "odd"])
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
@example(steps=EVERYTHING)
def test_the_ledger_equals_the_recount(busy: House, rules: dict[str, Any], steps: list[tuple[str, int]]) -> None:
    history = History(busy, rules).begin()
    began = local_date(busy.now())
    for act, seed in steps:
        history.do(act, seed)
    busy.settle()
    assert rebuild(busy.suite.services["reporting"], busy.suite.bus).differences == ()
    recount = busy.recount(AGENCY)
    _same(history, recount)
    day = local_date(busy.now())
    for on in {began, day, *(began + (day - began) * part // 4 for part in range(1, 4))}:
        _same(history, recount, f"?as_of={on}", on=on)
    for cut in history.cuts[:: max(1, len(history.cuts) // 5)]:
        text = ",".join(f"{service}:{position}" for service, position in sorted(cut.items()))
        _same(history, recount, f"?cut={text}", cut=cut)


def test_figures_are_unchanged_by_erasure_and_by_a_rebuild(busy: House) -> None:
    history = History(busy, RULES[0]).begin()
    for act, seed in EVERYTHING:
        history.do(act, seed)
    busy.settle()
    before = busy.as_("admin").report(history.slug)["outputs"]
    # The history is worth comparing: everything that may happen did, and something counts.
    assert history.done == set(ACTS) - {"delivers_again", "lets_events_move"}
    assert sum((row["actual"] or 0) > 0 for row in before) >= 8
    cases = {row["measure"]: row["actual"] for row in before if row["indicator"] == "cases"}
    assert cases == {"opened": 1, "active": 1, "closed": 1}
    busy.at(busy.now() + timedelta(days=1))
    for nth in range(4):
        history.do("erases", nth)
    busy.settle()
    assert busy.as_("admin").report(history.slug)["outputs"] == before
    for service in busy.suite.services.values():
        rebuilt = rebuild(service, busy.suite.bus)
        assert rebuilt.differences == ()
        assert rebuilt.own + rebuilt.learnt > 100
    assert list(verify(list(busy.suite.services.values()), busy.suite.bus)) == []
    assert busy.as_("admin").report(history.slug)["outputs"] == before
    cut = history.cuts[len(history.cuts) // 2]
    text = ",".join(f"{service}:{position}" for service, position in sorted(cut.items()))
    recount = busy.recount(AGENCY)
    _same(history, recount, f"?cut={text}", cut=cut)


def _same(history: History, recount: Recount, query: str = "", **point: Any) -> None:
    report = history.house.as_("admin").report(history.slug, query)
    assert differences(report, recount, history.whole, **point) == [], query
