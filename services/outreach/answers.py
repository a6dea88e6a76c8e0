"""How this service's APIs answer."""

from typing import Any

from flask import Response, jsonify


def page_of(items: list[Any], following: str | None) -> Response:
    """One page of a list, and where the next one begins."""
    return jsonify({"items": items, "next": following})


def versioned(body: dict[str, Any], version: int) -> Response:
    """A resource with its ETag."""
    response = jsonify(body)
    response.set_etag(str(version))
    return response
