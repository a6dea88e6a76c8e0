"""The page of early warnings: what is behind its pace, over all running contracts."""

from typing import Any

from flask import Blueprint, render_template, request

from services.reporting.figures.address import query
from services.reporting.figures.chosen import paged
from services.reporting.figures.early import Wanted, early_warnings, running_contracts
from services.reporting.figures.words import OUTLOOKS
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.web.requests import service

bp = Blueprint("early", __name__)

CHOICES = ("contract", "outlook")


@bp.get("/warnings")
@requires(*LEADERS)
def show() -> str:
    """Every measure behind its pace: what a month needs, and its forecast against the target."""
    agency_id, asked = identity().agency_id, {name: request.args.get(name) or None for name in CHOICES}
    contracts = running_contracts(service(), agency_id)
    found = early_warnings(service(), agency_id, contracts)
    wanted = Wanted(contract=asked["contract"], outlook=asked["outlook"] if asked["outlook"] in OUTLOOKS else None)
    page = paged([one for one in found if wanted.fits(one)], request.args.get("page"))
    return render_template(
        "reporting/warnings.html", page=page, contracts=contracts, wanted=wanted, behind=len(found), here=_here(asked)
    )


def _here(asked: dict[str, str | None]) -> Any:
    """The address of another page of what is chosen."""
    return lambda number: request.path + query({**asked, "page": number})
