"""A002-15 to -18: what questionnaires say, through the public API."""

from typing import Any

import pytest

from tests.api_client import Api, House
from tests.stories import ASSESSMENTS, TALLIES, assess, at, meeting, register


def served(worker: Api, count: int) -> list[str]:
    """Family members who came to a meeting."""
    people = [register(worker) for _ in range(count)]
    meeting(worker, *map(at, people), on="2020-01-06").accepted()
    return people


def outcome(worker: Api, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in worker.report("kachi-2")["outcomes"] if row["indicator"] == name)
    return found


def pairs(worker: Api, people: list[str], before_after: list[tuple[int, int]]) -> None:
    for person, (before, after) in zip(people, before_after, strict=True):
        assess(worker, person, "pre", "2020-02-03", before).accepted()
        assess(worker, person, "post", "2020-09-07", after).accepted()


def test_a002_15_fifty_two_of_seventy_five_fail_the_share_and_pass_by_the_t_test(worker: Api) -> None:
    # Fails when Threshold.holds adds one person in indicators/definition.py, or `change` asks the first limb alone.
    pairs(worker, served(worker, 75), [(10, 15)] * 52 + [(10, 9)] * 23)
    found = outcome(worker, "outcome-2")
    assert found["share_improved"] == {"k": 52, "n": 75, "percent": 69.3}
    assert found["paired_t"]["df"] == 74
    assert found["paired_t"]["p"] < 0.05
    assert (found["passed"], found["passed_by"]) == (True, ["paired_t"])
    assert found["served"] == 75


def test_a002_15_a_significant_worsening_never_passes(worker: Api) -> None:
    # Fails when `sign * result.mean > 0` is left out of `_passes` in indicators/indicators.py.
    pairs(worker, served(worker, 12), [(20, 15)] * 8 + [(20, 14)] * 4)
    found = outcome(worker, "outcome-2")
    assert found["paired_t"]["p"] < 0.001
    assert (found["improved"], found["worse"], found["passed"], found["passed_by"]) == (0, 12, False, [])


@pytest.mark.parametrize(("count", "why"), [(1, "fewer_than_two_pairs"), (4, "no_spread")])
def test_a002_15_what_cannot_be_computed_is_never_called_significant(worker: Api, count: int, why: str) -> None:
    # Fails when a variance of 0 becomes a tiny one in indicators/statistics.py.
    pairs(worker, served(worker, count), [(10, 9)] * count)
    found = outcome(worker, "outcome-2")
    assert found["paired_t"].get("not_computable") == why
    assert (found["paired_t"]["t"], found["passed"]) == (None, False)


def test_a002_16_a_fall_of_one_point_of_phq9_is_better_and_a_rise_is_worse(worker: Api) -> None:
    # Fails when `sign` is +1 for "lower" in `change` of indicators/indicators.py.
    answers = [3, 3, 2, 1, 0, 0, 0, 0, 0]
    fallen = [3, 3, 2, 0, 0, 0, 0, 0, 0]
    changes = (fallen, fallen, answers, [3, 3, 3, 1, 0, 0, 0, 0, 0])
    for person, after in zip(served(worker, 4), changes, strict=True):
        for phase, day, given in (("pre", "2020-02-03", answers), ("post", "2020-09-07", after)):
            assess(worker, person, phase, day, ..., instrument="phq9", answers=given).accepted()  # type: ignore[arg-type]
    found = outcome(worker, "outcome-1")
    assert (found["improved"], found["unchanged"], found["worse"]) == (2, 1, 1)


def test_a002_17_a_post_only_questionnaire_takes_no_pre_test_and_offers_no_t_test(worker: Api) -> None:
    # Fails when `_wrong_choice` does not look at the phase in case/assessments/domain.py.
    leader = worker.house.as_("leader1")
    tally = {"instrument": "bdf21", "instrument_version": "DEMO", "contract_id": "kachi-2", "assessed_on": "2020-11-20"}
    leader.post(TALLIES, tally | {"totals": {"satisfied": 60, "not_satisfied": 2}}).accepted()
    rows = {"rows": [3, 4, 3, 3, 4, 4, 3, 3, 4, 2], "satisfied_from": 3}
    leader.post(TALLIES, tally | rows | {"assessed_on": "2020-11-21"}).accepted()
    found = outcome(worker, "outcome-4")
    assert found["share_satisfied"] == {"k": 69, "n": 72, "percent": 95.8}
    assert found["basis"] == "satisfaction_post_only"
    assert "paired_t" not in found
    assert found["passed_by"] == ["share_satisfied"]
    refused = assess(worker, register(worker), "pre", "2020-11-20", 3, instrument="bdf21")
    assert (refused.status, refused.fields) == (422, ["phase"])


def test_a002_18_one_test_alone_is_no_pair_and_stands_in_the_funnel(worker: Api) -> None:
    # Fails when `late_enough` takes any post-test in `pairing` of indicators/indicators.py.
    both, before, after, close, _ = served(worker, 5)
    pairs(worker, [both], [(10, 12)])
    assess(worker, before, "pre", "2020-02-03", 10).accepted()
    assess(worker, after, "post", "2020-09-07", 10).accepted()
    assess(worker, close, "pre", "2020-02-03", 10).accepted()
    assess(worker, close, "post", "2020-02-16", 12).accepted()
    found = outcome(worker, "outcome-2")
    assert found["funnel"] == {"served": 5, "pre": 3, "post": 3, "valid": 1}
    assert found["n"] == 1
    assert found["sensitivity"] == {"k": 1, "n": 5, "percent": 20.0}


def test_a002_18_somebody_who_was_never_served_is_no_pair(house: House, worker: Api) -> None:
    # Fails when `person in served` is left out of `_by_person` in indicators/indicators.py.
    pairs(worker, [register(worker)], [(10, 12)])
    found = outcome(worker, "outcome-2")
    assert (found["served"], found["n"]) == (0, 0)
    listed = house.as_("leader1").get(ASSESSMENTS + "?limit=10").accepted().body["items"]
    assert len(listed) == 2
