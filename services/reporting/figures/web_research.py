"""The page of the research appendix: what stands beside an outcome's own result, and never decides."""

from flask import Blueprint, render_template

from services.reporting.figures.address import asked_of_address, query_of
from services.reporting.figures.research import research_view
from services.reporting.figures.research_words import EXTREMES, FUNNEL, GUARDS, rule_name
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.web.requests import service

bp = Blueprint("research", __name__)


@bp.get("/contracts/<contract_id>/research")
@requires(*RECORDERS)
def show(contract_id: str) -> str:
    """The outcomes with their funnel, both denominators, other common rules, tests, and what to keep in mind."""
    asked = asked_of_address()
    return render_template(
        "reporting/research.html",
        view=research_view(service(), identity().agency_id, contract_id, asked),
        asked=asked,
        query=query_of(asked),
        funnel_words=FUNNEL,
        extreme_words=EXTREMES,
        guard_words=GUARDS,
        rule_name=rule_name,
    )
