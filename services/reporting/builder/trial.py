"""What an indicator that is being written counts now: tried on the sessions of a contract, nothing is kept."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import chain, islice, zip_longest
from typing import Any

from services.reporting.builder.steps import items
from services.reporting.contracts.document import definition_of
from services.reporting.contracts.queries import contract_at
from services.reporting.contracts.reading import Reader
from services.reporting.contracts.rhythm import NOWHERE, read_period
from services.reporting.figures.how import How, how_counted
from services.reporting.figures.rendering import output_values
from services.reporting.indicators.definition import Definition, Measure
from services.reporting.indicators.facts import Facts, Unit
from services.reporting.indicators.filters import LEFT_OUT
from services.reporting.indicators.report import Count
from services.reporting.ledger.cuts import cut_now
from services.reporting.ledger.queries import facts_at
from shared.errors import Invalid
from shared.service import Service

SHOWN = 10
Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One measure as it would count: its figure, and the newest sessions that it includes and leaves out, and why."""

    measure: Measure
    figure: dict[str, Any]
    how: How
    included: Sequence[Unit]
    left_out: Sequence[tuple[Unit, str]]
    included_in_all: int
    left_out_in_all: int


def tried(service: Service, agency_id: str, document: Document, place: int, contract_id: str) -> list[Tried] | None:
    """Every measure of one indicator; None while it is not complete.

    Another contract's sessions are looked at in that contract's own period.
    """
    with service.database.read() as connection:
        cut = cut_now(connection)
        known = contract_at(service.store, connection, agency_id, contract_id, cut["reporting"])
        facts = facts_at(connection, agency_id, contract_id, cut)
    definition = alone(document, place)
    if definition is None:
        return None
    if known.contract_id != document.get("contract") or definition.period == NOWHERE:
        definition = replace(definition, period=known.definition.period)
    return [_tried(definition, measure, facts) for measure in definition.outputs[0].measures]


def alone(document: Document, place: int) -> Definition | None:
    """The definition of one indicator by itself, without its sentence and targets; None while it is not complete."""
    output = deepcopy(items(document, "outputs")[place])
    output.pop("sentence", None)
    for measure in items(output, "measures"):
        for name in ("target", "variations", "opening"):
            measure.pop(name, None)
    whole = {"contract": "draft", "title": {"en": "Draft"}, "period": _A_PERIOD, "outputs": [output]}
    if document.get("counting"):
        whole["counting"] = document["counting"]
    try:
        return replace(definition_of(whole), period=read_period(Reader(), document.get("period"), "period"))
    except Invalid:
        return None


_A_PERIOD = {"from": "2000-01-01", "to": "2000-01-01"}


def _tried(definition: Definition, measure: Measure, facts: Facts) -> Tried:
    output, count = definition.outputs[0], Count(definition, facts)
    figure = output_values(count.figure(output, measure))
    how = how_counted(definition, measure)
    if measure.which is not None:
        return Tried(
            measure=measure, figure=figure, how=how, included=(), left_out=(), included_in_all=0, left_out_in_all=0
        )
    chosen = count.selection(measure)
    included, left_out = [one.unit for one in chosen.counted], chosen.left_out()
    return Tried(
        measure=measure,
        figure=figure,
        how=how,
        included=_newest(included)[:SHOWN],
        left_out=telling(left_out),
        included_in_all=len(included),
        left_out_in_all=len(left_out),
    )


def telling(left_out: Iterable[tuple[Unit, str]]) -> list[tuple[Unit, str]]:
    """Ten sessions left out that say most about a rule: of every reason in turn, those that came nearest first."""
    by_reason: dict[str, list[Unit]] = {}
    for unit, why in left_out:
        by_reason.setdefault(why, []).append(unit)
    nearest = sorted(by_reason, key=LEFT_OUT.index, reverse=True)
    in_turn = zip_longest(*([(unit, why) for unit in _newest(by_reason[why])] for why in nearest))
    return list(islice((one for one in chain.from_iterable(in_turn) if one is not None), SHOWN))


def _newest(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (unit.occurred_on, unit.unit_id), reverse=True)
