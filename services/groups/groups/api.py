"""The JSON API of groups and their members."""

from typing import Any

import msgspec
from flask import Response, jsonify
from flask_smorest import Blueprint

from services.groups.groups import handlers, queries
from services.groups.groups.domain import AdmitMember, ChangeGroup, EndGroup, OpenGroup, ReleaseMember
from services.groups.groups.events import GroupPlanned
from services.groups.groups.schemas import (
    DaySchema,
    GroupChangeSchema,
    GroupSchema,
    LeaveSchema,
    ListSchema,
    MemberSchema,
    SearchSchema,
)
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.auth.teams import teams_seen
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service

bp = Blueprint("groups_api", __name__, description="Groups and activities")


@bp.post("/groups")
@requires(*RECORDERS)
@bp.arguments(GroupSchema())
def plan(asked: dict[str, Any]) -> Response:
    """Plan a group or activity."""
    outcome = handlers.plan_group(service(), identity(), command_meta(), asked, dry_run=is_dry_run())
    planned: GroupPlanned = outcome.events[0].event
    body = msgspec.to_builtins(planned)
    return answer(outcome, {**body, "phase": "planned", "version": outcome.version, "members": [], "warnings": []})


@bp.get("/groups")
@requires(*RECORDERS)
@bp.arguments(ListSchema(), location="query")
def list_groups(asked: dict[str, Any]) -> Response:
    """The groups of one's teams, newest first."""
    who = identity()
    with service().database.read() as connection:
        items = queries.groups(connection, who.agency_id, teams_seen(who), **asked)
    full = len(items) == asked["limit"]
    return jsonify({"items": msgspec.to_builtins(items), "next": items[-1]["group_id"] if full else None})


@bp.post("/groups/search")
@requires(*RECORDERS)
@bp.arguments(SearchSchema())
def search(asked: dict[str, Any]) -> Response:
    """The groups of one's teams whose title holds what is asked for, or those named"""
    who = identity()
    with service().database.read() as connection:
        items = queries.titled(connection, who.agency_id, teams_seen(who), **asked)
    return jsonify({"items": items})


@bp.get("/groups/<group_id>")
@requires(*RECORDERS)
def read(group_id: str) -> Response:
    """One group with all its memberships."""
    found = handlers.read_group(service(), identity(), group_id)
    response = jsonify(msgspec.to_builtins(found))
    response.set_etag(str(found["version"]))
    return response


@bp.put("/groups/<group_id>")
@requires(*RECORDERS)
@bp.arguments(GroupChangeSchema())
def change(asked: dict[str, Any], group_id: str) -> Response:
    """Describe a group anew: send its full description."""
    return _changed(ChangeGroup(group_id=group_id, **asked))


@bp.post("/groups/<group_id>/open")
@requires(*RECORDERS)
@bp.arguments(DaySchema())
def open_group(asked: dict[str, Any], group_id: str) -> Response:
    """Open a planned group."""
    return _changed(handlers.command_on_day(OpenGroup, service(), group_id, asked))


@bp.post("/groups/<group_id>/end")
@requires(*RECORDERS)
@bp.arguments(DaySchema())
def end(asked: dict[str, Any], group_id: str) -> Response:
    """End a group."""
    return _changed(handlers.command_on_day(EndGroup, service(), group_id, asked))


@bp.post("/groups/<group_id>/members")
@requires(*RECORDERS)
@bp.arguments(MemberSchema())
def join(asked: dict[str, Any], group_id: str) -> Response:
    """Take a person into the group; somebody who comes back has a second membership."""
    return _changed(AdmitMember(group_id=group_id, **asked), 201)


@bp.post("/groups/<group_id>/members/leave")
@requires(*RECORDERS)
@bp.arguments(LeaveSchema())
def leave(asked: dict[str, Any], group_id: str) -> Response:
    """End a membership."""
    return _changed(ReleaseMember(group_id=group_id, **asked))


def _changed(command: ChangeGroup | OpenGroup | EndGroup | AdmitMember | ReleaseMember, status: int = 200) -> Response:
    version, dry_run = expected_version(), is_dry_run()
    outcome = handlers.change_group(service(), identity(), command_meta(), command, version, dry_run=dry_run)
    return answer(outcome, {"group_id": command.group_id, "version": outcome.version, "warnings": []}, status)
