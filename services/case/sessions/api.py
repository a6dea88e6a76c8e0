"""The JSON API of sessions."""

from functools import partial
from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.case.people.handlers import note_looks
from services.case.sessions import queries
from services.case.sessions.handlers import Written, sessions, take_back_next
from services.case.sessions.schemas import (
    HeldSessionSchema,
    SessionCorrectionSchema,
    SessionListSchema,
    SessionSchema,
    SessionVoidSchema,
)
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.auth.teams import teams_seen
from shared.serviceunit.lifecycle import UnitState
from shared.serviceunit.reading.api import reading_api
from shared.serviceunit.recording import nothing
from shared.serviceunit.shown import represented, told, warned
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service

bp = Blueprint("sessions_api", __name__, description="Case sessions and interdisciplinary support sessions")
readings = reading_api(sessions, queries.ADDRESS, queries.case_numbers)


@bp.post("/sessions")
@requires(*RECORDERS)
@bp.arguments(HeldSessionSchema())
def record(asked: dict[str, Any]) -> Response:
    """Record a session"""
    return _answer(sessions.record(service(), identity(), command_meta(), asked, dry_run=is_dry_run()), 201)


@bp.post("/sessions/plan")
@requires(*RECORDERS)
@bp.arguments(SessionSchema())
def plan(asked: dict[str, Any]) -> Response:
    """Plan a session"""
    return _answer(sessions.plan(service(), identity(), command_meta(), asked, dry_run=is_dry_run()), 201)


@bp.post("/sessions/<session_id>/record")
@requires(*RECORDERS)
@bp.arguments(HeldSessionSchema())
def record_planned(asked: dict[str, Any], session_id: str) -> Response:
    """Say how a planned session went"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    return _answer(sessions.record_planned(service(), identity(), meta, session_id, asked, version, dry_run=dry_run))


@bp.put("/sessions/<session_id>")
@requires(*RECORDERS)
@bp.arguments(SessionCorrectionSchema())
def correct(asked: dict[str, Any], session_id: str) -> Response:
    """Correct a recorded session: its full new content and the reason"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    return _answer(sessions.correct(service(), identity(), meta, session_id, asked, version, dry_run=dry_run))


@bp.post("/sessions/<session_id>/void")
@requires(*RECORDERS)
@bp.arguments(SessionVoidSchema())
def void(asked: dict[str, Any], session_id: str) -> Response:
    """Void a session that should never have been entered"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    beside = partial(take_back_next, service(), session_id) if asked["with_appointment"] else nothing
    outcome = sessions.void(service(), identity(), meta, session_id, asked, version, dry_run=dry_run, beside=beside)
    body = {"session_id": session_id, "version": outcome.version, "phase": "voided", "warnings": []}
    return answer(outcome, body, 200)


@bp.get("/sessions")
@requires(*RECORDERS)
@bp.arguments(SessionListSchema(), location="query")
def list_sessions(asked: dict[str, Any]) -> Response:
    """The sessions of one's teams, newest first"""
    who = identity()
    with service().database.read() as connection:
        items = queries.session_list(connection, who.agency_id, teams_seen(who), **asked)
    return jsonify({"items": items, "next": queries.cursor_of(items[-1]) if len(items) == asked["limit"] else None})


@bp.get("/sessions/<session_id>")
@requires(*RECORDERS)
def read(session_id: str) -> Response:
    """One session as it is now"""
    state, story = sessions.read(service(), identity(), session_id)
    assert state.unit is not None
    note_looks(service(), identity(), {one.person_id for one in state.unit.participants}, "session")
    response = jsonify(_shown(state, len(story)))
    response.set_etag(str(len(story)))
    return response


@bp.get("/sessions/<session_id>/history")
@requires(*RECORDERS)
def history(session_id: str) -> Response:
    """The story of a session: every version, who wrote it, when and why"""
    who = identity()
    _, story = sessions.read(service(), who, session_id)
    names = {one.account_id: one.display_name for one in service().accounts.list_accounts(who.agency_id)}
    return jsonify({"session_id": session_id, "items": [told(recorded, who, names) for recorded in story]})


def _answer(written: Written, status: int = 200) -> Response:
    """The session after the command, and what is worth a second look."""
    view = _shown(written.state, written.outcome.version)
    return answer(written.outcome, {**view, "warnings": warned(written.notices)}, status)


def _shown(state: UnitState, version: int) -> dict[str, Any]:
    shown = represented(state, version, identity())
    return {"session_id": shown["unit_id"], **shown}
