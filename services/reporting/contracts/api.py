"""The JSON API of contracts."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.reporting.contracts import handlers
from services.reporting.contracts.access import reached
from services.reporting.contracts.domain import INITIAL, evolve
from services.reporting.contracts.queries import ContractAt, contract_at, contracts_seen, deliverables_of
from services.reporting.contracts.schemas import ContractListSchema, ContractSchema, DeliverableSchema, VariationSchema
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS, REPORT_READERS
from shared.eventstore import Outcome
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service

bp = Blueprint("contracts_api", __name__, description="Contracts with funders")


@bp.post("/contracts")
@requires(*LEADERS)
@bp.arguments(ContractSchema())
def register(asked: dict[str, Any]) -> Response:
    """Register a contract from its document; every wrong field is named with what would be right."""
    document = handlers.document_of(asked)
    outcome = handlers.register_contract(service(), command_meta(), document, dry_run=is_dry_run())
    return answer(outcome, _written(outcome))


@bp.put("/contracts/<contract_id>")
@requires(*LEADERS)
@bp.arguments(ContractSchema())
def revise(asked: dict[str, Any], contract_id: str) -> Response:
    """Make a new version of a contract."""
    version, document = expected_version(), handlers.document_of(asked)
    outcome = handlers.revise_contract(service(), command_meta(), contract_id, document, version, dry_run=is_dry_run())
    return answer(outcome, _written(outcome), 200)


@bp.post("/contracts/<contract_id>/variations")
@requires(*LEADERS)
@bp.arguments(VariationSchema())
def vary(asked: dict[str, Any], contract_id: str) -> Response:
    """Vary a target as the funder approved; both targets stay visible, and earlier reports keep theirs."""
    version = expected_version()
    outcome = handlers.vary_target(service(), command_meta(), contract_id, asked, version, dry_run=is_dry_run())
    return answer(outcome, _written(outcome))


@bp.get("/contracts")
@requires(*REPORT_READERS)
@bp.arguments(ContractListSchema(), location="query")
def list_contracts(asked: dict[str, Any]) -> Response:
    """The contracts one may see, those that end last first."""
    who, limit = identity(), asked["limit"]
    day, _, name = (asked["after"] or "").partition("~")
    with service().database.read() as connection:
        items = contracts_seen(connection, who, after=(day, name) if day else None, limit=limit)
    return jsonify(
        {"items": [_listed(one) for one in items], "next": _cursor(items[-1]) if len(items) == limit else None}
    )


@bp.get("/contracts/<contract_id>")
@requires(*REPORT_READERS)
def read(contract_id: str) -> Response:
    """One contract with its document and its deliverables."""
    who = identity()
    agency_id, contract_id = reached(who, contract_id)
    with service().database.read() as connection:
        found = contract_at(service().store, connection, agency_id, contract_id)
    # What was handed over is part of a report, which a funder reads as it was submitted.
    response = jsonify(_represented(found, with_done=who.role != "funder"))
    response.set_etag(str(found.stream_version))
    return response


@bp.post("/contracts/<contract_id>/deliverables/<deliverable_id>")
@requires(*LEADERS)
@bp.arguments(DeliverableSchema())
def mark_deliverable(asked: dict[str, Any], contract_id: str, deliverable_id: str) -> Response:
    """Say when a deliverable was handed over; null takes it back."""
    version = expected_version()
    outcome = handlers.mark_deliverable(
        service(), command_meta(), contract_id, deliverable_id, asked, version, dry_run=is_dry_run()
    )
    done_on = asked["done_on"].isoformat() if asked["done_on"] else None
    body = {"contract_id": contract_id, "deliverable_id": deliverable_id, "done_on": done_on}
    return answer(outcome, {**body, "version": outcome.version, "warnings": []}, 200)


def _written(outcome: Outcome) -> dict[str, Any]:
    event = outcome.events[-1].event
    return {
        "contract_id": event.contract_id,
        "version": outcome.version,
        "definition_version": evolve(INITIAL, event).version,
        "title": event.title,
        "period": event.period,
        "warnings": [],
    }


def _listed(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "period": {name: day.isoformat() for name, day in one["period"].items()}}


def _cursor(one: dict[str, Any]) -> str:
    return f"{one['period']['to'].isoformat()}~{one['contract_id']}"


def _represented(found: ContractAt, *, with_done: bool) -> dict[str, Any]:
    period = found.definition.period
    return {
        "contract_id": found.contract_id,
        "version": found.stream_version,
        "definition_version": found.state.version,
        "title": dict(found.definition.title),
        "period": {"from": period.first.isoformat(), "to": period.last.isoformat()},
        "document": found.state.document,
        **({"deliverables": deliverables_of(found)} if with_done else {}),
    }
