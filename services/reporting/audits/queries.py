"""Samples with their stories, and the people whom an extract may be about."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

from sqlalchemy import Connection, select

from services.reporting.audits.domain import INITIAL, Sample, draw, evolve
from services.reporting.audits.events import SampleItemChecked
from services.reporting.audits.extract import PURPOSE, Said, Score, Subject, consenting
from services.reporting.figures.queries import figure_behind
from services.reporting.figures.reports import Asked
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import Facts, Identities
from services.reporting.indicators.indicators import pairing
from services.reporting.indicators.report import Count, population
from services.reporting.ledger.cut import Cut
from services.reporting.ledger.queries import alive, facts_at, positions
from services.reporting.tables import drawn, ledger
from shared.errors import NotFound
from shared.eventstore import EventStore, Recorded
from shared.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAt:
    """A sample with its story; `version` is what a check is based on."""

    sample: Sample
    story: list[Recorded]

    @property
    def version(self) -> int:
        return len(self.story)

    def last_of(self, item: str) -> Recorded | None:
        """The last that was written of an item: who, when and what."""
        own = [one for one in self.story if isinstance(one.event, SampleItemChecked) and one.event.item == item]
        return own[-1] if own else None


def sample_at(store: EventStore, connection: Connection, agency_id: str, contract_id: str, sample_id: str) -> SampleAt:
    """One sample of a contract; raises `NotFound`."""
    story = store.load(connection, sample_id, agency_id) if sample_id.startswith("sample-") else ()
    sample = reduce(evolve, (one.event for one in story), INITIAL)
    if sample.drawn is None or sample.drawn.contract_id != contract_id:
        raise NotFound("sample_not_found", "There is no such sample.")
    return SampleAt(sample=sample, story=[*story])


def drawn_of(store: EventStore, connection: Connection, agency_id: str, contract_id: str, what: str) -> list[Recorded]:
    """How the samples, or the extracts, of a contract were drawn, the newest first."""
    own = drawn.c
    query = (
        select(own.drawn_id)
        .where(own.agency_id == agency_id, own.contract_id == contract_id, own.what == what)
        .order_by(own.drawn_at.desc(), own.drawn_id.desc())
    )
    return [store.load(connection, name, agency_id)[0] for name in connection.scalars(query)]


def items_of(
    service: Service, agency_id: str, contract_id: str, indicator: str, measure: str, of: str, cut: str
) -> list[str]:
    """Every session, person or case that a figure counts at a cut, by id."""
    values = figure_behind(service, agency_id, contract_id, indicator, measure, Asked(cut=cut)).values
    if of == "sessions":
        return [one["unit_id"] for one in values["sessions"]]
    if of == "people":
        return [one["person_id"] for one in values["people"]]
    return [one["case_id"] for one in values.get("cases", [])]


def is_drawn_again(service: Service, agency_id: str, sample: Sample) -> bool:
    """Whether the same seed draws the same items from the same cut now."""
    one = sample.drawn
    assert one is not None
    items = items_of(service, agency_id, one.contract_id, one.indicator, one.measure, one.of, one.cut)
    return draw(one.seed, items, len(one.items)) == one.items and len(items) == one.population


def seen_then(connection: Connection, agency_id: str, unit_ids: Collection[str], cut: Cut) -> dict[str, dict[str, Any]]:
    """Of these sessions as they were known at a cut: the day, the kind, the length, how many came, and the reference
    of the sign-in sheet."""
    own = ledger.occasion.c
    query = select(own.unit_id, own.occurred_on, own.kind, own.minutes, own.attended, own.sign_in_sheet).where(
        own.agency_id == agency_id, own.unit_id.in_(unit_ids), alive(ledger.occasion, parked=bool(cut.parked))
    )
    return {row.unit_id: row._asdict() for row in connection.execute(query, positions(cut))}


def subjects_at(
    connection: Connection,
    agency_id: str,
    contract_id: str,
    definition: Definition,
    cut: Cut,
    today: date,
    sees_scores: Callable[[str | None], bool],
) -> tuple[list[Subject], int]:
    """Those served under a contract who consent to research today, and how many others were served."""
    facts = facts_at(connection, agency_id, contract_id, cut)
    served = Count(definition, facts).served_by_output()
    everybody = frozenset[str]().union(*served.values())
    allowed = consenting(_said(connection, agency_id, cut, facts.identities), today)
    traits = _traits(connection, agency_id, cut, everybody & allowed)
    times = _times(definition, facts)
    scores = _scores(definition, facts, served, sees_scores)
    subjects = [
        Subject(
            person_id=one,
            gender=traits.get((one, "gender")),
            birth_years=traits.get((one, "birth_year_band")),
            sessions=times.get(one, 0),
            scores=scores.get(one, {}),
        )
        for one in sorted(everybody & allowed)
    ]
    return subjects, len(everybody - allowed)


def _said(connection: Connection, agency_id: str, cut: Cut, identities: Identities) -> list[Said]:
    own = ledger.attribute.c
    query = select(own.person_id, own.from_date, own.to_date).where(
        own.agency_id == agency_id,
        own.name == "consent",
        own.value == PURPOSE,
        alive(ledger.attribute, parked=bool(cut.parked)),
    )
    return [
        Said(
            identities.resolve(row.person_id),
            row.from_date is not None,
            date.fromisoformat(row.from_date or row.to_date),
        )
        for row in connection.execute(query, positions(cut))
    ]


def _traits(connection: Connection, agency_id: str, cut: Cut, people: Collection[str]) -> dict[tuple[str, str], str]:
    own = ledger.attribute.c
    query = select(own.person_id, own.name, own.value).where(
        own.agency_id == agency_id,
        own.name.in_(("gender", "birth_year_band")),
        alive(ledger.attribute, parked=bool(cut.parked)),
    )
    rows = connection.execute(query, positions(cut))
    return {(row.person_id, row.name): row.value for row in rows if row.person_id in people}


def _times(definition: Definition, facts: Facts) -> dict[str, int]:
    """In how many sessions that count for any figure each person took part."""
    units: dict[str, set[str]] = {}
    for counted in Count(definition, facts).sessions_of(*definition.outputs):
        for person in counted.people:
            units.setdefault(person, set()).add(counted.unit.unit_id)
    return {person: len(own) for person, own in units.items()}


def _scores(
    definition: Definition,
    facts: Facts,
    served: dict[str, frozenset[str]],
    sees_scores: Callable[[str | None], bool],
) -> dict[str, dict[str, Score]]:
    found: dict[str, dict[str, Score]] = {}
    for outcome in definition.outcomes:
        if outcome.post_only:
            continue
        for pair in pairing(outcome, definition.period, facts, population(outcome, served)).pairs:
            pre, post = (one.total if sees_scores(one.team_id) else None for one in (pair.pre, pair.post))
            found.setdefault(pair.person_id, {})[outcome.id] = (pre, post)
    return found
