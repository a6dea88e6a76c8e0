"""What an API accepts as a body: well-formed JSON in UTF-8, of bounded size, and nothing a database cannot hold."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import IO, Any, NoReturn, TypeVar

from flask import Flask, Request, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from shared.errors import Malformed, TooLarge, WrongContentType

View = TypeVar("View", bound=Callable[..., Any])

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_NO_BODY = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})
_BESIDE_A_FILE = 100_000
"""How many bytes the rest of a form may take."""
_STILL_TAKEN = 2_000_000
"""How many bytes of a body that is too large are taken and thrown away: more than a proxy in front lets through."""


class InMemory(Request):
    """A request whose files stay in memory: what may hold names is never laid down in clear."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return BytesIO()


def takes_file(largest: int) -> Callable[[View], View]:
    """Mark a view that takes a file of up to `largest` bytes: a form's, or the whole body of a request to an API."""

    def mark(view: View) -> View:
        view.__largest__ = largest  # type: ignore[attr-defined]
        return view

    return mark


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
    largest = getattr(current_app.view_functions[request.endpoint], "__largest__", None)
    _read_whole(largest)
    if not is_api():
        if any("\0" in value for values in request.form.listvalues() for value in values):
            raise Malformed("nul_character", "The body holds a character that cannot be stored.")
        return
    body = request.get_data()
    if not body or largest is not None:
        return
    if request.mimetype != "application/json":
        raise WrongContentType("wrong_content_type", "Send the body as application/json.")
    _check_json(body)


def _read_whole(largest: int | None) -> None:
    """Read the body; raises 413 when it is too large, which a file is beyond `largest` bytes."""
    if largest is not None:
        request.max_content_length = largest + _BESIDE_A_FILE
    try:
        request.get_data(parse_form_data=not is_api())
        # One that does not tell its length is cut off at the limit without a word; one more look finds the rest.
        request.stream.read(1)
    except RequestEntityTooLarge:
        # Who is still sending would find the connection broken, instead of an answer.
        with suppress(OSError):
            request.environ["wsgi.input"].read(_STILL_TAKEN)
        if largest is not None:
            raise TooLarge(
                "file_too_large", "This file is too large: at most %(most)s MB.", most=largest // 10**6
            ) from None
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
