"""The JSON API of assessments and tallies. Assistants record sessions and read no assessments."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.case.assessments import handlers, queries
from services.case.assessments.handlers import Counted, Written
from services.case.assessments.schemas import (
    AssessmentCorrectionSchema,
    AssessmentListSchema,
    AssessmentSchema,
    TallyCorrectionSchema,
    TallyListSchema,
    TallySchema,
    TallyVoidSchema,
)
from services.case.people.handlers import note_looks
from shared.auth.identity import identity, requires
from shared.auth.roles import NOTE_READERS, RECORDERS
from shared.auth.teams import teams_seen
from shared.serviceunit.schemas import VoidSchema
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service

bp = Blueprint("assessments_api", __name__, description="Assessments and questionnaires nobody signs")


@bp.post("/assessments")
@requires(*NOTE_READERS)
@bp.arguments(AssessmentSchema())
def record(asked: dict[str, Any]) -> Response:
    """Record an assessment; PHQ-9 is scored from its nine answers, and `risk` says that the ninth is not nought"""
    return _assessed(handlers.record(service(), identity(), command_meta(), asked, dry_run=is_dry_run()), 201)


@bp.get("/assessments")
@requires(*NOTE_READERS)
@bp.arguments(AssessmentListSchema(), location="query")
def list_assessments(asked: dict[str, Any]) -> Response:
    """The assessments of one's teams, newest first"""
    who = identity()
    with service().database.read() as connection:
        items = queries.assessment_list(connection, who.agency_id, teams_seen(who), **asked)
    full = len(items) == asked["limit"]
    return jsonify({"items": items, "next": queries.cursor_of(items[-1], "assessment_id") if full else None})


@bp.get("/assessments/<assessment_id>")
@requires(*NOTE_READERS)
def read(assessment_id: str) -> Response:
    """One assessment with its answers; the look at the person is written down"""
    state, story = handlers.read(service(), identity(), assessment_id)
    assert state.entry is not None
    note_looks(service(), identity(), [state.entry.person_id] if state.entry.person_id else [], "assessment")
    response = jsonify(queries.assessment_view(state, len(story)))
    response.set_etag(str(len(story)))
    return response


@bp.put("/assessments/<assessment_id>")
@requires(*NOTE_READERS)
@bp.arguments(AssessmentCorrectionSchema())
def correct(asked: dict[str, Any], assessment_id: str) -> Response:
    """Correct an assessment: its full new content and the reason"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    return _assessed(handlers.correct(service(), identity(), meta, assessment_id, asked, version, dry_run=dry_run))


@bp.post("/assessments/<assessment_id>/void")
@requires(*NOTE_READERS)
@bp.arguments(VoidSchema())
def void(asked: dict[str, Any], assessment_id: str) -> Response:
    """Void an assessment that should never have been entered"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    outcome = handlers.void(service(), identity(), meta, assessment_id, asked, version, dry_run=dry_run)
    body = {"assessment_id": assessment_id, "version": outcome.version, "voided": True, "warnings": []}
    return answer(outcome, body, 200)


@bp.post("/tallies")
@requires(*RECORDERS)
@bp.arguments(TallySchema())
def record_tally(asked: dict[str, Any]) -> Response:
    """Record questionnaires nobody signed, as totals or as rows of scores"""
    return _counted(handlers.record_tally(service(), identity(), command_meta(), asked, dry_run=is_dry_run()), 201)


@bp.get("/tallies")
@requires(*RECORDERS)
@bp.arguments(TallyListSchema(), location="query")
def list_tallies(asked: dict[str, Any]) -> Response:
    """The tallies of one's teams, newest first"""
    who = identity()
    with service().database.read() as connection:
        items = queries.tally_list(connection, who.agency_id, teams_seen(who), **asked)
    full = len(items) == asked["limit"]
    return jsonify({"items": items, "next": queries.cursor_of(items[-1], "tally_id") if full else None})


@bp.get("/tallies/<tally_id>")
@requires(*RECORDERS)
def read_tally(tally_id: str) -> Response:
    """One tally as it is now"""
    state, story = handlers.read_tally(service(), identity(), tally_id)
    response = jsonify(queries.tally_view(state, len(story)))
    response.set_etag(str(len(story)))
    return response


@bp.put("/tallies/<tally_id>")
@requires(*RECORDERS)
@bp.arguments(TallyCorrectionSchema())
def correct_tally(asked: dict[str, Any], tally_id: str) -> Response:
    """Correct a tally: its full new content and the reason"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    return _counted(handlers.correct_tally(service(), identity(), meta, tally_id, asked, version, dry_run=dry_run))


@bp.post("/tallies/<tally_id>/void")
@requires(*RECORDERS)
@bp.arguments(TallyVoidSchema())
def void_tally(asked: dict[str, Any], tally_id: str) -> Response:
    """Void a tally that should never have been entered"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    written = handlers.void_tally(service(), identity(), meta, tally_id, asked, version, dry_run=dry_run)
    body = {"tally_id": tally_id, "version": written.outcome.version, "voided": True, "warnings": []}
    return answer(written.outcome, body, 200)


def _assessed(written: Written, status: int = 200) -> Response:
    body = queries.assessment_view(written.state, written.outcome.version) | {"warnings": []}
    return answer(written.outcome, body, status)


def _counted(written: Counted, status: int = 200) -> Response:
    body = queries.tally_view(written.state, written.outcome.version) | {"warnings": []}
    return answer(written.outcome, body, status)
