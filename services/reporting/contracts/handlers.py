"""Contracts: load, decide, append, in one transaction each."""

from datetime import date
from typing import Any

from services.reporting.contracts.domain import (
    INITIAL,
    ContractCommand,
    MarkDeliverable,
    RegisterContract,
    ReviseContract,
    VaryTarget,
    decide,
    evolve,
)
from services.reporting.contracts.queries import stream_of
from services.reporting.contracts.yamltext import as_json, load
from shared.clock import local_date
from shared.errors import Invalid
from shared.eventstore import CommandMeta, Outcome, Work
from shared.service import Service


def document_of(asked: dict[str, Any]) -> Any:
    """The document that was sent, as JSON values: as such, or as the text of a YAML file."""
    document, text = asked.get("document"), asked.get("yaml")
    if (document is None) == (text is None):
        raise Invalid("one_document", "Send the contract either as a document or as YAML.", field="document")
    return as_json(load(text) if text is not None else document)


def register_contract(service: Service, meta: CommandMeta, document: Any, *, dry_run: bool = False) -> Outcome:
    """Register a new contract; its name in the document is its name here."""
    slug = document.get("contract") if isinstance(document, dict) else None
    stream_id = stream_of(meta.agency_id, str(slug))
    return _run(service, meta, stream_id, RegisterContract(document=document), 0, dry_run=dry_run)


def revise_contract(
    service: Service,
    meta: CommandMeta,
    contract_id: str,
    document: Any,
    expected_version: int,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Make a new version of a contract."""
    command = ReviseContract(contract_id=contract_id, document=document)
    stream_id = stream_of(meta.agency_id, contract_id)
    return _run(service, meta, stream_id, command, expected_version, dry_run=dry_run)


def put_contract(service: Service, meta: CommandMeta, document: Any) -> Outcome:
    """Register a contract, or make a new version of the one that has its name."""
    slug = str(document.get("contract")) if isinstance(document, dict) else ""
    with service.database.read() as connection:
        version = service.store.version(connection, stream_of(meta.agency_id, slug), meta.agency_id)
    if version == 0:
        return register_contract(service, meta, document)
    return revise_contract(service, meta, slug, document, version)


def vary_target(
    service: Service,
    meta: CommandMeta,
    contract_id: str,
    asked: dict[str, Any],
    expected_version: int,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Add an approved variation of one target, which makes a new version of the definition."""
    command = VaryTarget(contract_id=contract_id, **asked)
    return _run(service, meta, stream_of(meta.agency_id, contract_id), command, expected_version, dry_run=dry_run)


def mark_deliverable(
    service: Service,
    meta: CommandMeta,
    contract_id: str,
    deliverable_id: str,
    asked: dict[str, Any],
    expected_version: int,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Say that a deliverable was handed over, or that it was not after all."""
    stream_id = stream_of(meta.agency_id, contract_id)
    done_on: date | None = asked["done_on"]
    command = MarkDeliverable(
        contract_id=contract_id,
        deliverable_id=deliverable_id,
        stream_id=stream_id,
        done_on=done_on,
        today=local_date(service.clock.now()),
        evidence=asked.get("evidence"),
    )
    return _run(service, meta, stream_id, command, expected_version, dry_run=dry_run)


def _run(
    service: Service,
    meta: CommandMeta,
    stream_id: str,
    command: ContractCommand,
    expected_version: int,
    *,
    dry_run: bool,
) -> Outcome:
    def body(work: Work) -> None:
        state, version = work.fold(stream_id, INITIAL, evolve)
        events = decide(command, state)
        work.append(stream_id, events, version if isinstance(command, RegisterContract) else expected_version)

    return service.store.run(meta, body, dry_run=dry_run)
