"""A breakdown counted from the ledger, and whether its small cells were released."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import get_args

from services.reporting.breakdowns.domain import INITIAL, Release, evolve
from services.reporting.contracts.queries import ContractAt, contract_at
from services.reporting.figures.reports import Asked
from services.reporting.indicators.breakdown import Attributes, Breakdown, By, Known, breakdown
from services.reporting.indicators.definition import Definition, Measure, Output, Period
from services.reporting.indicators.facts import Identities
from services.reporting.indicators.periods import reporting_spans
from services.reporting.ledger.cut import Cut
from services.reporting.ledger.cuts import cut_asked
from services.reporting.ledger.queries import attributes_at, facts_at, seen_at
from shared.clock import local_date
from shared.errors import NotFound
from shared.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """A figure in parts, with its definition; `window` is the reporting period that tells new from continuing."""

    found: ContractAt
    cut: Cut
    output: Output
    measure: Measure
    parts: Breakdown
    window: Period
    release: Release
    release_version: int


def release_stream(agency_id: str, contract_id: str, indicator: str, measure: str, by: str) -> str:
    return f"release-{agency_id}-{contract_id}-{indicator}-{measure}-{by}"


def divided(
    service: Service, agency_id: str, contract_id: str, indicator: str, measure_id: str, by: str, asked: Asked
) -> Divided:
    """One figure in parts; `NotFound` for a figure or a way of dividing it that there is not. Cases are not divided."""
    today = local_date(service.clock.now())
    with service.database.read() as connection:
        cut = cut_asked(connection, today, cut=asked.cut, as_of=asked.as_of)
        found = contract_at(service.store, connection, agency_id, contract_id, cut["reporting"])
        output, measure = figure_of(found.definition, indicator, measure_id)
        way = next((one for one in get_args(By) if one == by), None)
        if way is None:
            raise NotFound("breakdown_not_found", "A figure is not divided like this.")
        facts = facts_at(connection, agency_id, contract_id, cut)
        window = _window(found.definition, asked.as_of or today)
        known = Known(
            seen=seen_at(connection, agency_id, contract_id, cut) if way == "team" else {},
            attributes=_resolved(attributes_at(connection, agency_id, cut), facts.identities),
            window=window,
        )
        stream_id = release_stream(agency_id, contract_id, indicator, measure_id, by)
        story = service.store.load(connection, stream_id, agency_id)
    return Divided(
        found=found,
        cut=cut,
        output=output,
        measure=measure,
        parts=breakdown(found.definition, measure, facts, known, way),
        window=window,
        release=reduce(evolve, (one.event for one in story), INITIAL),
        release_version=len(story),
    )


def figure_of(definition: Definition, indicator: str, measure_id: str) -> tuple[Output, Measure]:
    """A measure about sessions; raises `NotFound` for any other."""
    output = definition.output(indicator)
    measure = next((one for one in output.measures if one.id == measure_id), None) if output else None
    if output is None or measure is None or measure.which is not None:
        raise NotFound("figure_not_found", "This contract has no such figure.")
    return output, measure


def _window(definition: Definition, day: date) -> Period:
    """The reporting period of a day, of a contract that has ended its last one, of one to come its first."""
    spans = reporting_spans(definition)
    return next((one for one in spans if day <= one.last), spans[-1])


def _resolved(rows: list[tuple[str, str, str]], identities: Identities) -> Attributes:
    """Codes of people by who they were found to be: whoever is two people in the register has the codes of both."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for person_id, name, value in rows:
        found[identities.resolve(person_id)][name].add(value)
    return {person: {name: frozenset(values) for name, values in own.items()} for person, own in found.items()}
