"""The pages of reporting periods: each with its draft and its late entries, reports as they were sent, restatements."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import get_locale

from services.reporting.contracts.access import reached
from services.reporting.contracts.queries import ContractAt, contract_at
from services.reporting.exports.audience import for_funder
from services.reporting.figures.access import sees_scores
from services.reporting.figures.who import account_names
from services.reporting.quality.queries import quality_of_contract
from services.reporting.submissions import handlers
from services.reporting.submissions.queries import report_numbered
from services.reporting.submissions.reading import definition_then, names_in
from services.reporting.submissions.verification import verify_report
from services.reporting.submissions.views import (
    draft_document,
    late_of_period,
    one_period,
    periods_view,
    reports_view,
    restatement_view,
)
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS, RECORDERS, REPORT_READERS
from shared.errors import CaseledgerError
from shared.eventstore import Outcome
from shared.serviceunit import codes
from shared.web.requests import command_meta, expected_version, see_other, service

bp = Blueprint("submissions", __name__, url_prefix="/contracts")

Page = Any
_PERIOD = "/<contract_id>/periods/<last_day>"


@bp.get("/<contract_id>/periods")
@requires(*REPORT_READERS)
def list_periods(contract_id: str) -> str:
    """The reporting periods of a contract: where each stands, and its reports."""
    who = identity()
    agency_id, contract_id = reached(who, contract_id)
    view = reports_view if who.role == "funder" else periods_view
    return render_template(
        "reporting/periods.html",
        found=_found(agency_id, contract_id),
        periods=view(service(), agency_id, contract_id),
        is_funder=who.role == "funder",
    )


@bp.get(_PERIOD)
@requires(*RECORDERS)
def show_period(contract_id: str, last_day: str) -> str:
    """One reporting period: what its report would say, why figures are short, and what is late for it."""
    return _period_page(contract_id, last_day)


@bp.post(f"{_PERIOD}/lock")
@requires(*LEADERS)
def lock(contract_id: str, last_day: str) -> Page:
    """Lock a period, once all that was saved has arrived."""
    return _saved(contract_id, last_day, handlers.lock_period)


@bp.post(f"{_PERIOD}/reopen")
@requires(*LEADERS)
def reopen(contract_id: str, last_day: str) -> Page:
    """Open a locked period again, with a reason."""
    given = {"reason": request.form.get("reason", ""), "note": request.form.get("note", "").strip() or None}
    return _saved(contract_id, last_day, handlers.reopen_period, **given)


@bp.post(f"{_PERIOD}/draft")
@requires(*LEADERS)
def draft(contract_id: str, last_day: str) -> Page:
    """Keep why figures are short."""
    told = {
        name.removeprefix("narrative."): text for name, text in request.form.items() if name.startswith("narrative.")
    }
    return _saved(contract_id, last_day, handlers.write_draft, narrative=told)


@bp.post(f"{_PERIOD}/submit")
@requires(*LEADERS)
def submit(contract_id: str, last_day: str) -> Page:
    """Seal the report of a locked period and keep it as it is sent."""
    return _saved(contract_id, last_day, handlers.submit_report, dry_run=False)


@bp.post(f"{_PERIOD}/reports/<int:number>/return")
@requires(*LEADERS)
def give_back(contract_id: str, last_day: str, number: int) -> Page:
    """The funder asks for changes."""
    given = {"reason": request.form.get("reason", ""), "note": request.form.get("note", "").strip() or None}
    return _saved(contract_id, last_day, handlers.return_report, number=number, **given)


@bp.post(f"{_PERIOD}/reports/<int:number>/accept")
@requires(*LEADERS)
def accept(contract_id: str, last_day: str, number: int) -> Page:
    """The funder has accepted the report."""
    return _saved(contract_id, last_day, handlers.accept_report, number=number)


@bp.post(f"{_PERIOD}/late")
@requires(*LEADERS)
def confirm_late(contract_id: str, last_day: str) -> Page:
    """Confirm late entries, with a reason."""
    given = {"event_ids": request.form.getlist("event_ids"), "reason": request.form.get("reason", "")}
    return _saved(contract_id, last_day, handlers.confirm_late_entries, **given)


@bp.get(f"{_PERIOD}/reports/<int:number>")
@requires(*REPORT_READERS)
def show_report(contract_id: str, last_day: str, number: int) -> str:
    """One report as it was sent; when asked, counted again beside it."""
    who = identity()
    agency_id, contract_id = reached(who, contract_id)
    report = report_numbered(one_period(service(), agency_id, contract_id, last_day), number)
    verified = (
        verify_report(service(), agency_id, contract_id, last_day, number) if request.args.get("verify") else None
    )
    return render_template(
        "reporting/report.html",
        found=_found(agency_id, contract_id),
        report=report,
        document=for_funder(report.sent.document) if who.role == "funder" else report.sent.document,
        last_day=last_day,
        verified=verified,
        name=names_in(definition_then(service(), agency_id, contract_id, report).definition),
        accounts=account_names(agency_id),
        is_funder=who.role == "funder",
    )


@bp.get(f"{_PERIOD}/reports/<int:number>/restatement")
@requires(*RECORDERS)
def show_restatement(contract_id: str, last_day: str, number: int) -> str:
    """What has become of a report's figures: until now, or in another report (`to=2019-05-31/1`)."""
    who = identity()
    view = restatement_view(
        service(),
        who.agency_id,
        contract_id,
        last_day,
        number,
        request.args.get("to") or None,
        sees_scores=sees_scores(who),
    )
    return render_template(
        "reporting/restatement.html",
        found=_found(who.agency_id, contract_id),
        view=view,
        name=names_in(view["first"].found.definition, view["second"].found.definition),
        accounts=account_names(who.agency_id),
    )


def _period_page(contract_id: str, last_day: str, error: CaseledgerError | None = None) -> str:
    who = identity()
    periods = periods_view(service(), who.agency_id, contract_id)
    period = next((one for one in periods if one["to"] == last_day), None)
    own = one_period(service(), who.agency_id, contract_id, last_day)
    document = draft_document(service(), who.agency_id, contract_id, last_day)
    found = _found(who.agency_id, contract_id)
    return render_template(
        "reporting/period.html",
        found=found,
        period=period,
        waiting=[one for one in periods if one["to"] < last_day and one["late_waiting"]],
        own=own,
        document=document,
        late=late_of_period(service(), who.agency_id, contract_id, last_day),
        name=names_in(found.definition),
        accounts=account_names(who.agency_id),
        may_write=who.role in LEADERS,
        quality=quality_of_contract(service(), who.agency_id, contract_id, own.period),
        error=error,
        reasons={
            vocabulary: [
                (code, codes.label(vocabulary, code, str(get_locale()))) for code in codes.VOCABULARIES[vocabulary]
            ]
            for vocabulary in ("reopen_reason", "return_reason", "late_reason")
        },
    )


def _saved(contract_id: str, last_day: str, handle: Callable[..., Outcome], **given: Any) -> Page:
    """Back to the period, or the period with what is wrong."""
    try:
        outcome = handle(service(), command_meta(), contract_id, last_day, expected_version(), **given)
    except CaseledgerError as error:
        return _period_page(contract_id, last_day, error), error.status
    return see_other(f"/reporting/contracts/{contract_id}/periods/{last_day}", outcome)


def _found(agency_id: str, contract_id: str) -> ContractAt:
    with service().database.read() as connection:
        return contract_at(service().store, connection, agency_id, contract_id)
