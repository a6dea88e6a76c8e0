"""From one report to another, or to now: every figure's way, step by step, and what took each step.

First the entries and merges that were recorded between the two cuts, one by one, counted as the first report was; then
the longer period, then the changed definition, each at once. The steps follow each other without a gap.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from sqlalchemy import Connection

from services.reporting.contracts.queries import contract_at
from services.reporting.indicators.changes import Happened, Moved
from services.reporting.indicators.definition import Definition, Measure, Period
from services.reporting.indicators.facts import Unit
from services.reporting.indicators.report import Count
from services.reporting.indicators.since import moved_since, parts_of
from services.reporting.ledger.cut import Cut
from services.reporting.ledger.history import history_since
from services.reporting.ledger.queries import edges_at, facts_at
from services.reporting.submissions.document import counted_until
from shared.eventstore import EventStore

Name = tuple[str, str]
"""A figure by its indicator and its measure, or the part of an outcome."""
Value = Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What took a figure from one value to the next: an entry or a merge, else the period or the definition."""

    cause: Literal["entry", "merge", "period", "definition"]
    before: Value
    after: Value
    happened: Happened | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """One figure that is not what it was; None where the contract did not have it, or it was a share of nothing."""

    name: Name
    was: Value
    now: Value
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of a restatement: at which cut, counted to the end of which period."""

    cut: Cut
    period: Period


def restatement(
    store: EventStore, connection: Connection, agency_id: str, contract_id: str, first: End, second: End
) -> list[Restated]:
    """Every figure that differs between two ends, the earlier cut first, or that moved and came back."""
    then, now = (
        contract_at(store, connection, agency_id, contract_id, end.cut["reporting"]).definition
        for end in (first, second)
    )
    count = Count(counted_until(then, first.period), facts_at(connection, agency_id, contract_id, first.cut))
    longer, own = counted_until(then, second.period), counted_until(now, second.period)
    after = history_since(connection, agency_id, contract_id, first.cut, second.cut)
    moved = {
        (one.of.id, one.measure.id if one.measure is not None else str(one.part)): one.moved
        for one in moved_since(count, edges_at(connection, agency_id, first.cut), after)
    }
    was = {name: steps[0].before for name, steps in moved.items()}
    recorded = to_date = as_is = {name: steps[-1].after for name, steps in moved.items()}
    if not count.definition == longer == own:
        # Then every figure may be another one, whether or not an entry moved it.
        was = dict(exact_figures(count))
        recorded = to_date = was | recorded
        facts = facts_at(connection, agency_id, contract_id, second.cut)
        if longer != count.definition:
            to_date = dict(exact_figures(Count(longer, facts)))
        as_is = to_date if own == longer else dict(exact_figures(Count(own, facts)))
    stations = [was, recorded, to_date, as_is]
    names = dict.fromkeys(name for station in stations for name in station)
    found = (_restated(name, moved.get(name, ()), [one.get(name) for one in stations]) for name in names)
    return [one for one in found if one.steps]


def exact_figures(count: Count) -> Iterator[tuple[Name, Value]]:
    """Every figure, unrounded."""
    for output in count.definition.outputs:
        for measure in output.measures:
            yield (output.id, measure.id), count.figure(output, measure).actual
    for outcome in count.outcomes():
        for part in parts_of(outcome.outcome):
            yield (outcome.outcome.id, part), Fraction(getattr(outcome.result, part))


def _restated(name: Name, moved: tuple[Moved, ...], stations: list[Value]) -> Restated:
    was, recorded, longer, now = stations
    steps = [
        Step(
            cause="merge" if one.happened.joined or one.happened.parted else "entry",
            before=one.before,
            after=one.after,
            happened=one.happened,
        )
        for one in moved
    ]
    if recorded != longer:
        steps.append(Step(cause="period", before=recorded, after=longer))
    if longer != now:
        steps.append(Step(cause="definition", before=longer, after=now))
    return Restated(name=name, was=was, now=now, steps=tuple(steps))


def people_of(happened: Happened) -> list[str]:
    """Whom an entry is about, by code: those who came or went; all of its people where the same ones stay."""
    if pair := happened.joined or happened.parted:
        return sorted(pair)
    before, after = _people(happened.ended), _people(happened.begun)
    return sorted(before ^ after or before | after)


def _people(thing: object) -> set[str]:
    if isinstance(thing, Unit):
        return {one.person_id for one in thing.people}
    person_id = getattr(thing, "person_id", None)
    return {person_id} if person_id else set()


def measure_of(definition: Definition, name: Name) -> Measure | None:
    """The measure of a figure, by which it is printed; None for an outcome's part."""
    output = definition.output(name[0])
    return next((one for one in output.measures if one.id == name[1]), None) if output else None
