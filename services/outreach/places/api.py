"""The JSON API of places."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.outreach.answers import page_of
from services.outreach.places import handlers
from services.outreach.places.schemas import PlaceSchema
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.web.requests import answer, command_meta, is_dry_run, service

bp = Blueprint("places_api", __name__, url_prefix="/places", description="Places where the teams go")


@bp.post("")
@requires(*RECORDERS)
@bp.arguments(PlaceSchema())
def register(asked: dict[str, Any]) -> Response:
    """Register a place."""
    outcome = handlers.register_place(service(), command_meta(), asked, dry_run=is_dry_run())
    place = {"place_id": outcome.stream_id, "name": asked["name"].strip(), "district": asked["district"]}
    return answer(outcome, {**place, "version": outcome.version, "warnings": []})


@bp.get("")
@requires(*RECORDERS)
def list_places() -> Response:
    """The places of the agency, by name."""
    return page_of(handlers.list_places(service(), identity()), None)
