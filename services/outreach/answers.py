"""How this service's APIs answer."""

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify
from flask_babel import gettext

from services.outreach.notices import Notice


def warned(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    """Notices in the language of the request."""
    return [
        {"code": one.code, "message": gettext(one.message, **one.params), "path": one.path, **one.params}
        for one in notices
    ]


def page_of(items: list[Any], following: str | None) -> Response:
    """One page of a list, and where the next one begins."""
    return jsonify({"items": items, "next": following})


def versioned(body: dict[str, Any], version: int) -> Response:
    """A resource with its ETag."""
    response = jsonify(body)
    response.set_etag(str(version))
    return response
