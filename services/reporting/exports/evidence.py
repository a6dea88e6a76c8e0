"""Which sessions each indicator counts, by code: never a name, a note or a score. Pure."""

from collections.abc import Iterable
from typing import Any

from services.reporting.indicators.definition import Definition, Output
from services.reporting.indicators.facts import Facts, Unit
from services.reporting.indicators.filters import Counted
from services.reporting.indicators.report import counting_people, selection


def evidence_of(definition: Definition, facts: Facts) -> list[list[Any]]:
    """A row for every session and indicator that counts it, in the order of days.

    Indicator, its measures that count the session, session, day, kind, activity, minutes, mode, setting, people.
    """
    return [row for output in definition.outputs for row in _of_output(definition, output, facts)]


def _of_output(definition: Definition, output: Output, facts: Facts) -> Iterable[list[Any]]:
    measures: dict[str, list[str]] = {}
    found: dict[str, tuple[Unit, set[str] | frozenset[str]]] = {}
    known: dict[Any, list[Counted]] = {}
    for measure in counting_people(output):
        # Measures of one indicator mostly count the same sessions.
        if measure.filters not in known:
            known[measure.filters] = selection(definition, measure, facts).counted
        for one in known[measure.filters]:
            unit_id = one.unit.unit_id
            measures.setdefault(unit_id, []).append(measure.id)
            before = found.get(unit_id)
            found[unit_id] = (one.unit, one.people if before is None else before[1] | one.people)
    for unit, people in sorted(found.values(), key=lambda pair: (pair[0].occurred_on, pair[0].unit_id)):
        what = [unit.unit_id, unit.occurred_on.isoformat(), unit.kind, unit.activity, unit.minutes, unit.mode]
        yield [output.id, ", ".join(measures[unit.unit_id]), *what, unit.setting, sorted(people)]
