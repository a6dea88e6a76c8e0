"""The forms of contracts: a new one, a new version, and deliverables. Their pages of figures are in `figures.web`."""

from typing import Any

import yaml
from flask import Blueprint, render_template, request

from services.reporting.contracts import handlers
from services.reporting.contracts.document import definition_of
from services.reporting.contracts.queries import contract_at, contracts_of
from services.reporting.contracts.schemas import DeliverableSchema
from services.reporting.figures.language import in_language
from services.reporting.submissions.effects import effects_of_definition
from services.reporting.submissions.views import effect_values
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.errors import CaseledgerError, Invalid
from shared.serviceunit.effects import require_shown
from shared.web.field_messages import load
from shared.web.requests import command_meta, expected_version, see_other, service

bp = Blueprint("contracts", __name__, url_prefix="/contracts")

Page = Any


@bp.route("/new", methods=["GET", "POST"])
@requires(*LEADERS)
def new() -> Page:
    """Register a contract from a YAML document."""
    if request.method == "GET":
        return _form("")
    text = _text_of_form()
    try:
        outcome = handlers.register_contract(service(), command_meta(), handlers.document_of({"yaml": text}))
    except CaseledgerError as error:
        return _form(text, error), error.status
    return see_other(f"/reporting/contracts/{outcome.events[0].event.contract_id}", outcome)


@bp.route("/<contract_id>/revise", methods=["GET", "POST"])
@requires(*LEADERS)
def revise(contract_id: str) -> Page:
    """Change a contract: its document as it is now, to be edited."""
    who = identity()
    with service().database.read() as connection:
        found = contract_at(service().store, connection, who.agency_id, contract_id)
    place: dict[str, Any] = {"contract_id": contract_id, "version": found.stream_version}
    if request.method == "GET":
        return _form(_as_yaml(found.state.document), **place)
    text = _text_of_form()
    try:
        document = handlers.document_of({"yaml": text})
        moved = effects_of_definition(service(), who.agency_id, contract_id, definition_of(document))
        require_shown([effect_values(one) for one in moved])
        outcome = handlers.revise_contract(service(), command_meta(), contract_id, document, expected_version())
    except CaseledgerError as error:
        return _form(text, error, **place), error.status
    return see_other(f"/reporting/contracts/{contract_id}", outcome)


@bp.post("/<contract_id>/deliverables/<deliverable_id>")
@requires(*LEADERS)
def mark_deliverable(contract_id: str, deliverable_id: str) -> Page:
    """Say when a deliverable was handed over, or, with no date, that it was not."""
    asked = load(DeliverableSchema(), {name: request.form.get(name) or None for name in ("done_on", "evidence")})
    outcome = handlers.mark_deliverable(
        service(), command_meta(), contract_id, deliverable_id, asked, expected_version()
    )
    return see_other(f"/reporting/contracts/{contract_id}#deliverables", outcome)


def _text_of_form() -> str:
    """What was pasted, else the file that was chosen."""
    file = request.files.get("file")
    pasted = request.form.get("yaml", "")
    if pasted.strip() or file is None or not file.filename:
        return pasted
    try:
        return file.stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("not_utf8", "This file is not text in UTF-8.", field="yaml") from error


def _form(text: str, error: CaseledgerError | None = None, **place: Any) -> str:
    with service().database.read() as connection:
        known = contracts_of(connection, identity().agency_id)
    contracts = [(one["contract_id"], in_language(one["title"], one["contract_id"])) for one in known]
    return render_template("reporting/contract-form.html", text=text, error=error, contracts=contracts, **place)


def _as_yaml(document: Any) -> str:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=110)
