"""Keeping and forgetting what was chosen on a page; the lists stand on the pages themselves and at home."""

from flask import Blueprint, flash, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from shared.auth.identity import identity, requires
from shared.auth.roles import EVERYONE
from shared.errors import Invalid
from shared.web.language import local_path
from shared.web.problems import field_message
from shared.web.requests import see_other, service

bp = Blueprint("kept", __name__)


@bp.post("/filters")
@requires(*EVERYONE)
def keep() -> Response:
    """Keep what is chosen on a page under a name, and go back to the page."""
    address = local_path(request.form.get("address"))
    try:
        service().accounts.filters.keep(identity().account_id, request.form.get("name", ""), address)
    except Invalid as error:
        flash(field_message(error.fields[0]))
    else:
        flash(gettext("Kept. You find it on this page and at home."))
    return see_other(address)


@bp.post("/filters/<filter_id>/forget")
@requires(*EVERYONE)
def forget(filter_id: str) -> Response:
    """Forget one of one's own kept choices, and go back to the page."""
    service().accounts.filters.forget(identity().account_id, filter_id)
    return see_other(local_path(request.form.get("address")))
