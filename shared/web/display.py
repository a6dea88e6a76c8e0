"""How a browser shows the pages: light, dark or as its system does, and discreetly or not; remembered per browser."""

from flask import Blueprint, Flask, request
from werkzeug.wrappers import Response

from shared.auth.identity import public
from shared.web.discreet import veiled
from shared.web.language import local_path
from shared.web.requests import see_other

THEMES = ("light", "dark")
_YEAR = 365 * 24 * 3600

bp = Blueprint("display", __name__)


def init_app(app: Flask, prefix: str) -> None:
    """Answer the switches of the shell, and keep the words of the discreet view out of every page."""
    app.register_blueprint(bp, url_prefix=prefix or None)
    app.after_request(_veil)


def chosen_theme() -> str | None:
    """Return the theme chosen for this browser; None follows its system."""
    chosen = request.cookies.get("theme")
    return chosen if chosen in THEMES else None


def is_discreet() -> bool:
    """Say whether this browser shows no word about what brings people here."""
    return request.cookies.get("discreet") == "1"


@bp.post("/display")
@public
def switch() -> Response:
    """Switch the theme or the discreet view of this browser, and go back to the page."""
    response = see_other(local_path(request.form.get("next")))
    for name, values in (("theme", THEMES), ("discreet", ("1",))):
        if request.form.get(name) in values:
            # Not hidden from scripts: with one, the switch works without leaving the page.
            response.set_cookie(
                name, request.form[name], max_age=_YEAR, samesite="Lax", secure=request.is_secure, path="/"
            )
        elif name in request.form:
            response.delete_cookie(name, samesite="Lax", secure=request.is_secure)
    return response


def _veil(response: Response) -> Response:
    if is_discreet() and response.mimetype == "text/html" and not response.is_streamed:
        response.set_data(veiled(response.get_data(as_text=True)))
    return response
