"""The pages of practitioners: the list with its search, and registering one."""

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext

from services.groups.practitioners import handlers, queries
from services.groups.practitioners.schemas import PractitionerSchema
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS
from shared.errors import CaseledgerError
from shared.web.field_messages import load
from shared.web.requests import command_meta, see_other, service

bp = Blueprint("practitioners", __name__, url_prefix="/practitioners")


@bp.route("", methods=["GET", "POST"])
@requires(*RECORDERS)
def list_practitioners() -> str:
    """All practitioners of the agency, or those found; what is searched for is posted, so it stands in no address."""
    text = request.form.get("q", "")
    with service().database.read() as connection:
        found = queries.search(connection, service().vault, identity().agency_id, text)
    return render_template("groups/practitioners.html", practitioners=found, q=text)


@bp.route("/new", methods=["GET", "POST"])
@requires(*RECORDERS)
def new() -> Any:
    """Register a practitioner."""
    who, error, status = identity(), None, 200
    if request.method == "POST":
        try:
            asked = _loaded()
            outcome = handlers.register(service(), who, command_meta(), asked)
            if handlers.twins(service(), who, outcome.stream_id, asked):
                flash(gettext("Somebody with this name in this organisation is known already."))
            return see_other("/groups/practitioners", outcome)
        except CaseledgerError as raised:
            error, status = raised, raised.status
    return render_template("groups/practitioner-form.html", values=request.form, error=error), status


def _loaded() -> dict[str, Any]:
    asked = {name: request.form.get(name, "") for name in ("name", "organisation")}
    return load(PractitionerSchema(), {**asked, "post": request.form.get("post") or None})
