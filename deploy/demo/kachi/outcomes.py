"""Outcomes 1 to 4: the pairs of pre-test and post-test by formula, and what must not become a pair.

PHQ-9 is entered as its nine answers. The real ranges of the other scales are not public, so their scores are made up
and say so: instrument version DEMO.
"""

from dataclasses import replace
from datetime import date, timedelta

from deploy.demo.kachi.cast import CONTRACT, DUPLICATED, END, Cast, known_from
from deploy.demo.kachi.sector import SHARING
from deploy.demo.steps import Body, Order, made_id
from deploy.demo.world import Person

ASSESSMENTS, TALLIES = "/case/api/v1/assessments", "/case/api/v1/tallies"
PHQ9_N, SUPPORTIVE_N, LADDER_N = 75, 73, 71


def phq9(i: int) -> tuple[int, int]:
    pre = 5 + 7 * i % 18
    return pre, pre + (-(1 + i % 5) if i < 61 else 0 if i < 69 else 1 + i % 2)


def supportive(i: int) -> tuple[int, int]:
    pre = 15 + 11 * i % 21
    return pre, pre + (1 + i % 6 if i < 64 else 0 if i < 67 else -(1 + i % 2))


def ladder(i: int) -> tuple[int, int]:
    pre = i % 7 if i < 65 else 1 + i % 6
    return pre, pre + (1 + i % 3 if i < 56 else 0 if i < 65 else -1)


def nine_answers(total: int) -> list[int]:
    """Nine answers of 0 to 3 that add up to a PHQ-9 total; the last question is answered 0 where it can be."""
    answers = [0] * 9
    for place in range(27):
        if place < total:
            answers[place % 8 if total <= 24 or place < 24 else 8] += 1
    return answers


def add_outcomes(cast: Cast) -> None:
    """Add every valid pair, and the noise around them."""
    for i in range(PHQ9_N):
        person = cast.family[2 * i + 10]
        pre, post = phq9(i)
        first = cast.duplicate if 2 * i + 10 == DUPLICATED else person
        _pair(cast, "phq9", first, person, pre, post)
    for i in range(SUPPORTIVE_N):
        _pair(cast, "bdf20", *(cast.family[2 * i + 11],) * 2, *supportive(i))
    for i in range(LADDER_N):
        cast.drug[i].on(known_from(cast, i))
        _pair(cast, "bdf13", *(cast.drug[i],) * 2, *ladder(i))
    _tallies(cast)
    _noise(cast)


def score(
    cast: Cast, person: Person, instrument: str, phase: str, day: date, total: int, **more: object
) -> tuple[Body, date]:
    """Enter one administration; returns it with the day it was typed."""
    world = cast.world
    body: Body = {
        "id": made_id("assessment", world.nth("assessment")),
        "person_id": person.on(day),
        "instrument": instrument,
        "instrument_version": "zh-HK-1" if instrument == "phq9" else "DEMO",
        "language": "zh-Hant",
        "phase": phase,
        "assessed_on": day.isoformat(),
        "contract_id": CONTRACT,
        **({"answers": nine_answers(total)} if instrument == "phq9" else {"total": total}),
        **more,
    }
    typed = world.typed(day)
    world.plan.add(typed, Order.ENTRY, person.worker, ASSESSMENTS, body, resource=body["id"])
    return body, typed


def _pair(cast: Cast, instrument: str, first: Person, person: Person, pre: int, post: int) -> None:
    rng = cast.world.rng
    start = max(filter(None, (first.first, person.first)))
    before = min(start + timedelta(days=rng.randint(2, 16)), END - timedelta(days=60))
    after = min(before + timedelta(days=rng.randint(110, 260)), END - timedelta(days=rng.randint(2, 20)))
    score(cast, first, instrument, "pre", before, pre)
    score(cast, person, instrument, "post", after, post)


def _tallies(cast: Cast) -> None:
    """69 satisfied and 3 not, among 80 who were asked at the two sharing events: once as totals, once as rows."""
    _tally(cast, date(2019, 11, 27), {"totals": {"satisfied": 36, "not_satisfied": 1}})
    rows = [4] * 20 + [3] * 13 + [2, 1]
    _tally(cast, date(2020, 12, 11), {"rows": rows, "satisfied_from": 3})
    assert len(SHARING) == 2
    twice, typed = _tally(cast, date(2020, 12, 14), {"totals": {"satisfied": 33, "not_satisfied": 2}})
    cast.world.void(TALLIES, twice["id"], "leader1", cast.world.later(typed), "duplicate")
    _tally(cast, date(2021, 6, 8), {"totals": {"satisfied": 9, "not_satisfied": 4}})
    _tally(cast, date(2020, 6, 9), {"contract_id": "family-bridge", "totals": {"satisfied": 7, "not_satisfied": 1}})
    _tally(cast, date(2019, 3, 6), {"instrument": "bdf20", "totals": {"satisfied": 5, "not_satisfied": 5}})


def _tally(cast: Cast, day: date, more: Body) -> tuple[Body, date]:
    body: Body = {
        "id": made_id("tally", cast.world.nth("tally")),
        "instrument": "bdf21",
        "instrument_version": "DEMO",
        "contract_id": CONTRACT,
        "assessed_on": day.isoformat(),
    } | more
    typed = cast.world.typed(day)
    cast.world.plan.add(typed, Order.ENTRY, "leader1", TALLIES, body, resource=body["id"])
    return body, typed


def _noise(cast: Cast) -> None:
    for instrument, people in (("phq9", [1, 3, 5, 7, 9]), ("bdf20", [0, 2, 4, 6, 8])):
        alone, late, close, early, voided = (cast.family[index] for index in people)
        start = date(2019, 9, 2)
        score(cast, alone, instrument, "pre", start, 12)
        score(cast, late, instrument, "post", start, 12)
        score(cast, close, instrument, "pre", start, 12)
        score(cast, close, instrument, "post", start + timedelta(days=10), 10)
        score(cast, early, instrument, "pre", date(2018, 5, 18), 14)
        score(cast, early, instrument, "post", start, 11)
        score(cast, voided, instrument, "pre", start, 14)
        entry, typed = score(cast, voided, instrument, "post", start + timedelta(days=90), 11)
        cast.world.void(ASSESSMENTS, entry["id"], "leader1", cast.world.later(typed), "wrong_person")
    _after_the_end(cast)
    _again(cast)
    _typing_errors(cast)


def _after_the_end(cast: Cast) -> None:
    """A post-test after the contract's last day, and one that another project paid for."""
    score(cast, cast.family[11], "phq9", "pre", date(2021, 2, 3), 9)
    score(cast, cast.family[11], "phq9", "post", date(2021, 6, 9), 6)
    score(cast, cast.family[13], "phq9", "pre", date(2020, 2, 5), 9, contract_id="family-bridge")
    score(cast, cast.family[13], "phq9", "post", date(2020, 9, 9), 6, contract_id="family-bridge")


def _again(cast: Cast) -> None:
    """A second pre-test and an earlier post-test beside valid pairs: the first and the last are the ones that count."""
    for index in (10, 20, 30):
        person = cast.family[index]
        score(cast, person, "phq9", "pre", END - timedelta(days=150 + index), 1)
    # The three improved; by their first post-test alone they would have become worse.
    for i in (0, 3, 6):
        user = cast.drug[i]
        score(cast, user, "bdf13", "post", known_from(cast, i) + timedelta(days=40), 0)


def _typing_errors(cast: Cast) -> None:
    """Totals that were typed wrongly and corrected; the pairs by formula stand in the corrections."""
    entries = [
        step
        for step in cast.world.plan.steps
        if step.path == ASSESSMENTS and step.body["instrument"] == "bdf20" and step.body["phase"] == "post"
    ]
    for nth, step in enumerate(entries[5:65:20]):
        right = dict(step.body)
        wrong = right | {"total": right["total"] - 9 - nth}
        cast.world.plan.steps[cast.world.plan.steps.index(step)] = replace(step, body=wrong)
        cast.world.correct(ASSESSMENTS, right, "leader1", cast.world.later(step.day), "typing_error")
