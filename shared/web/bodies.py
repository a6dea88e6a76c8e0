"""What an API accepts as a body: well-formed JSON in UTF-8, of bounded size, and nothing a database cannot hold."""

import json
import re
from contextlib import suppress
from typing import NoReturn

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

from shared.errors import Malformed, WrongContentType

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_NO_BODY = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})
_STILL_TAKEN = 2_000_000
"""How many bytes of a body that is too large are taken and thrown away: more than a proxy in front lets through."""


def init_app(app: Flask) -> None:
    """Check the bodies of the app's requests, and that no address holds a NUL."""
    app.before_request(_check)


def is_api() -> bool:
    """Say whether this request is for an API, by its address."""
    return "/api/" in request.path


def _check() -> None:
    if "\0" in request.path or any("\0" in value for value in request.args.values()):
        raise Malformed("nul_character", "The address holds a character that cannot be stored.")
    if request.endpoint is None or request.method in _NO_BODY:
        return
    _read_whole()
    if not is_api():
        if any("\0" in value for values in request.form.listvalues() for value in values):
            raise Malformed("nul_character", "The body holds a character that cannot be stored.")
        return
    body = request.get_data()
    if not body:
        return
    if request.mimetype != "application/json":
        raise WrongContentType("wrong_content_type", "Send the body as application/json.")
    _check_json(body)


def _read_whole() -> None:
    """Read the body; raises 413 when it is too large."""
    try:
        request.get_data(parse_form_data=not is_api())
        # One that does not tell its length is cut off at the limit without a word; one more look finds the rest.
        request.stream.read(1)
    except RequestEntityTooLarge:
        # Who is still sending would find the connection broken, instead of an answer.
        with suppress(OSError):
            request.environ["wsgi.input"].read(_STILL_TAKEN)
        raise


def _check_json(body: bytes) -> None:
    try:
        told = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        # What is well-formed UTF-8 can hold neither a NUL nor half a character unless it is escaped.
        text = json.dumps(told, ensure_ascii=False) if b"\\u" in body else ""
        text.encode("utf-8")  # A lone surrogate is no text.
    except (ValueError, RecursionError) as error:
        raise Malformed("malformed_json", "The body is not well-formed JSON.") from error
    if _NUL.search(text):
        raise Malformed("nul_character", "The body holds a character that cannot be stored.")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
