"""The JSON API of timelines."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from services.case.timeline import handlers
from services.case.timeline.schemas import TimelineSchema
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.web.requests import service

bp = Blueprint("timeline_api", __name__, description="The timeline of a case")


@bp.get("/cases/<case_id>/timeline")
@requires(*RECORDERS)
@bp.arguments(TimelineSchema(), location="query")
def timeline(asked: dict[str, Any], case_id: str) -> Response:
    """All that happened in a case, newest first, whichever service recorded it"""
    found = handlers.open_timeline(service(), identity(), case_id, **asked)
    return jsonify({"items": found.items, "next": found.following})
