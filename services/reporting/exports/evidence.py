"""Which sessions each indicator counts, by code: never a name, a note or a score. Pure."""

from collections.abc import Iterable
from sys import intern
from typing import Any

from services.reporting.indicators.definition import Definition, Output
from services.reporting.indicators.facts import Identities, Unit
from services.reporting.indicators.filters import Filter
from services.reporting.indicators.report import counting_people

Row = list[Any]


def evidence_of(definition: Definition, units: Iterable[Unit], identities: Identities) -> list[Row]:
    """A row for every session and indicator that counts it, by indicator and day.

    Indicator, its measures that count the session, session, day, kind, activity, minutes, mode, setting, people.
    Of each session only its row is kept, so that a long list of them needs little memory.
    """
    outputs = [(output.id, _filters(definition, output)) for output in definition.outputs]
    found: dict[str, list[Row]] = {output_id: [] for output_id, _ in outputs}
    for unit in units:
        for output_id, filters in outputs:
            if row := _row(unit, output_id, filters, identities):
                found[output_id].append(row)
    return [row for rows in found.values() for row in sorted(rows, key=lambda one: (one[3], one[2]))]


_Filters = list[tuple[Filter, list[str]]]


def _filters(definition: Definition, output: Output) -> _Filters:
    """The filters of an indicator, each once with the measures that have it: most measures count the same sessions."""
    found: dict[Any, list[str]] = {}
    for measure in counting_people(output):
        found.setdefault(measure.filters, []).append(measure.id)
    counting, period = definition.counting, definition.period
    return [(Filter(wheres, counting, period), measures) for wheres, measures in found.items()]


def _row(unit: Unit, output_id: str, filters: _Filters, identities: Identities) -> Row | None:
    measures: list[str] = []
    people: set[str] = set()
    for one, its_measures in filters:
        if counted := one.counted(unit, identities):
            measures += its_measures
            people |= counted.people
    if not measures:
        return None
    what = [unit.unit_id, unit.occurred_on.isoformat(), unit.kind, unit.activity, unit.minutes, unit.mode, unit.setting]
    return [output_id, intern(", ".join(measures)), *what, sorted(map(intern, people))]
