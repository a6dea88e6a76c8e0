"""The pages of figures: the contracts, one contract, and what a session feeds."""

from flask import Blueprint, render_template, request

from services.reporting.builder.drafts import drafts_of
from services.reporting.consolidated.queries import one_page
from services.reporting.contracts.access import reached
from services.reporting.figures.address import asked_of_address, own_page, query, query_of
from services.reporting.figures.overview import overview
from services.reporting.figures.queries import figures_of_unit
from services.reporting.figures.reports import NOW
from services.reporting.figures.words import measure_name
from services.reporting.quality.queries import count_of_contract
from services.reporting.submissions.reading import sent_contract
from shared.auth.identity import Identity, identity, requires
from shared.auth.roles import LEADERS, RECORDERS, REPORT_READERS
from shared.clock import local_date
from shared.web.requests import service

bp = Blueprint("figures", __name__)

CONTRACTS_SHOWN = 20


@bp.get("/contracts")
@requires(*REPORT_READERS)
def list_contracts() -> str:
    """All contracts that this person may see."""
    who = identity()
    page = one_page(service(), who, request.args.get("page"), CONTRACTS_SHOWN)
    with service().database.read() as connection:
        begun = drafts_of(connection, who) if who.role in LEADERS else []
    return render_template(
        "reporting/contracts.html",
        page=page,
        page_at=lambda number: request.path + query({"page": number}),
        drafts=begun,
        may_write=who.role in LEADERS,
    )


@bp.get("/contracts/<contract_id>")
@requires(*REPORT_READERS)
def show_contract(contract_id: str) -> str:
    """One contract: a line for every measure, the outcomes, the deliverables; for a funder as it was reported last."""
    who, asked, today = identity(), asked_of_address(), local_date(service().clock.now())
    agency_id, contract_id = reached(who, contract_id)
    if who.role == "funder":
        return render_template("reporting/sent-contract.html", **sent_contract(service(), agency_id, contract_id))
    view = overview(service(), agency_id, contract_id, asked)
    return render_template(
        "reporting/contract.html",
        view=view,
        asked=asked,
        query=query_of(asked),
        may_write=who.role in LEADERS,
        may_look_behind=who.role in RECORDERS,
        doubts=_doubts(who, contract_id) if asked == NOW else None,
        today=today.isoformat(),
        month_began=today.replace(day=1).isoformat(),
    )


def _doubts(who: Identity, contract_id: str) -> int | None:
    """How much of what was recorded is to be looked at, for those who can: what the ledger shows by itself."""
    if who.role not in RECORDERS:
        return None
    return count_of_contract(service(), who.agency_id, contract_id)


@bp.get("/units/<unit_id>/figures")
@requires(*RECORDERS)
def show_unit(unit_id: str) -> str:
    """Every figure that one session feeds, and why it does not feed the others of its contracts."""
    figures = figures_of_unit(service(), identity().agency_id, unit_id, measure_name)
    return render_template("reporting/unit.html", unit_id=unit_id, figures=figures, entry_url=own_page(unit_id))
