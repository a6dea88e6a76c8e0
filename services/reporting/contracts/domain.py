"""A contract is registered once, revised in versions, and its deliverables are handed over. Pure decide and evolve."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, assert_never

from services.reporting.contracts.document import definition_of
from services.reporting.contracts.events import (
    ContractEvent,
    ContractRegistered,
    ContractRevised,
    DeliverableDone,
    DeliverableReopened,
)
from services.reporting.indicators.definition import Definition
from shared.errors import Invalid, NotFound, RuleBroken


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterContract:
    document: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseContract:
    contract_id: str
    document: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkDeliverable:
    """`done_on` None: it is not done after all."""

    contract_id: str
    deliverable_id: str
    stream_id: str
    done_on: date | None
    today: date
    evidence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VaryTarget:
    """The funder approved another target; `target` as it stands in a document."""

    contract_id: str
    indicator: str
    measure: str
    approval: str
    effective: date
    target: Any


ContractCommand = RegisterContract | ReviseContract | VaryTarget | MarkDeliverable


@dataclass(frozen=True, slots=True)
class Handover:
    """When a deliverable was done, and what shows it."""

    done_on: date
    evidence: str | None


@dataclass(frozen=True, slots=True)
class ContractState:
    """What the stream says so far; version 0 is no contract yet."""

    version: int = 0
    document: Mapping[str, Any] = field(default_factory=dict)
    done: Mapping[str, Handover] = field(default_factory=dict)


INITIAL = ContractState()


def decide(command: ContractCommand, state: ContractState) -> list[ContractEvent]:
    """The events of `command`; `Invalid` with every wrong field of a document."""
    match command:
        case RegisterContract(document=document):
            definition = definition_of(document)
            if state.version:
                raise RuleBroken("contract_exists", "There is already a contract of this name.", field="contract")
            return [ContractRegistered(version=1, **_content(definition, document))]
        case ReviseContract(document=document):
            return [_revised(command, definition_of(document), state)]
        case VaryTarget(contract_id=contract_id):
            document = _varied(command, state)
            revision = ReviseContract(contract_id=contract_id, document=document)
            return [_revised(revision, definition_of(document), state)]
        case MarkDeliverable():
            return [_marked(command, state)]
        case _:
            assert_never(command)


def evolve(state: ContractState, event: ContractEvent) -> ContractState:
    match event:
        case ContractRegistered() | ContractRevised():
            return replace(state, version=event.version, document=event.document)
        case DeliverableDone():
            handover = Handover(event.done_on, event.evidence)
            return replace(state, done={**state.done, event.deliverable_id: handover})
        case DeliverableReopened():
            return replace(state, done={key: one for key, one in state.done.items() if key != event.deliverable_id})
        case _:
            assert_never(event)


def _content(definition: Definition, document: Any) -> dict[str, Any]:
    period = definition.period
    return {
        "contract_id": definition.contract,
        "document": document,
        "title": dict(definition.title),
        "period": {"from": period.first.isoformat(), "to": period.last.isoformat()},
    }


def _revised(command: ReviseContract, definition: Definition, state: ContractState) -> ContractRevised:
    if not state.version:
        raise NotFound("contract_not_found", "There is no such contract.")
    if definition.contract != command.contract_id:
        raise Invalid(
            "other_contract",
            "This document is of another contract. Its name here is “%(contract_id)s”.",
            field="contract",
            contract_id=command.contract_id,
        )
    if command.document == state.document:
        raise RuleBroken("nothing_changed", "Nothing was changed, so there is no new version.")
    return ContractRevised(version=state.version + 1, **_content(definition, command.document))


def _varied(command: VaryTarget, state: ContractState) -> Any:
    """The document with one variation more; `NotFound` for a measure that the contract does not have."""
    document = deepcopy(dict(state.document))
    for output in document.get("outputs", ()):
        for measure in output["measures"]:
            if (output["id"], measure["id"]) == (command.indicator, command.measure):
                variation = {
                    "approval": command.approval,
                    "effective": command.effective.isoformat(),
                    "target": command.target,
                }
                measure["variations"] = [*measure.get("variations", ()), variation]
                return document
    raise NotFound("figure_not_found", "This contract has no such figure.")


def _marked(command: MarkDeliverable, state: ContractState) -> DeliverableDone | DeliverableReopened:
    if command.deliverable_id not in {one["id"] for one in state.document.get("deliverables", ())}:
        raise NotFound("deliverable_not_found", "This contract has no such deliverable.")
    if command.done_on is None:
        if command.deliverable_id not in state.done:
            raise RuleBroken("nothing_changed", "This deliverable is not done yet.")
        return DeliverableReopened(contract_id=command.contract_id, deliverable_id=command.deliverable_id)
    if command.done_on > command.today:
        raise Invalid("date_in_future", "This date is in the future. Please change it.", field="done_on")
    return DeliverableDone(
        contract_id=command.contract_id,
        deliverable_id=command.deliverable_id,
        done_on=command.done_on,
        evidence_subject=command.stream_id,
        evidence=command.evidence,
    )
