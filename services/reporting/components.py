"""The page that shows what all pages are made of: every colour role, size and component, in both themes."""

from flask import Blueprint, render_template

from shared.auth.identity import requires
from shared.auth.roles import EVERYONE
from shared.errors import FieldError, Invalid
from shared.web.system import colours

bp = Blueprint("components", __name__)


@bp.get("/components")
@requires(*EVERYONE)
def show() -> str:
    """Show every component in both themes."""
    wrong = Invalid.of([FieldError("light-wrong", "required", "Please fill this in.")])
    return render_template("components-page.html", roles=[*colours()], error=wrong)
