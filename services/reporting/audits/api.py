"""The JSON API of audits: samples for spot checks, and extracts for research."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.reporting.audits import handlers
from services.reporting.audits.queries import drawn_of, is_drawn_again, sample_at
from services.reporting.audits.schemas import CheckSchema, ExtractSchema, SampleSchema
from services.reporting.audits.views import drawn_values, extract_file, sample_values
from services.reporting.contracts.queries import contract_at
from services.reporting.figures.access import sees_scores
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.web.requests import answer, command_meta, expected_version, seen, service

bp = Blueprint("audits_api", __name__, url_prefix="/contracts", description="Spot checks and research extracts")


@bp.get("/<contract_id>/samples")
@requires(*LEADERS)
def list_samples(contract_id: str) -> Response:
    """The samples drawn of a contract, the newest first"""
    return _drawn(contract_id, "sample")


@bp.post("/<contract_id>/samples")
@requires(*LEADERS)
@bp.arguments(SampleSchema())
def draw(asked: dict[str, Any], contract_id: str) -> Response:
    """Draw a sample of what a figure counts: by chance, and the same again by its seed and cut"""
    outcome = handlers.draw_sample(service(), command_meta(), contract_id, asked)
    sample_id = outcome.events[-1].event.sample_id
    return answer(outcome, _sample(contract_id, sample_id))


@bp.get("/<contract_id>/samples/<sample_id>")
@requires(*LEADERS)
def read_sample(contract_id: str, sample_id: str) -> Response:
    """A sample, what was found of each item, and whether its seed draws the same again"""
    sample = _sample(contract_id, sample_id)
    response = jsonify(sample)
    response.set_etag(str(sample["version"]))
    return response


@bp.post("/<contract_id>/samples/<sample_id>/items")
@requires(*LEADERS)
@bp.arguments(CheckSchema())
def check(asked: dict[str, Any], contract_id: str, sample_id: str) -> Response:
    """Write down what was found of one item, with a reason unless it was found as recorded"""
    outcome = handlers.check_item(service(), command_meta(), contract_id, sample_id, asked, expected_version())
    return answer(outcome, {"version": outcome.version}, 200)


@bp.get("/<contract_id>/extracts")
@requires(*LEADERS)
def list_extracts(contract_id: str) -> Response:
    """The extracts drawn of a contract: by whom, when and of how many people"""
    return _drawn(contract_id, "extract")


@bp.post("/<contract_id>/extracts")
@requires(*LEADERS)
@bp.arguments(ExtractSchema())
def extract(asked: dict[str, Any], contract_id: str) -> Response:
    """Take away rows about those who consent to research, under study numbers; that it was drawn is written down"""
    made = handlers.draw_extract(service(), command_meta(), contract_id, asked["format"], sees_scores(identity()))
    seen(made.outcome)
    return extract_file(made, contract_id, asked["format"], service().clock.now())


def _drawn(contract_id: str, what: str) -> Response:
    agency_id = identity().agency_id
    with service().database.read() as connection:
        contract_at(service().store, connection, agency_id, contract_id)
        found = drawn_of(service().store, connection, agency_id, contract_id, what)
    return jsonify({"items": [drawn_values(one) for one in found]})


def _sample(contract_id: str, sample_id: str) -> dict[str, Any]:
    agency_id = identity().agency_id
    with service().database.read() as connection:
        found = sample_at(service().store, connection, agency_id, contract_id, sample_id)
    again = is_drawn_again(service(), agency_id, found.sample)
    return {**sample_values(service(), agency_id, found), "same_again": again}
