"""Traditional Chinese and English on every page: what was chosen, else the account's, else what the browser asks."""

from pathlib import Path

from flask import Blueprint, Flask, g, request
from flask_babel import Babel
from werkzeug.wrappers import Response

from shared.auth.identity import optional_identity, public
from shared.web import translations
from shared.web.requests import see_other, service

CHINESE, ENGLISH = "zh_Hant_HK", "en"
LANGUAGES = {CHINESE: "繁體中文", ENGLISH: "English"}
COOKIE = "lang"
_YEAR = 365 * 24 * 3600

bp = Blueprint("language", __name__)


def init_app(app: Flask, prefix: str) -> None:
    """Translate the app's texts with the shared catalogue and its package's own."""
    own = Path(app.root_path) / "translations"
    folders = [folder for folder in (*translations.shared_folders(), own) if folder.is_dir()]
    translations.compile_all(folders)
    Babel(
        app,
        default_locale=ENGLISH,
        default_timezone="Asia/Hong_Kong",
        default_translation_directories=";".join(str(folder) for folder in folders),
        locale_selector=chosen_language,
    )
    app.register_blueprint(bp, url_prefix=prefix or None)


def chosen_language() -> str:
    """Return the language of this request.

    A program says it with every request; a person has chosen it once, here or for the account.
    """
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES and not g.get("by_bearer"):
        return chosen
    who = optional_identity()
    accepted = request.accept_languages
    if who is not None and who.language in LANGUAGES and not (g.get("by_bearer") and accepted):
        return who.language
    return _negotiated([tag for tag, _ in accepted])


def _negotiated(tags: list[str]) -> str:
    """Give any Chinese-reading browser Chinese; Werkzeug's own matching answers English to `zh-HK`."""
    for tag in tags:
        if tag.lower().startswith("zh"):
            return CHINESE
        if tag.lower().startswith("en"):
            return ENGLISH
    return ENGLISH


@bp.post("/language")
@public
def switch() -> Response:
    """Switch the language, keep it for the account, and go back to the page."""
    language = request.form.get("language", "")
    response = see_other(local_path(request.form.get("next")))
    if language in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=_YEAR, samesite="Lax", secure=request.is_secure)
        who = optional_identity()
        if who is not None and who.language != language:
            service().accounts.set_language(who.account_id, language)
    return response


def local_path(given: str | None) -> str:
    """Return the given path when it is one of this site, else `/`; a link must not lead people elsewhere."""
    if not given or not given.startswith("/") or given.startswith(("//", "/\\")) or any(c in given for c in "\r\n\t\\"):
        return "/"
    return given
