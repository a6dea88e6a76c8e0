"""The page of places: the list, and a form for a new one."""

from typing import Any

from flask import Blueprint, render_template, request

from services.outreach import naming
from services.outreach.places import handlers
from services.outreach.places.schemas import PlaceSchema
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.errors import CaseledgerError
from shared.web.field_messages import load
from shared.web.requests import command_meta, see_other, service

bp = Blueprint("places", __name__, url_prefix="/places")


@bp.route("", methods=["GET", "POST"])
@requires(*RECORDERS)
def list_places() -> Any:
    """The places of the agency; sends back here after adding one."""
    form, error, status = request.form, None, 200
    if request.method == "POST":
        try:
            given = {"name": form.get("name", ""), "district": form.get("district") or None}
            outcome = handlers.register_place(service(), command_meta(), load(PlaceSchema(), given))
            return see_other("/outreach/places", outcome)
        except CaseledgerError as raised:
            error, status = raised, raised.status
    places = handlers.list_places(service(), identity())
    page = render_template(
        "outreach/places.html",
        known_places=places,
        values=form,
        error=error,
        label=naming.label,
        options=naming.options,
    )
    return page, status
