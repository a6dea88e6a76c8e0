"""The JSON API of figures: reports, what stands behind each figure, cuts and freshness."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.reporting.contracts.access import reached
from services.reporting.exports.audience import for_funder
from services.reporting.figures.access import sees_scores
from services.reporting.figures.compared import chosen_sides, compared_values
from services.reporting.figures.queries import figure_behind, figures_of_unit
from services.reporting.figures.reports import Asked, contract_report, fresh_values
from services.reporting.figures.schemas import AskedSchema, CompareSchema, CutSchema
from services.reporting.figures.words import measure_name
from services.reporting.ledger.cuts import cut_now, cut_on, freshness
from services.reporting.submissions.reading import newest_document
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS, REPORT_READERS
from shared.clock import local_date
from shared.web.requests import service

bp = Blueprint("figures_api", __name__, description="Figures and what stands behind them")


@bp.get("/contracts/<contract_id>/report")
@requires(*REPORT_READERS)
@bp.arguments(AskedSchema(), location="query")
def report(asked: dict[str, Any], contract_id: str) -> Response:
    """A contract's figures: now, as known on a day, or at a cut; for a funder as they were submitted last."""
    who = identity()
    agency_id, contract_id = reached(who, contract_id)
    if who.role == "funder":
        asks_of = asked["as_of"] or asked["cut"]
        return jsonify(for_funder(newest_document(service(), agency_id, contract_id, asks_of=asks_of)))
    return jsonify(contract_report(service(), agency_id, contract_id, Asked(**asked)))


@bp.get("/contracts/<contract_id>/figures/<indicator>/<measure>")
@requires(*RECORDERS)
@bp.arguments(AskedSchema(), location="query")
def figure(asked: dict[str, Any], contract_id: str, indicator: str, measure: str) -> Response:
    """One figure: how it is counted, its sessions and people, what is left out and why, and what moved it."""
    who = identity()
    behind = figure_behind(
        service(), who.agency_id, contract_id, indicator, measure, Asked(**asked), sees_scores=sees_scores(who)
    )
    return jsonify(
        {
            "contract": contract_id,
            "cut": str(behind.cut),
            "how": str(behind.how),
            **behind.values,
            "changes": [behind.told(one) for one in behind.moved],
        }
    )


@bp.get("/contracts/<contract_id>/compare")
@requires(*RECORDERS)
@bp.arguments(CompareSchema(), location="query")
def compare(asked: dict[str, Any], contract_id: str) -> Response:
    """Two definition versions over the same cut, or two days (`from`, `to`): every figure, and what differs."""
    over = Asked(as_of=asked.pop("as_of"), cut=asked.pop("cut"))
    view = chosen_sides(service(), identity().agency_id, contract_id, asked, over)
    figures = [{**compared_values(one), "same": one.same} for one in view.measures]
    return jsonify({"contract": contract_id, "before": view.before, "after": view.after, "figures": figures})


@bp.get("/units/<unit_id>/figures")
@requires(*RECORDERS)
def figures_of_one_unit(unit_id: str) -> Response:
    """Every figure that one session feeds, and of its contracts' others why it does not."""
    figures = figures_of_unit(service(), identity().agency_id, unit_id, measure_name)
    return jsonify(
        {
            "unit_id": unit_id,
            "figures": [one for one in figures if one["counts"]],
            "others": [one for one in figures if not one["counts"]],
        }
    )


@bp.get("/cuts")
@requires(*REPORT_READERS)
@bp.arguments(CutSchema(), location="query")
def cuts(asked: dict[str, Any]) -> Response:
    """The cut of what was known at the end of a day."""
    with service().database.read() as connection:
        cut = cut_on(connection, asked["on"], local_date(service().clock.now()), field="on")
    return jsonify({"on": asked["on"].isoformat(), "cut": str(cut)})


@bp.get("/freshness")
@requires(*REPORT_READERS)
def read_freshness() -> Response:
    """How far this service has heard the others, and the cut of now."""
    with service().database.read() as connection:
        fresh, cut = freshness(connection), cut_now(connection)
    return jsonify({"cut": str(cut), "services": {one.service: fresh_values(one) for one in fresh}})
