"""The JSON API of reporting periods: lock, draft, submit, answer, and late entries."""

from typing import Any, TypeVar

import msgspec
from flask import Response, jsonify
from flask_smorest import Blueprint

from services.reporting.contracts.access import reached
from services.reporting.exports.audience import for_funder
from services.reporting.figures.access import sees_scores
from services.reporting.ledger.published import AssessmentWritten, PublishedUnit, TallyWritten
from services.reporting.submissions import handlers
from services.reporting.submissions.effects import Change, StageWritten, effects, moved_now
from services.reporting.submissions.queries import SentAt, report_numbered
from services.reporting.submissions.schemas import (
    ConfirmLateSchema,
    DraftSchema,
    EffectsSchema,
    ReopenSchema,
    RestatementSchema,
    ReturnReportSchema,
)
from services.reporting.submissions.verification import verify_report
from services.reporting.submissions.views import (
    effect_values,
    late_of_period,
    moved_values,
    one_period,
    periods_view,
    reports_view,
    restatement_view,
)
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS, RECORDERS, REPORT_READERS
from shared.clock import HONG_KONG
from shared.errors import Invalid
from shared.eventstore import Outcome
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service

bp = Blueprint("submissions_api", __name__, url_prefix="/contracts", description="Reporting periods and their reports")

effects_bp = Blueprint("effects_api", __name__, description="What a change would do to reports that were sent")

T = TypeVar("T")

_PERIOD = "/<contract_id>/periods/<last_day>"


@bp.get("/<contract_id>/periods")
@requires(*REPORT_READERS)
def list_periods(contract_id: str) -> Response:
    """The reporting periods of a contract, where each stands, and its reports"""
    who = identity()
    agency_id, contract_id = reached(who, contract_id)
    view = reports_view if who.role == "funder" else periods_view
    return jsonify({"items": view(service(), agency_id, contract_id)})


@bp.post(f"{_PERIOD}/lock")
@requires(*LEADERS)
def lock(contract_id: str, last_day: str) -> Response:
    """Lock a period: what is known now will be reported; refused while a service is behind"""
    return _done(handlers.lock_period(service(), command_meta(), contract_id, last_day, expected_version()))


@bp.post(f"{_PERIOD}/reopen")
@requires(*LEADERS)
@bp.arguments(ReopenSchema())
def reopen(asked: dict[str, Any], contract_id: str, last_day: str) -> Response:
    """Open a locked period again, with a reason"""
    return _done(handlers.reopen_period(service(), command_meta(), contract_id, last_day, expected_version(), **asked))


@bp.put(f"{_PERIOD}/draft")
@requires(*LEADERS)
@bp.arguments(DraftSchema())
def draft(asked: dict[str, Any], contract_id: str, last_day: str) -> Response:
    """Say why figures are short, by `indicator/measure`; the funder will read it"""
    return _done(handlers.write_draft(service(), command_meta(), contract_id, last_day, expected_version(), **asked))


@bp.post(f"{_PERIOD}/reports")
@requires(*LEADERS)
def submit(contract_id: str, last_day: str) -> Response:
    """Seal and submit the report of a locked period; with `dry_run` only show it"""
    dry_run = is_dry_run()
    outcome = handlers.submit_report(
        service(), command_meta(), contract_id, last_day, expected_version(), dry_run=dry_run
    )
    event = outcome.events[-1].event
    body = {"number": event.number, "digest": event.digest, "document": event.document, "version": outcome.version}
    return answer(outcome, {**body, "warnings": []}, 201)


@bp.get(f"{_PERIOD}/reports/<int:number>")
@requires(*REPORT_READERS)
def read_report(contract_id: str, last_day: str, number: int) -> Response:
    """One report as it was sent"""
    who = identity()
    agency_id, contract_id = reached(who, contract_id)
    period = one_period(service(), agency_id, contract_id, last_day)
    response = jsonify(_report(report_numbered(period, number), for_a_funder=who.role == "funder"))
    response.set_etag(str(period.version))
    return response


@bp.get(f"{_PERIOD}/reports/<int:number>/verification")
@requires(*REPORT_READERS)
def verification(contract_id: str, last_day: str, number: int) -> Response:
    """Count a report again and name every difference from what was sent"""
    who = identity()
    agency_id, contract_id = reached(who, contract_id)
    differences = verify_report(service(), agency_id, contract_id, last_day, number).differences
    # A difference may quote an entry, which is for the agency to look at.
    told = [] if who.role == "funder" else list(differences)
    return jsonify({"verified": not differences, "differences": told})


@bp.get(f"{_PERIOD}/reports/<int:number>/restatement")
@requires(*RECORDERS)
@bp.arguments(RestatementSchema(), location="query")
def restated(asked: dict[str, Any], contract_id: str, last_day: str, number: int) -> Response:
    """What has become of a report's figures, step by step: until now, or in another report (`to=2019-05-31/1`)"""
    who = identity()
    view = restatement_view(
        service(), who.agency_id, contract_id, last_day, number, asked["to"], sees_scores=sees_scores(who)
    )
    counted = ("what", "reason", "by", "events")
    by_reason = [dict(zip(counted, one, strict=True)) for one in view["by_reason"]]
    return jsonify({"figures": view["figures"], "by_reason": by_reason})


@bp.post(f"{_PERIOD}/reports/<int:number>/return")
@requires(*LEADERS)
@bp.arguments(ReturnReportSchema())
def give_back(asked: dict[str, Any], contract_id: str, last_day: str, number: int) -> Response:
    """The funder asks for changes"""
    meta, version = command_meta(), expected_version()
    return _done(handlers.return_report(service(), meta, contract_id, last_day, version, number=number, **asked))


@bp.post(f"{_PERIOD}/reports/<int:number>/accept")
@requires(*LEADERS)
def accept(contract_id: str, last_day: str, number: int) -> Response:
    """The funder has accepted the report"""
    meta, version = command_meta(), expected_version()
    return _done(handlers.accept_report(service(), meta, contract_id, last_day, version, number=number))


@bp.get(f"{_PERIOD}/late")
@requires(*RECORDERS)
def late(contract_id: str, last_day: str) -> Response:
    """What was written about a locked period since it was last known, and what of it was confirmed and why"""
    return jsonify({"items": late_of_period(service(), identity().agency_id, contract_id, last_day)})


@bp.post(f"{_PERIOD}/late")
@requires(*LEADERS)
@bp.arguments(ConfirmLateSchema())
def confirm_late(asked: dict[str, Any], contract_id: str, last_day: str) -> Response:
    """Confirm late entries, with a reason"""
    meta, version = command_meta(), expected_version()
    return _done(handlers.confirm_late_entries(service(), meta, contract_id, last_day, version, **asked))


@effects_bp.post("/effects")
@requires(*RECORDERS)
@effects_bp.arguments(EffectsSchema())
def ask_effects(asked: dict[str, Any]) -> Response:
    """What a change that is not saved yet would do to locked periods and to reports that were sent"""
    found = effects(service(), identity().agency_id, _change(asked))
    return jsonify({"items": [effect_values(one) for one in found]})


@effects_bp.post("/effects/figures")
@requires(*RECORDERS)
@effects_bp.arguments(EffectsSchema())
def ask_figures(asked: dict[str, Any]) -> Response:
    """Which figures of now, of every contract, a change that is not saved yet would move, from what to what"""
    found = moved_now(service(), identity().agency_id, _change(asked))
    return jsonify({"items": [moved_values(*one) for one in found]})


def _change(asked: dict[str, Any]) -> Change:
    return Change(
        units=_published(asked, "units", PublishedUnit),
        scores=_published(asked, "scores", AssessmentWritten),
        tallies=_published(asked, "tallies", TallyWritten),
        stages=_published(asked, "stages", StageWritten),
        ended=tuple(asked["ended"]),
        joined=tuple(asked["joined"]),
        parted=tuple(asked["parted"]),
    )


def _published(asked: dict[str, Any], name: str, kind: type[T]) -> tuple[T, ...]:
    try:
        return msgspec.convert(asked[name], tuple[kind, ...])  # type: ignore[valid-type]
    except msgspec.ValidationError as error:
        raise Invalid("unit_unreadable", "This is not a session as it is published.", field=name) from error


def _done(outcome: Outcome) -> Response:
    """Where the period stands after a command: told by its newest events alone, as any client may ask again."""
    return answer(outcome, {"version": outcome.version, "warnings": []}, 200)


def _report(found: SentAt, *, for_a_funder: bool) -> dict[str, Any]:
    sent = found.sent
    return {
        "number": sent.number,
        "standing": sent.standing,
        "submitted_at": found.recorded.recorded_at.astimezone(HONG_KONG).isoformat(timespec="seconds"),
        "definition_version": sent.definition_version,
        "cut": sent.cut,
        "digest": sent.digest,
        "entries": sent.entries,
        "document": for_funder(sent.document) if for_a_funder else sent.document,
    }
