"""The JSON API of visits."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.outreach.answers import page_of, versioned
from services.outreach.visits import handlers, queries
from services.outreach.visits.handlers import Written, visits
from services.outreach.visits.queries import cursor_of, represented, told
from services.outreach.visits.schemas import (
    VisitCorrectionSchema,
    VisitFromPlanSchema,
    VisitListSchema,
    VisitSchema,
)
from shared.auth.identity import identity, requires
from shared.auth.roles import NOTE_READERS, RECORDERS
from shared.serviceunit.reading.api import reading_api
from shared.serviceunit.recording import state_after
from shared.serviceunit.schemas import VoidSchema
from shared.serviceunit.shown import warned
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service

bp = Blueprint("visits_api", __name__, url_prefix="/visits", description="Outreach, home and online visits")
readings = reading_api(visits, queries.ADDRESS, queries.titles)


@bp.post("/plan")
@requires(*RECORDERS)
@bp.arguments(VisitSchema())
def plan(asked: dict[str, Any]) -> Response:
    """Plan a visit."""
    return _saved(visits.plan(service(), identity(), command_meta(), asked, dry_run=is_dry_run()))


@bp.post("")
@requires(*RECORDERS)
@bp.arguments(VisitSchema())
def record(asked: dict[str, Any]) -> Response:
    """Record a visit with everybody met or missed; new contacts are made with it."""
    return _saved(visits.record(service(), identity(), command_meta(), asked, dry_run=is_dry_run()))


@bp.post("/<visit_id>/record")
@requires(*RECORDERS)
@bp.arguments(VisitFromPlanSchema())
def record_planned(asked: dict[str, Any], visit_id: str) -> Response:
    """Record what became of a planned visit."""
    meta, version, dry_run = command_meta(), expected_version(), is_dry_run()
    return _saved(visits.record_planned(service(), identity(), meta, visit_id, asked, version, dry_run=dry_run), 200)


@bp.put("/<visit_id>")
@requires(*RECORDERS)
@bp.arguments(VisitCorrectionSchema())
def correct(asked: dict[str, Any], visit_id: str) -> Response:
    """Correct a recorded visit: send its full new content and the reason."""
    meta, version, dry_run = command_meta(), expected_version(), is_dry_run()
    return _saved(visits.correct(service(), identity(), meta, visit_id, asked, version, dry_run=dry_run), 200)


@bp.post("/<visit_id>/void")
@requires(*RECORDERS)
@bp.arguments(VoidSchema())
def void(asked: dict[str, Any], visit_id: str) -> Response:
    """Void a visit; it counts no more and stays readable."""
    meta, version, dry_run = command_meta(), expected_version(), is_dry_run()
    outcome = visits.void(service(), identity(), meta, visit_id, asked, version, dry_run=dry_run)
    return answer(outcome, {"visit_id": visit_id, "version": outcome.version, "phase": "voided", "warnings": []}, 200)


@bp.get("")
@requires(*RECORDERS)
@bp.arguments(VisitListSchema(), location="query")
def list_visits(asked: dict[str, Any]) -> Response:
    """The visits of one's teams, newest first."""
    items = handlers.list_visits(service(), identity(), asked)
    return page_of(items, cursor_of(items[-1]) if len(items) == asked["limit"] else None)


@bp.get("/<visit_id>")
@requires(*RECORDERS)
def read(visit_id: str) -> Response:
    """One visit as it is now."""
    state, story = visits.read(service(), identity(), visit_id)
    return versioned(represented(state, len(story), with_note=_reads_notes()), len(story))


@bp.get("/<visit_id>/history")
@requires(*RECORDERS)
def history(visit_id: str) -> Response:
    """The story of a visit: every version, who wrote it, when and why."""
    _, story = visits.read(service(), identity(), visit_id)
    accounts = service().accounts.list_accounts(identity().agency_id)
    names = {one.account_id: one.display_name for one in accounts}
    return page_of([told(one, names, with_note=_reads_notes()) for one in story], None)


def _saved(written: Written, status: int = 201) -> Response:
    """The visit after a command, and what is worth a second look; the same again for a repeated request."""
    outcome = written.outcome
    shown = represented(state_after(outcome), outcome.version, with_note=_reads_notes())
    return answer(outcome, {**shown, "warnings": warned(written.notices)}, status)


def _reads_notes() -> bool:
    return identity().role in NOTE_READERS
