"""Samples and extracts: load, decide, append, in one transaction each. Chance comes in here alone."""

from dataclasses import dataclass, replace
from functools import reduce
from random import SystemRandom
from typing import Any

from services.reporting.audits.domain import INITIAL, CheckItem, DrawSample, decide, evolve
from services.reporting.audits.events import ExtractDrawn, SampleItemChecked
from services.reporting.audits.extract import columns_of, rows_of
from services.reporting.audits.queries import items_of, sample_at, subjects_at
from services.reporting.contracts.queries import contract_at
from services.reporting.figures.queries import SeesScores
from services.reporting.ledger.cuts import cut_asked
from shared.clock import local_date
from shared.errors import RuleBroken, StaleVersion
from shared.eventstore import CommandMeta, Outcome, Work
from shared.ids import chosen_id, new_id
from shared.service import Service

_chance = SystemRandom()
_DIGITS = 6


def draw_sample(service: Service, meta: CommandMeta, contract_id: str, asked: dict[str, Any]) -> Outcome:
    """Draw a sample of what one figure counts, and keep what was drawn."""
    sample_id = chosen_id(asked["id"], "sample")
    with service.database.read() as connection:
        cut = str(cut_asked(connection, local_date(service.clock.now()), cut=asked["cut"]))
    names = {name: asked[name] for name in ("indicator", "measure", "of")}
    command = DrawSample(
        sample_id=sample_id,
        contract_id=contract_id,
        cut=cut,
        seed=asked["seed"] or f"{_chance.getrandbits(64):016x}",
        size=asked["size"],
        population=items_of(service, meta.agency_id, contract_id, cut=cut, **names),
        **names,
    )

    def body(work: Work) -> None:
        state, version = work.fold(sample_id, INITIAL, evolve)
        work.append(sample_id, decide(command, state), version)

    return service.store.run(meta, body)


def check_item(
    service: Service, meta: CommandMeta, contract_id: str, sample_id: str, asked: dict[str, Any], expected_version: int
) -> Outcome:
    """Write down what was found of one item; whoever writes of another one at the same time is not in the way.

    Raises `StaleVersion` when something was written of this very item since the version that was seen.
    """
    with service.database.read() as connection:
        sample_at(service.store, connection, meta.agency_id, contract_id, sample_id)

    def body(work: Work) -> None:
        story = [one.event for one in work.load(sample_id)]
        if any(isinstance(one, SampleItemChecked) and one.item == asked["item"] for one in story[expected_version:]):
            raise StaleVersion(sample_id, expected_version)
        command = CheckItem(item=asked["item"], result=asked["result"], reason=asked["reason"])
        work.append(sample_id, decide(command, reduce(evolve, story, INITIAL)), len(story))

    return service.store.run(meta, body)


@dataclass(frozen=True, slots=True)
class Extract:
    """An extract as it is taken away; `without_consent` were served too and are not in it."""

    outcome: Outcome
    extract_id: str
    columns: list[str]
    rows: list[list[object]]
    without_consent: int


def draw_extract(
    service: Service, meta: CommandMeta, contract_id: str, file_format: str, sees_scores: SeesScores
) -> Extract:
    """Write down that an extract is drawn, and make its rows; who has which number is nowhere kept.

    Asked again under the same key (the page stays open while a file is taken away) it is another one, with other
    numbers, and so it is written down too.
    """
    today, extract_id = local_date(service.clock.now()), new_id("extract")
    with service.database.read() as connection:
        cut = cut_asked(connection, today)
        found = contract_at(service.store, connection, meta.agency_id, contract_id)
        subjects, others = subjects_at(
            connection, meta.agency_id, contract_id, found.definition, cut, today, sees_scores
        )
    if not subjects:
        raise RuleBroken("nobody_consents", "Nobody served under this contract has consented to research.")
    drawn = ExtractDrawn(
        extract_id=extract_id,
        contract_id=contract_id,
        cut=str(cut),
        people=len(subjects),
        without_consent=others,
        file_format=file_format,
    )
    own = replace(meta, command_key=f"{meta.command_key}.{extract_id}")
    outcome = service.store.run(own, lambda work: work.append(extract_id, [drawn], 0))
    outcomes = [one.id for one in found.definition.outcomes if not one.post_only]
    numbers = [f"{one:0{_DIGITS}}" for one in _chance.sample(range(10**_DIGITS), len(subjects))]
    return Extract(outcome, extract_id, columns_of(outcomes), rows_of(subjects, outcomes, numbers, today), others)
