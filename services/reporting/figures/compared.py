"""A contract by two definition versions over the same cut, or on two days, each as it was known then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from services.reporting.contracts.document import definition_of
from services.reporting.contracts.domain import INITIAL, evolve
from services.reporting.contracts.queries import ContractAt, contract_at, stream_of
from services.reporting.figures.rendering import plain_in_unit, printed
from services.reporting.figures.reports import NOW, Asked
from services.reporting.indicators.compare import Compared, Differing, compared
from services.reporting.indicators.definition import Definition, Measure
from services.reporting.indicators.report import Count
from services.reporting.ledger.cut import Cut
from services.reporting.ledger.cuts import cut_asked, cut_on
from services.reporting.ledger.queries import facts_at
from shared.clock import local_date
from shared.errors import Invalid, NotFound
from shared.service import Service

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """The two sides as they were asked for, the cut of each, and every measure on both."""

    found: ContractAt
    versions: Sequence[int]
    before: Values
    after: Values
    measures: Sequence[Compared]


def versions_side_by_side(
    service: Service, agency_id: str, contract_id: str, before: int, after: int, asked: Asked = NOW
) -> SideBySide:
    """Two definition versions over the same cut; `NotFound` for a version that the contract does not have."""
    with service.database.read() as connection:
        cut = cut_asked(connection, local_date(service.clock.now()), cut=asked.cut, as_of=asked.as_of)
        found = contract_at(service.store, connection, agency_id, contract_id)
        definitions = definitions_of(service, connection, agency_id, contract_id)
        facts = facts_at(connection, agency_id, contract_id, cut)
    if before not in definitions or after not in definitions:
        raise NotFound("version_not_found", "This contract has no such version.")
    sides = [
        {"definition_version": version, "as_of": asked.as_of.isoformat() if asked.as_of else None, "cut": str(cut)}
        for version in (before, after)
    ]
    measures = compared(Count(definitions[before], facts), Count(definitions[after], facts))
    return SideBySide(found=found, versions=sorted(definitions), before=sides[0], after=sides[1], measures=measures)


def days_side_by_side(service: Service, agency_id: str, contract_id: str, before: date, after: date) -> SideBySide:
    """What was known at the end of two days, each by the definition that was in force then."""
    today = local_date(service.clock.now())
    with service.database.read() as connection:
        found = contract_at(service.store, connection, agency_id, contract_id)
        versions = sorted(definitions_of(service, connection, agency_id, contract_id))
        cuts = [cut_on(connection, day, today, field=name) for name, day in (("from", before), ("to", after))]
        known = [contract_at(service.store, connection, agency_id, contract_id, cut["reporting"]) for cut in cuts]
        sides = [_side(connection, one, cut) for one, cut in zip(known, cuts, strict=True)]
    named = [
        {"definition_version": one.state.version, "as_of": day.isoformat(), "cut": str(cut)}
        for one, cut, day in zip(known, cuts, (before, after), strict=True)
    ]
    return SideBySide(
        found=found, versions=versions, before=named[0], after=named[1], measures=compared(sides[0], sides[1])
    )


def draft_beside(service: Service, agency_id: str, contract_id: str, draft: Definition) -> list[Compared]:
    """What a definition that is not in force yet would change in a contract's figures of now."""
    with service.database.read() as connection:
        cut = cut_asked(connection, local_date(service.clock.now()), cut=None, as_of=None)
        found = contract_at(service.store, connection, agency_id, contract_id, cut["reporting"])
        facts = facts_at(connection, agency_id, contract_id, cut)
    return compared(Count(found.definition, facts), Count(draft, facts))


def definitions_of(service: Service, connection: Connection, agency_id: str, contract_id: str) -> dict[int, Definition]:
    """Every version of a contract's definition, by its number."""
    state, documents = INITIAL, {}
    for recorded in service.store.load(connection, stream_of(agency_id, contract_id), agency_id):
        state = evolve(state, recorded.event)
        documents[state.version] = state.document
    return {version: definition_of(document) for version, document in documents.items()}


def _side(connection: Connection, found: ContractAt, cut: Cut) -> Count:
    return Count(found.definition, facts_at(connection, found.agency_id, found.contract_id, cut))


def chosen_sides(
    service: Service, agency_id: str, contract_id: str, asked: dict[str, Any], as_of: Asked = NOW
) -> SideBySide:
    """What an address asks for: two days (`from`, `to`), else two versions (`before`, `after`; the newest two)."""
    days = asked.get("from_day"), asked.get("to_day")
    if days != (None, None):
        if days[0] is None or days[1] is None:
            raise Invalid("two_days", "Give both days.", field="from" if days[0] is None else "to")
        return days_side_by_side(service, agency_id, contract_id, days[0], days[1])
    with service.database.read() as connection:
        newest = contract_at(service.store, connection, agency_id, contract_id).state.version
    after = asked.get("after") or newest
    before = asked.get("before") or max(after - 1, 1)
    return versions_side_by_side(service, agency_id, contract_id, before, after, as_of)


def compared_values(one: Compared) -> Values:
    """One measure on both sides as JSON values."""
    return {
        "indicator": one.output.id,
        "measure": one.measure.id,
        "kind": one.measure.kind,
        "before": _of_side(one.before, one.was),
        "after": _of_side(one.after, one.now),
        "only_before": [_session(session) for session in one.only_before],
        "only_after": [_session(session) for session in one.only_after],
        "other_people": [_session(session) for session in one.other_people],
    }


def _of_side(measure: Measure | None, value: Any) -> Values | None:
    if measure is None:
        return None
    target = plain_in_unit(measure, measure.target)
    return {"actual": printed(measure, value), "target": target, "met": measure.met(value)}


def _session(session: Differing) -> Values:
    unit = session.unit
    return {
        "unit_id": unit.unit_id,
        "kind": unit.kind,
        "occurred_on": unit.occurred_on.isoformat(),
        "why": session.why,
    }
