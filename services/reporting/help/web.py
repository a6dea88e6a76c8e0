"""The page of help, and the first steps on the home page until somebody has put them away."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from services.reporting.figures.how import WHAT
from services.reporting.help.glossary import GLOSSARY
from shared.auth.identity import identity, requires
from shared.auth.roles import EVERYONE
from shared.web.requests import see_other, service

bp = Blueprint("help", __name__)


@bp.get("/help")
@requires(*EVERYONE)
def show() -> str:
    """How figures are counted, what their words mean, and the terms of the field in both languages."""
    return render_template("reporting/help.html", what=WHAT, glossary=GLOSSARY)


@bp.post("/first-steps")
@requires(*EVERYONE)
def tour() -> Response:
    """Put the first steps away for this account, or show them again at home."""
    service().accounts.set_toured(identity().account_id, toured="again" not in request.form)
    return see_other("/")
