"""The rules of data quality: each finds what somebody should look at again. Pure.

Nothing found here is left out of a figure for that; what counts is said by the contract alone. Source: the rules stand
in domain.md section 0 (what a session, a person and a pair are) and in the contract's own document.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from typing import Literal

from services.reporting.indicators.definition import Definition, Outcome, Period
from services.reporting.indicators.facts import Facts, Score, Seen, Unit
from services.reporting.indicators.filters import Filter
from services.reporting.indicators.indicators import Pairing, pairing
from services.reporting.indicators.report import Count, population
from services.reporting.team.domain import LATE_AFTER, Occasion

Owner = Literal["worker", "leader"]

OWNERS: Mapping[str, Owner] = {
    "no_contract": "worker",
    "outside_period": "leader",
    "not_recorded": "worker",
    "overlap": "worker",
    "same_twice": "worker",
    "beyond_membership": "worker",
    "no_post_test": "worker",
    "no_pre_test": "worker",
    "late": "leader",
    "no_target_group": "worker",
    "possible_duplicate": "leader",
}
"""Every rule, in the order in which pages show them, with whose it is to put right."""

BANDS: Sequence[tuple[str, int | None]] = (
    ("same_day", 0),
    ("in_a_week", LATE_AFTER),
    ("in_a_month", 30),
    ("later", None),
)
"""Bands of the days from an occasion to its record, each with its last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to look at: an entry or a person (`about`), another one where there are two, and the day it is of.

    `address` is where it is put right, where the service that knows of it has said so.
    """

    rule: str
    about: str
    on: date | None = None
    other: str | None = None
    team_id: str | None = None
    workers: tuple[str, ...] = ()
    address: str | None = None


Findings = Mapping[str, Sequence[Finding]]
"""What each rule has found, in the order of the rules; one that nobody could be asked about is not there."""


def by_rule(found: Iterable[Finding], rules: Iterable[str] = OWNERS) -> dict[str, list[Finding]]:
    """Findings by their rule, the newest first; what was found twice stands once."""
    rows: dict[str, dict[tuple[str, str | None], Finding]] = {rule: {} for rule in rules}
    for one in found:
        if one.rule in rows:
            rows[one.rule].setdefault((one.about, one.other), one)
    return {
        rule: sorted(own.values(), key=lambda one: (one.on or date.min, one.about, one.other or ""), reverse=True)
        for rule, own in rows.items()
    }


def within(found: Findings, period: Period) -> dict[str, list[Finding]]:
    """What concerns a period: what has no day concerns every one."""
    return {rule: [one for one in own if one.on is None or one.on in period] for rule, own in found.items()}


def of_contract(definition: Definition, facts: Facts, seen: Mapping[str, Seen]) -> Iterator[Finding]:
    """What one contract's facts show by themselves."""
    yield from outside_period(facts.units, definition.period, seen)
    yield from without_target_group(definition, facts.units, seen)
    served = Count(definition, facts).served_by_output()
    for outcome in definition.outcomes:
        if not outcome.post_only:
            paired = pairing(outcome, definition.period, facts, population(outcome, served))
            yield from unpaired(outcome, paired, facts)


def of_occasions(occasions: Sequence[Occasion]) -> Iterator[Finding]:
    """What the sessions, meetings and visits of teams show by themselves."""
    held = [one for one in occasions if one.status == "held"]
    yield from (_found("no_contract", one) for one in held if not one.contracts)
    yield from overlaps(held)
    yield from same_twice(held)
    yield from (_found("late", one) for one in occasions if one.delay > LATE_AFTER)


def delays(occasions: Iterable[Occasion]) -> list[tuple[str, int]]:
    """How many occasions were recorded how soon: every one is in one band."""
    counts = dict.fromkeys((name for name, _ in BANDS), 0)
    for one in occasions:
        counts[next(name for name, last in BANDS if last is None or one.delay <= last)] += 1
    return list(counts.items())


def outside_period(units: Iterable[Unit], period: Period, seen: Mapping[str, Seen]) -> Iterator[Finding]:
    """Sessions that took place, of a contract that did not run on that day: they count for none of its figures."""
    for unit in units:
        if unit.status == "held" and unit.occurred_on not in period:
            yield _of_unit("outside_period", unit, seen)


def without_target_group(definition: Definition, units: Iterable[Unit], seen: Mapping[str, Seen]) -> Iterator[Finding]:
    """People who would count for a measure of target groups, and were recorded without any."""
    asking = [
        Filter(measure.filters, definition.counting, definition.period)
        for output in definition.outputs
        for measure in output.measures
        if any(where.target_group is not None for where in measure.filters)
    ]
    newest: dict[str, Finding] = {}
    for unit in units:
        for one in asking:
            if one.reason_to_leave_out(unit) != "target_group":
                continue
            for person in one.in_role(unit):
                known = newest.get(person.person_id)
                if not person.target_groups and (known is None or (known.on or date.min) < unit.occurred_on):
                    found = _of_unit("no_target_group", unit, seen, person.person_id)
                    newest[person.person_id] = found
    yield from newest.values()


def unpaired(outcome: Outcome, paired: Pairing, facts: Facts) -> Iterator[Finding]:
    """Who answered only the first or only the second questionnaire; the day is that of the one there is."""
    last: dict[str, Score] = {}
    for score in facts.scores:
        if score.instrument == outcome.instrument and score.person_id:
            person = facts.identities.resolve(score.person_id)
            if person not in last or last[person].assessed_on <= score.assessed_on:
                last[person] = score
    for person, why in paired.unpaired().items():
        if why in ("no_post_test", "no_pre_test"):
            score = last[person]
            yield Finding(rule=why, about=person, other=outcome.id, on=score.assessed_on, team_id=score.team_id)


def overlaps(held: Sequence[Occasion]) -> Iterator[Finding]:
    """Two entries of a worker that share time, the first ending after the second begins; each with all such workers."""
    timed: dict[str, list[Occasion]] = defaultdict(list)
    for one in held:
        if one.starts_at is not None and one.minutes:
            for worker in set(one.workers):
                timed[worker].append(one)
    for own in timed.values():
        in_order = sorted(own, key=lambda one: (one.starts_at, one.unit_id))
        for place, first in enumerate(in_order):
            for second in takewhile(_begins_before_end_of(first), in_order[place + 1 :]):
                both = tuple(one for one in second.workers if one in first.workers)
                yield _found("overlap", second, other=first.unit_id, workers=both)


def _begins_before_end_of(first: Occasion) -> Callable[[Occasion], bool]:
    assert first.starts_at is not None
    end = first.starts_at + timedelta(minutes=first.minutes or 0)
    return lambda second: second.starts_at is not None and second.starts_at < end


def same_twice(held: Iterable[Occasion]) -> Iterator[Finding]:
    """Two entries of one case or group, of one kind, that began at the same time of one day; without a time, that
    took as long by the same workers. Each after the first of them is found."""
    alike: dict[tuple[object, ...], list[Occasion]] = defaultdict(list)
    for one in held:
        whose = one.group_id or one.case_id
        if whose is not None:
            when = one.starts_at or (one.minutes, frozenset(one.workers))
            alike[one.kind, whose, one.occurred_on, when].append(one)
    for own in alike.values():
        first, *again = sorted(own, key=lambda one: one.unit_id)
        yield from (_found("same_twice", one, other=first.unit_id) for one in again)


def _found(rule: str, one: Occasion, other: str | None = None, workers: tuple[str, ...] | None = None) -> Finding:
    return Finding(
        rule=rule,
        about=one.unit_id,
        on=one.occurred_on,
        other=other,
        team_id=one.team_id,
        workers=one.workers if workers is None else workers,
    )


def _of_unit(rule: str, unit: Unit, seen: Mapping[str, Seen], person_id: str | None = None) -> Finding:
    whose = seen.get(unit.unit_id)
    return Finding(
        rule=rule,
        about=person_id or unit.unit_id,
        other=unit.unit_id if person_id else None,
        on=unit.occurred_on,
        team_id=whose.team_id if whose else None,
        workers=whose.workers if whose else (),
    )
