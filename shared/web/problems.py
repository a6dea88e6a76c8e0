"""Errors become RFC 9457 problem documents for APIs, and proper pages for people; in the language of the request."""

from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, Response, g, jsonify, redirect, render_template, request
from flask_babel import gettext, lazy_gettext
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from shared.errors import CaseledgerError, FieldError
from shared.web import requestlog
from shared.web.bodies import is_api
from shared.web.field_messages import field_errors

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: lazy_gettext("The request cannot be read"),
    401: lazy_gettext("Please sign in"),
    403: lazy_gettext("This is not open to you"),
    404: lazy_gettext("There is nothing here"),
    405: lazy_gettext("This cannot be done here"),
    409: lazy_gettext("This cannot be done now"),
    412: lazy_gettext("Somebody else has just changed this"),
    413: lazy_gettext("This is too large"),
    415: lazy_gettext("This type of content is not understood here"),
    422: lazy_gettext("Some fields need to be changed"),
    428: lazy_gettext("The version is missing"),
    429: lazy_gettext("Please wait a while"),
    500: lazy_gettext("Something went wrong on our side"),
    503: lazy_gettext("This part does not answer now"),
}

# What to say about errors that the framework finds itself: a code and a sentence each.
_FRAMEWORK = {
    400: ("malformed", lazy_gettext("The request is not well formed.")),
    404: ("not_found", lazy_gettext("The address may be wrong, or what was here belongs to another team.")),
    405: ("method_not_allowed", lazy_gettext("This address does not take this kind of request.")),
    413: ("too_large", lazy_gettext("The request is larger than 1 MB.")),
    415: ("wrong_content_type", lazy_gettext("Send the body as application/json.")),
    422: ("invalid", lazy_gettext("Please look at the fields named below.")),
    500: ("internal", lazy_gettext("Nothing was saved. Please try again; if it stays so, tell your administrator.")),
}

# What the person can do about it, where the sentence above does not say so already.
ADVICE = {
    403: lazy_gettext("If you need this for your work, ask your team leader."),
    404: lazy_gettext("Search for it by its number or name, or go back to where you were."),
    405: lazy_gettext("Go back to where you were, and use the buttons there."),
    409: lazy_gettext("Look at it as it is now, and decide again."),
    412: lazy_gettext("Look at what is there now, then make your change again."),
    413: lazy_gettext("Shorten the text or choose a smaller file, and send it again."),
    429: lazy_gettext("Wait a minute, then try again."),
    503: lazy_gettext("Wait a moment and try again. What is sent twice is saved once."),
}
# After these, sending the same once more may succeed: what was typed is kept for it.
_WORTH_REPEATING = frozenset({401, 429, 500, 503})


def init_app(app: Flask) -> None:
    """Handle every error of the app."""
    app.register_error_handler(CaseledgerError, _answer_ours)
    app.register_error_handler(ValidationError, _answer_validation)
    app.register_error_handler(HTTPException, answer_http_exception)


def _answer_ours(error: CaseledgerError) -> Response:
    return _answer(error.status, error.code, error_message(error), error.fields)


def _answer_validation(error: ValidationError) -> Response:
    code, detail = _FRAMEWORK[422]
    return _answer(422, code, str(detail), field_errors(error.messages_dict))


def answer_http_exception(error: HTTPException) -> Response:
    """Answer an error of the framework; keeps its headers, such as Allow."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    code, detail = _FRAMEWORK.get(status, (f"http_{status}", error.name))
    data = getattr(error, "data", None) or {}
    response = _answer(status, code, str(detail), field_errors(data.get("messages", ())))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def problem(status: int, code: str, detail: str, fields: list[FieldError]) -> dict[str, Any]:
    """Return a problem document in the language of the request."""
    return {
        "type": f"urn:caseledger:problem:{code}",
        "title": title_of(status),
        "status": status,
        "detail": detail,
        "code": code,
        "fields": [{"path": f.path, "code": f.code, "message": field_message(f)} for f in fields],
        "correlation_id": g.get("correlation_id"),
    }


def title_of(status: int) -> str:
    """Return the short title of a status in the language of the request."""
    return str(TITLES[status]) if status in TITLES else HTTPStatus(status).phrase


def error_message(error: CaseledgerError) -> str:
    """Return what went wrong in the language of the request."""
    return str(gettext(error.message, **error.params))


def field_message(error: FieldError) -> str:
    """Return what is wrong with a field in the language of the request."""
    return str(gettext(error.message, **error.params))


def _answer(status: int, code: str, detail: str, fields: list[FieldError]) -> Response:
    g.problem = code  # For the log.
    document = problem(status, code, detail, fields)
    if is_api():
        response = jsonify(document)
        response.mimetype = MEDIA_TYPE
    elif code == "not_signed_in" and request.method in ("GET", "HEAD"):
        return _to_sign_in()
    elif code == "password_must_change" and request.method in ("GET", "HEAD"):
        return cast("Response", redirect("/account", code=303))
    else:
        response = _page(document)
    response.status_code = status
    response.headers["X-Caseledger-Problem"] = code  # Also on a page: a phone that sends what waited reads it.
    if status == 401 and is_api():
        response.headers["WWW-Authenticate"] = 'Bearer realm="caseledger"'
    return response


def _page(document: dict[str, Any]) -> Response:
    """Show the error and what can be done; where the same may be sent once more, what was typed is kept.

    The page needs the person, the agency and the database: where it cannot be drawn, its sentences still come.
    """
    status = document["status"]
    kept = [(name, value) for name, value in request.form.items(multi=True)] if status in _WORTH_REPEATING else []
    try:
        page = render_template("error.html", problem=document, kept=kept, advice=ADVICE.get(status))
    except Exception as fault:
        requestlog.log_failure(fault)
        return Response(f"{document['title']}\n\n{document['detail']}\n", mimetype="text/plain")
    return Response(page, mimetype="text/html")


def _to_sign_in() -> Response:
    here = request.full_path.rstrip("?")
    return cast("Response", redirect(f"/sign-in?{urlencode({'next': here})}", code=303))
