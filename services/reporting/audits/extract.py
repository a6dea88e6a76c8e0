"""Rows about people for research, without a name, a code or a date of birth. Pure; study numbers are an input.

Source: domain.md section 3 (consent is an event with a purpose, withdrawn by another; the set names research apart) and
DESIGN.md section 9 (who may see single scores).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

HELD_BACK = "*"
FEWEST = 5
"""Gender and age band stand only where at least so many people of the extract share both."""
PURPOSE = "research"
Score = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One person as the ledger knows them; `birth_years` is the band of five years that is published."""

    person_id: str
    gender: str | None
    birth_years: str | None
    sessions: int
    scores: Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class Said:
    """What was said about a consent: given or withdrawn, from which day on."""

    person_id: str
    given: bool
    on: date


def consenting(said: Iterable[Said], today: date) -> frozenset[str]:
    """Who consents today: the last word by then is that it was given. Of one day, the withdrawal is the last word.

    People who were found to be one are to be told under one id: any of their words counts for all.
    """
    last: dict[str, Said] = {}
    for one in sorted((one for one in said if one.on <= today), key=lambda one: (one.on, not one.given)):
        last[one.person_id] = one
    return frozenset(person for person, one in last.items() if one.given)


def age_band(birth_years: str | None, today: date) -> str | None:
    """The ages that somebody may have today who was born in a band of years: 1985-1989 is 36-41 in 2026."""
    if birth_years is None:
        return None
    first, last = map(int, birth_years.split("-"))
    return f"{max(today.year - last - 1, 0)}-{today.year - first}"


def columns_of(outcomes: Sequence[str]) -> list[str]:
    """The columns of an extract: for each outcome both scores."""
    scores = [f"{outcome}_{phase}" for outcome in outcomes for phase in ("pre", "post")]
    return ["study_number", "age_band", "gender", "sessions", *scores]


def rows_of(
    subjects: Sequence[Subject], outcomes: Sequence[str], numbers: Sequence[str], today: date
) -> list[list[object]]:
    """A row a person in the order of the study numbers, which therefore says nothing of who they are.

    `numbers` are different, in no order, and one for each. Gender and age band of fewer than `FEWEST` people who share
    both are held back together, so that nobody is known by the two.
    """
    traits = [(age_band(one.birth_years, today), one.gender) for one in subjects]
    shared = Counter(traits)
    rows: list[list[object]] = []
    for one, trait, number in zip(subjects, traits, numbers, strict=True):
        shown = trait if shared[trait] >= FEWEST else (HELD_BACK, HELD_BACK)
        scores = [score for outcome in outcomes for score in one.scores.get(outcome, (None, None))]
        rows.append([number, *shown, one.sessions, *scores])
    return sorted(rows, key=lambda row: str(row[0]))
