"""The page with two definition versions, or two days, of one contract side by side."""

from flask import Blueprint, render_template, request

from services.reporting.figures.address import asked_of_address, day_of_address
from services.reporting.figures.compared import chosen_sides
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.web.requests import service

bp = Blueprint("compare", __name__)


@bp.get("/contracts/<contract_id>/compare")
@requires(*RECORDERS)
def show(contract_id: str) -> str:
    """Two versions of a definition over the same sessions, or two days: every figure that differs, and its sessions."""
    asked = {
        "before": request.args.get("before", type=int),
        "after": request.args.get("after", type=int),
        "from_day": day_of_address("from"),
        "to_day": day_of_address("to"),
    }
    view = chosen_sides(service(), identity().agency_id, contract_id, asked, asked_of_address())
    changes = [one for one in view.measures if not one.same]
    return render_template(
        "reporting/compare.html",
        view=view,
        changes=changes,
        same=len(view.measures) - len(changes),
        by_days=asked["from_day"] is not None,
    )
