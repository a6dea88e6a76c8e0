"""Which sessions each indicator counts, by code: never a name, a note or a score. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, groupby
from typing import Any

from services.reporting.indicators.definition import Definition, Measure, Output
from services.reporting.indicators.filters import Counted
from services.reporting.indicators.report import Count, counting_people

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A row for every session and indicator that counts it, by indicator and day.

    Indicator, its measures that count the session, session, day, kind, activity, minutes, mode, setting, people.
    Rows are made whenever they are asked for: however many there are, only the one at hand is held.
    """

    definition: Definition
    count: Count

    def __iter__(self) -> Iterator[Row]:
        return chain.from_iterable(_rows(output, self.count) for output in self.definition.outputs)


def _rows(output: Output, count: Count) -> Iterator[Row]:
    """The sessions of one indicator; with those that several of its measures count, the people of each."""
    days: dict[date, list[tuple[str, Counted]]] = defaultdict(list)
    for measures in _alike(output):
        names = ", ".join(one.id for one in measures)
        for one in count.sessions(replace(measures[0], opening=None)):
            days[one.unit.occurred_on].append((names, one))
    for day in sorted(days):
        written = day.isoformat()
        for unit_id, same in groupby(sorted(days[day], key=_unit_id), key=_unit_id):
            measured, found = zip(*same, strict=True)
            unit, people = found[0].unit, frozenset().union(*(one.people for one in found))
            what = [unit_id, written, unit.kind, unit.activity, unit.minutes, unit.mode, unit.setting]
            yield [output.id, ", ".join(measured), *what, sorted(people)]


def _unit_id(one: tuple[str, Counted]) -> str:
    return one[1].unit.unit_id


def _alike(output: Output) -> list[list[Measure]]:
    """The measures of an indicator, those together that count the same sessions: most do."""
    found: dict[Any, list[Measure]] = {}
    for measure in counting_people(output):
        found.setdefault(measure.filters, []).append(measure)
    return list(found.values())
