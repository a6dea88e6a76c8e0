"""What an entry that is not saved yet would do to reports that were sent, or to periods that are locked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, select

from services.reporting.contracts.queries import ContractAt, contract_at
from services.reporting.indicators.definition import Definition, Measure
from services.reporting.indicators.facts import Facts, Identities, Presence, Score, Stage, Tally, Unit, cases_of
from services.reporting.indicators.report import Count
from services.reporting.ledger.cut import Cut
from services.reporting.ledger.cuts import cut_now
from services.reporting.ledger.published import AssessmentWritten, PublishedUnit, Read, TallyWritten
from services.reporting.ledger.queries import contracts_of_unit, edges_at, facts_at
from services.reporting.submissions.document import counted_until
from services.reporting.submissions.queries import PeriodAt, contracts_reported, periods_at
from services.reporting.submissions.restating import Name, Value, exact_figures, measure_of
from services.reporting.tables import ledger
from shared.eventstore import EventStore
from shared.service import Service

Edge = tuple[str, str]


class StageWritten(Read):
    """A case would come to be open, or be closed, on a day."""

    case_id: str
    stage: Literal["opened", "closed"]
    on: str
    contract_id: str | None = None


Figure = tuple[Name, Measure | None, Value, Value]
"""A figure with its value as counted now, and as it would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What would be written: sessions, questionnaires, their totals and stages of cases as they would be, the ids of
    entries that would end, who would be whom."""

    units: tuple[PublishedUnit, ...] = ()
    scores: tuple[AssessmentWritten, ...] = ()
    tallies: tuple[TallyWritten, ...] = ()
    stages: tuple[StageWritten, ...] = ()
    ended: tuple[str, ...] = ()
    joined: tuple[Edge, ...] = ()
    parted: tuple[Edge, ...] = ()

    @property
    def replaced(self) -> set[str]:
        """The ids of entries that would not be what they are."""
        questionnaires = (*(one.assessment_id for one in self.scores), *(one.tally_id for one in self.tallies))
        return {*(one.unit_id for one in self.units), *questionnaires, *self.ended}

    @property
    def contracts(self) -> set[str]:
        """The contracts that what would be written names."""
        found = {segment.contract_id for unit in self.units for segment in unit.segments}
        found |= {one.contract_id for one in self.scores if one.contract_id}
        found |= {one.contract_id for one in self.tallies if one.contract_id}
        return found | {one.contract_id for one in self.stages if one.contract_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change would do to one locked period: figures with their value as counted now, and as they would be.

    `number` is that of its last report, None when none was sent yet; `contract` its title.
    """

    contract_id: str
    contract: Any
    period: PeriodAt
    number: int | None
    figures: tuple[Figure, ...]


def effects(service: Service, agency_id: str, change: Change) -> list[Effect]:
    """The periods a change would touch: the one it is about, and the newest that was reported."""
    with service.database.read() as connection:
        now = cut_now(connection)
        return [
            effect
            for contract_id in sorted(_touched(connection, agency_id, change, now))
            for effect in _of_contract(service.store, connection, agency_id, contract_id, change, now)
        ]


def moved_now(service: Service, agency_id: str, change: Change) -> list[tuple[ContractAt, tuple[Figure, ...]]]:
    """Each contract a change is about, with those of its figures of now that it would move."""
    with service.database.read() as connection:
        now = cut_now(connection)
        moved = []
        for contract_id in sorted(_named(connection, agency_id, change, now)):
            found = contract_at(service.store, connection, agency_id, contract_id)
            facts = facts_at(connection, agency_id, contract_id, now)
            would = _changed(facts, edges_at(connection, agency_id, now), contract_id, change)
            moved.append((found, _moved(found.definition, found.definition, facts, would)))
        return moved


def effects_of_definition(service: Service, agency_id: str, contract_id: str, draft: Definition) -> list[Effect]:
    """The reports that were sent whose figures a definition that is not in force yet would count otherwise.

    Both sides are counted from what is known now, so that only the definition tells them apart.
    """
    with service.database.read() as connection:
        found = contract_at(service.store, connection, agency_id, contract_id)
        reported = [one for one in periods_at(service.store, connection, found) if one.state.last_report is not None]
        if not reported:
            return []
        facts = facts_at(connection, agency_id, contract_id, cut_now(connection))
        sent_by = [_sent_by(service.store, connection, found, one) for one in reported]
    moved = [_redefined(definition, draft, one, facts) for definition, one in zip(sent_by, reported, strict=True)]
    return [
        Effect(
            contract_id=contract_id,
            contract=dict(found.definition.title),
            period=one,
            number=one.state.last_report.number if one.state.last_report else None,
            figures=figures,
        )
        for one, figures in zip(reported, moved, strict=True)
        if figures
    ]


def _redefined(definition: Definition, draft: Definition, of: PeriodAt, facts: Facts) -> tuple[Figure, ...]:
    """The figures of a period that two definitions count otherwise; what one of them lacks has no value there."""
    before, after = (dict(exact_figures(Count(counted_until(one, of.period), facts))) for one in (definition, draft))
    return tuple(
        (name, measure_of(definition, name) or measure_of(draft, name), before.get(name), after.get(name))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    )


def _touched(connection: Connection, agency_id: str, change: Change, now: Cut) -> set[str]:
    """The contracts whose figures may move, of those that have a locked period."""
    reported = {contract_id for _, contract_id in contracts_reported(connection, agency_id)}
    return _named(connection, agency_id, change, now) & reported


def _named(connection: Connection, agency_id: str, change: Change, now: Cut) -> set[str]:
    """The contracts a change is about: those of the sessions as they are and as they would be, and of the people."""
    found = set(change.contracts)
    found |= {one for entry_id in change.replaced for one in contracts_of_unit(connection, agency_id, entry_id, now)}
    people = {person for edge in (*change.joined, *change.parted) for person in edge}
    if people:
        own = ledger.participation.c
        query = select(own.contract_id).where(own.agency_id == agency_id, own.person_id.in_(sorted(people)))
        found |= set(connection.execute(query).scalars())
    return found


def _of_contract(
    store: EventStore, connection: Connection, agency_id: str, contract_id: str, change: Change, now: Cut
) -> Iterator[Effect]:
    found = contract_at(store, connection, agency_id, contract_id)
    locked = [one for one in periods_at(store, connection, found) if one.state.cut is not None]
    facts = facts_at(connection, agency_id, contract_id, now)
    days = _days(facts, contract_id, change)
    about = [one for one in locked if days is None or min(days) <= one.period.last]
    if not about:
        return
    would = _changed(facts, edges_at(connection, agency_id, now), contract_id, change)
    own = [one for one in about if days is not None and any(day in one.period for day in days)]
    for one in own if about[-1] in own else (*own, about[-1]):
        definition = _sent_by(store, connection, found, one)
        counted = counted_until(definition, one.period)
        moved = _moved(definition, counted, facts, would)
        if moved or one in own:
            last = one.state.last_report
            yield Effect(
                contract_id=contract_id,
                contract=dict(definition.title),
                period=one,
                number=last.number if last else None,
                figures=moved,
            )


def _sent_by(store: EventStore, connection: Connection, found: ContractAt, period: PeriodAt) -> Definition:
    """The definition that was in force when a period was reported last, or, while it was not, was locked."""
    last = period.state.last_report
    cut = Cut.parse(str(last.cut if last else period.state.cut))
    return contract_at(store, connection, found.agency_id, found.contract_id, cut["reporting"]).definition


def _moved(definition: Definition, counted: Definition, facts: Facts, would: Facts) -> tuple[Figure, ...]:
    """The figures that are others by what would be known."""
    before, after = (dict(exact_figures(Count(counted, one))) for one in (facts, would))
    return tuple(
        (name, measure_of(definition, name), before[name], after[name])
        for name in before
        if before[name] != after[name]
    )


def _days(facts: Facts, contract_id: str, change: Change) -> set[date] | None:
    """The days a change is about, before and after; None for a merge, which is about all of them."""
    if change.joined or change.parted:
        return None
    days = {unit.occurred_on for unit in facts.units if unit.unit_id in change.replaced}
    days |= {score.assessed_on for score in facts.scores if score.assessment_id in change.replaced}
    days |= {tally.assessed_on for tally in facts.tallies if tally.tally_id in change.replaced}
    days |= {unit.occurred_on for unit in _begun(change, contract_id)}
    days |= {score.assessed_on for score in _scored(change, contract_id)}
    days |= {tally.assessed_on for tally in _tallied(change, contract_id)}
    days |= {date.fromisoformat(one.on) for one in change.stages if one.contract_id == contract_id}
    return days or {date.max}


def _changed(facts: Facts, edges: Sequence[Edge], contract_id: str, change: Change) -> Facts:
    """What would be known."""
    gone = change.replaced
    stages = [stage for case in facts.cases for stage in case.stages]
    return replace(
        facts,
        units=(*(one for one in facts.units if one.unit_id not in gone), *_begun(change, contract_id)),
        scores=(*(one for one in facts.scores if one.assessment_id not in gone), *_scored(change, contract_id)),
        tallies=(*(one for one in facts.tallies if one.tally_id not in gone), *_tallied(change, contract_id)),
        cases=cases_of([*stages, *_staged(change, contract_id, stages)]) if change.stages else facts.cases,
        identities=Identities([*(one for one in edges if one not in change.parted), *change.joined]),
    )


def _scored(change: Change, contract_id: str) -> Iterator[Score]:
    """The questionnaires as one contract sees them."""
    for one in change.scores:
        if one.contract_id == contract_id:
            yield Score(
                assessment_id=one.assessment_id,
                person_id=one.person_id,
                instrument=one.instrument,
                phase=one.phase,
                assessed_on=date.fromisoformat(one.assessed_on),
                total=one.total,
                team_id=one.team_id,
            )


def _tallied(change: Change, contract_id: str) -> Iterator[Tally]:
    """The totals of questionnaires nobody signed, as one contract sees them."""
    for one in change.tallies:
        if one.contract_id == contract_id:
            yield Tally(
                tally_id=one.tally_id,
                instrument=one.instrument,
                assessed_on=date.fromisoformat(one.assessed_on),
                satisfied=one.totals.satisfied,
                not_satisfied=one.totals.not_satisfied,
            )


def _staged(change: Change, contract_id: str, known: Sequence[Stage]) -> Iterator[Stage]:
    """The stages that cases would come to, each after all that is known of its case."""
    latest = max((stage.version for stage in known), default=0)
    for version, one in enumerate(change.stages, start=latest + 1):
        if one.contract_id == contract_id:
            yield Stage(case_id=one.case_id, version=version, stage=one.stage, on=date.fromisoformat(one.on))


def _begun(change: Change, contract_id: str) -> Iterable[Unit]:
    """The new versions as one contract sees them."""
    for unit in change.units:
        for segment in unit.segments:
            if segment.contract_id == contract_id and unit.status != "planned":
                minutes = unit.minutes if segment.minutes is None and len(unit.segments) == 1 else segment.minutes
                yield unit_seen(unit, minutes)


def unit_seen(unit: PublishedUnit, minutes: int | None) -> Unit:
    """A published session as a fact, with the minutes of one contract."""
    return Unit(
        unit_id=unit.unit_id,
        kind=unit.kind,
        status=unit.status,
        occurred_on=date.fromisoformat(unit.occurred_on),
        minutes=minutes,
        mode=unit.mode,
        setting=unit.setting,
        activity=unit.activity,
        tags=unit.tags,
        organisation_id=unit.organisation_id,
        unidentified=unit.unidentified_count,
        people=tuple(Presence(one.person_id, one.role, one.target_groups, one.status) for one in unit.participants),
    )
