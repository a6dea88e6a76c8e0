"""Which sessions each indicator counts, by code: never a name, a note or a score. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from services.reporting.indicators.definition import Definition, Measure, Output
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
    alike = _alike(output)
    names = [", ".join(one.id for one in measures) for measures in alike]
    counted = sorted(
        (one.unit.occurred_on, one.unit.unit_id, place, one)
        for place, measures in enumerate(alike)
        for one in count.sessions(replace(measures[0], opening=None))
    )
    for (day, unit_id), same in groupby(counted, key=itemgetter(0, 1)):
        places, found = zip(*((place, one) for _, _, place, one in same), strict=True)
        unit, people = found[0].unit, frozenset().union(*(one.people for one in found))
        what = [unit_id, day.isoformat(), unit.kind, unit.activity, unit.minutes, unit.mode, unit.setting]
        yield [output.id, ", ".join(names[place] for place in places), *what, sorted(people)]


def _alike(output: Output) -> list[list[Measure]]:
    """The measures of an indicator, those together that count the same sessions: most do."""
    found: dict[Any, list[Measure]] = {}
    for measure in counting_people(output):
        found.setdefault(measure.filters, []).append(measure)
    return list(found.values())
