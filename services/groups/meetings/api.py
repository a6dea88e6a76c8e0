"""The JSON API of meetings and sector events."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.groups.meetings import queries
from services.groups.meetings.handlers import Written, meetings
from services.groups.meetings.schemas import MeetingCorrectionSchema, MeetingListSchema, MeetingSchema
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.auth.teams import teams_seen
from shared.serviceunit.lifecycle import UnitState
from shared.serviceunit.reading.api import reading_api
from shared.serviceunit.recording import state_after
from shared.serviceunit.schemas import VoidSchema
from shared.serviceunit.shown import represented, told, warned
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service

bp = Blueprint("meetings_api", __name__, description="Meetings of groups and events for the sector")
readings = reading_api(meetings, queries.ADDRESS, queries.group_titles)


@bp.post("/meetings/plan")
@requires(*RECORDERS)
@bp.arguments(MeetingSchema())
def plan(asked: dict[str, Any]) -> Response:
    """Plan a meeting."""
    written = meetings.plan(service(), identity(), command_meta(), asked, dry_run=is_dry_run())
    return _answer(written, 201)


@bp.post("/meetings")
@requires(*RECORDERS)
@bp.arguments(MeetingSchema())
def record(asked: dict[str, Any]) -> Response:
    """Record a meeting with its whole attendance."""
    written = meetings.record(service(), identity(), command_meta(), asked, dry_run=is_dry_run())
    return _answer(written, 201)


@bp.post("/meetings/<meeting_id>/record")
@requires(*RECORDERS)
@bp.arguments(MeetingSchema())
def record_planned(asked: dict[str, Any], meeting_id: str) -> Response:
    """Record a planned meeting."""
    version, dry_run = expected_version(), is_dry_run()
    written = meetings.record_planned(
        service(), identity(), command_meta(), meeting_id, asked, version, dry_run=dry_run
    )
    return _answer(written, 200)


@bp.put("/meetings/<meeting_id>")
@requires(*RECORDERS)
@bp.arguments(MeetingCorrectionSchema())
def correct(asked: dict[str, Any], meeting_id: str) -> Response:
    """Correct a recorded meeting: send its full new content and the reason."""
    version, dry_run = expected_version(), is_dry_run()
    written = meetings.correct(service(), identity(), command_meta(), meeting_id, asked, version, dry_run=dry_run)
    return _answer(written, 200)


@bp.post("/meetings/<meeting_id>/void")
@requires(*RECORDERS)
@bp.arguments(VoidSchema())
def void(asked: dict[str, Any], meeting_id: str) -> Response:
    """Void a meeting."""
    version, dry_run = expected_version(), is_dry_run()
    outcome = meetings.void(service(), identity(), command_meta(), meeting_id, asked, version, dry_run=dry_run)
    return answer(outcome, {"meeting_id": meeting_id, "version": outcome.version, "phase": "voided"}, 200)


@bp.get("/meetings")
@requires(*RECORDERS)
@bp.arguments(MeetingListSchema(), location="query")
def list_meetings(asked: dict[str, Any]) -> Response:
    """The meetings of one's teams, newest first."""
    who = identity()
    with service().database.read() as connection:
        items = queries.meetings(connection, who.agency_id, teams_seen(who), **asked)
    full = len(items) == asked["limit"]
    return jsonify({"items": items, "next": queries.cursor_of(items[-1]) if full else None})


@bp.get("/meetings/<meeting_id>")
@requires(*RECORDERS)
def read(meeting_id: str) -> Response:
    """One meeting as it is now."""
    state, story = meetings.read(service(), identity(), meeting_id)
    response = jsonify(_shown(state, len(story)))
    response.set_etag(str(len(story)))
    return response


@bp.get("/meetings/<meeting_id>/history")
@requires(*RECORDERS)
def history(meeting_id: str) -> Response:
    """The story of a meeting: every version, who wrote it, when and why."""
    who = identity()
    _, story = meetings.read(service(), who, meeting_id)
    names = {one.account_id: one.display_name for one in service().accounts.list_accounts(who.agency_id)}
    return jsonify({"meeting_id": meeting_id, "items": [told(recorded, who, names) for recorded in story]})


def _answer(written: Written, status: int) -> Response:
    """The meeting after the command, and what is worth a second look; the same again for a repeated request."""
    outcome = written.outcome
    body = _shown(state_after(outcome), outcome.version)
    return answer(outcome, {**body, "warnings": warned(written.notices)}, status)


def _shown(state: UnitState, version: int) -> dict[str, Any]:
    shown = represented(state, version, identity())
    return {"meeting_id": shown["unit_id"], **shown}
