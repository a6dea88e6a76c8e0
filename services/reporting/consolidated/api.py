"""The JSON API of overviews: many contracts with their sums, page by page."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.reporting.consolidated.domain import Choice, totals
from services.reporting.consolidated.queries import rows_for
from services.reporting.consolidated.schemas import OverviewSchema
from services.reporting.consolidated.views import row_values, said_of_totals, totals_values
from services.reporting.contracts.access import name_for
from shared.auth.identity import identity, requires
from shared.auth.roles import OVERSEERS
from shared.web.requests import service

bp = Blueprint("consolidated_api", __name__, description="Many contracts at one look")


@bp.get("/overview")
@requires(*OVERSEERS)
@bp.arguments(OverviewSchema(), location="query")
def overview(asked: dict[str, Any]) -> Response:
    """Many contracts: of one's agency as they stand, for a funder as they were submitted last; totals of all chosen"""
    who, limit, after = identity(), asked.pop("limit"), asked.pop("after")
    rows = rows_for(service(), who, Choice(**asked))
    named = [(name_for(who, (row.agency_id, row.contract_id)), row) for row in rows]
    start = next((place + 1 for place, (name, _) in enumerate(named) if name == after), 0)
    shown = named[start : start + limit]
    sums = totals(rows)
    return jsonify(
        {
            "items": [row_values(row, name) for name, row in shown],
            "next": shown[-1][0] if start + limit < len(named) else None,
            "totals": totals_values(sums),
            "explanations": said_of_totals(sums),
        }
    )
