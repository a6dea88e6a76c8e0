"""From one report to another, or to now: every figure's way, step by step, and what took each step.

First the entries and merges that were recorded between the two cuts, one by one, counted as the first report was; then
the longer period, then the changed definition, each at once. The steps follow each other without a gap.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from sqlalchemy import Connection

from services.reporting.indicators.changes import Happened, Moved
from services.reporting.indicators.definition import Definition, Measure, Period
from services.reporting.indicators.facts import Facts, Unit
from services.reporting.indicators.report import report
from services.reporting.indicators.since import moved_since, parts_of
from services.reporting.ledger.cut import Cut
from services.reporting.ledger.history import history_since
from services.reporting.submissions.document import Contents, counted_until
from services.reporting.submissions.reports import contents_at
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
    then = contents_at(store, connection, agency_id, contract_id, first.cut, first.period)
    now = contents_at(store, connection, agency_id, contract_id, second.cut, second.period)
    counted = counted_until(then.found.definition, first.period)
    after = history_since(connection, agency_id, contract_id, first.cut, second.cut)
    moved = {
        (one.of.id, one.measure.id if one.measure is not None else str(one.part)): one.moved
        for one in moved_since(counted, then.facts, then.edges, after)
    }
    stations = _stations(then, now, counted, moved)
    names = dict.fromkeys(name for station in stations for name in station)
    found = (_restated(name, moved.get(name, ()), [one.get(name) for one in stations]) for name in names)
    return [one for one in found if one.steps]


def _stations(
    then: Contents, now: Contents, counted: Definition, moved: Mapping[Name, tuple[Moved, ...]]
) -> list[Mapping[Name, Value]]:
    """All figures as they were, with what was recorded since, to the end of the other period, and as they are.

    Each count looks at every session: what was recorded since is taken from what it moved, and nothing is counted
    again where neither the period nor the definition has changed.
    """
    was = dict(exact_figures(counted, then.facts))
    recorded = was | {name: steps[-1].after for name, steps in moved.items()}
    longer, own = (counted_until(one.found.definition, now.period) for one in (then, now))
    to_date = recorded if longer == counted else dict(exact_figures(longer, now.facts))
    as_is = to_date if own == longer else dict(exact_figures(own, now.facts))
    return [was, recorded, to_date, as_is]


def exact_figures(definition: Definition, facts: Facts) -> Iterator[tuple[Name, Value]]:
    """Every figure, unrounded."""
    counted = report(definition, facts)
    for figure in counted.outputs:
        yield (figure.output.id, figure.measure.id), figure.actual
    for outcome in counted.outcomes:
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
