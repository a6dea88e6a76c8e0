"""Samples that anybody can draw again, and extracts in which nobody is known by their traits."""

import subprocess
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.audits.domain import INITIAL, CheckItem, DrawSample, Sample, decide, draw, evolve
from services.reporting.audits.extract import FEWEST, HELD_BACK, Said, Subject, age_band, consenting, rows_of
from shared.errors import CaseledgerError

TODAY = date(2026, 11, 22)
ids = st.lists(st.integers(0, 500).map("session-{:03}".format), unique=True, max_size=60)


def test_a_sample_is_drawn_by_hashes_as_its_docstring_says() -> None:
    items = [f"session-{number}" for number in range(9)]
    digits = {
        one: subprocess.run(["sha256sum"], input=f"5eed:{one}".encode(), capture_output=True, check=True).stdout[:64]
        for one in items
    }
    assert draw("5eed", items, 4) == tuple(sorted(items, key=lambda one: digits[one])[:4])


@given(ids, st.text(max_size=8), st.integers(1, 60), st.randoms())
def test_a_sample_is_the_same_in_any_order_and_a_larger_one_begins_with_it(
    items: list[str], seed: str, size: int, chance: object
) -> None:
    drawn = draw(seed, items, size)
    assert len(drawn) == len(set(drawn)) == min(size, len(items))
    assert set(drawn) <= set(items)
    assert draw(seed, items[::-1] + items, size) == drawn
    assert draw(seed, items, size + 5)[: len(drawn)] == drawn


def test_every_item_is_as_likely_as_any_other() -> None:
    items = [f"session-{number}" for number in range(10)]
    counts = Counter(one for seed in range(2000) for one in draw(str(seed), items, 3))
    # 600 are expected of each; five standard deviations are 102.
    assert all(abs(counts[one] - 600) < 103 for one in items)


def _sample(size: int = 2) -> Sample:
    command = DrawSample(
        sample_id="sample-1",
        contract_id="kachi-2",
        indicator="output-1",
        measure="sessions",
        of="sessions",
        cut="case:1,groups:1,outreach:1,reporting:1",
        seed="5eed",
        size=size,
        population=("session-1", "session-2", "session-3"),
    )
    (drawn,) = decide(command, INITIAL)
    return evolve(INITIAL, drawn)


def test_the_last_answer_about_an_item_holds() -> None:
    sample = _sample()
    assert sample.drawn is not None
    item = sample.drawn.items[0]
    for result, reason in (("not_found", "file_missing"), ("found", None)):
        (checked,) = decide(CheckItem(item=item, result=result, reason=reason), sample)
        sample = evolve(sample, checked)
    assert (sample.count("found"), sample.count("not_found")) == (1, 0)


@pytest.mark.parametrize(
    ("item", "result", "reason", "code"),
    [
        ("session-9", "found", None, "not_in_sample"),
        (None, "lost", None, "unknown_code"),
        (None, "differs", None, "reason_needed"),
        (None, "found", "file_missing", "reason_needed"),
        (None, "differs", "whatever", "unknown_code"),
    ],
)
def test_what_is_written_down_is_coded(item: str | None, result: str, reason: str | None, code: str) -> None:
    sample = _sample()
    assert sample.drawn is not None
    with pytest.raises(CaseledgerError) as refused:
        decide(CheckItem(item=item or sample.drawn.items[0], result=result, reason=reason), sample)
    assert code in {refused.value.code, *(one.code for one in refused.value.fields)}


@pytest.mark.parametrize("size", [0, 201])
def test_a_sample_is_neither_empty_nor_too_large_to_be_looked_at(size: int) -> None:
    with pytest.raises(CaseledgerError) as refused:
        _sample(size)
    assert refused.value.code == "sample_size"


words = st.lists(
    st.builds(
        lambda person, given_, days: Said(person, given_, TODAY + timedelta(days=days)),
        st.sampled_from(["person-a", "person-b"]),
        st.booleans(),
        st.integers(-5, 3),
    )
)


@given(words, st.randoms())
def test_consent_is_the_last_word_by_today_and_of_one_day_the_withdrawal(said: list[Said], chance: object) -> None:
    expected = set()
    for person in ("person-a", "person-b"):
        days = sorted({one.on for one in said if one.person_id == person and one.on <= TODAY})
        if days and all(one.given for one in said if one.person_id == person and one.on == days[-1]):
            expected.add(person)
    assert consenting(said, TODAY) == consenting(said[::-1], TODAY) == expected


def test_ages_are_those_that_a_band_of_birth_years_may_have() -> None:
    assert age_band("1985-1989", TODAY) == "36-41"
    assert age_band("2025-2029", TODAY) == "0-1"
    assert age_band(None, TODAY) is None


subjects = st.lists(
    st.builds(
        lambda gender, years: Subject(person_id="", gender=gender, birth_years=years, sessions=1, scores={}),
        st.sampled_from(["female", "male", None]),
        st.sampled_from(["1985-1989", "1990-1994", None]),
    ),
    max_size=30,
)


@given(subjects)
def test_traits_that_stand_are_shared_by_five_and_nobody_is_left_out(people: list[Subject]) -> None:
    numbers = [f"{number:06}" for number in range(len(people), 0, -1)]
    rows = rows_of(people, ["outcome-1"], numbers, TODAY)
    assert [row[0] for row in rows] == sorted(numbers)
    shown = Counter((row[1], row[2]) for row in rows)
    assert all(count >= FEWEST for traits, count in shown.items() if traits != (HELD_BACK, HELD_BACK))
    assert all((row[1] == HELD_BACK) == (row[2] == HELD_BACK) for row in rows)
