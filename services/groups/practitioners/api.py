"""The JSON API of practitioners."""

from typing import Any

from flask import Response, jsonify
from flask_babel import gettext
from flask_smorest import Blueprint

from services.groups.practitioners import handlers, queries
from services.groups.practitioners.schemas import PractitionerSchema, SearchSchema
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.web.requests import answer, command_meta, is_dry_run, service

bp = Blueprint("practitioners_api", __name__, description="People of the sector")


@bp.post("/practitioners")
@requires(*RECORDERS)
@bp.arguments(PractitionerSchema())
def register(asked: dict[str, Any]) -> Response:
    """Register a practitioner."""
    who = identity()
    outcome = handlers.register(service(), who, command_meta(), asked, dry_run=is_dry_run())
    registered = outcome.events[0].event
    shown = {name: getattr(registered, name) for name in registered.__dataclass_fields__}
    warnings = [
        {
            "code": "possible_duplicate",
            "message": gettext("Somebody with this name in this organisation is known already."),
            "practitioner_id": twin,
        }
        for twin in handlers.twins(service(), who, outcome.stream_id, asked)
    ]
    return answer(outcome, {**shown, "version": outcome.version, "warnings": warnings})


@bp.get("/practitioners")
@requires(*RECORDERS)
@bp.arguments(SearchSchema(), location="query")
def search(asked: dict[str, Any]) -> Response:
    """Search practitioners by name, organisation or post."""
    with service().database.read() as connection:
        found = queries.search(connection, service().vault, identity().agency_id, asked["q"])
    found, following = queries.page(found, asked["after"], asked["limit"])
    return jsonify({"items": found, "next": following})
