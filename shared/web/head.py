"""How far a service's event store reaches: whoever must know everything first asks each service, then waits."""

from flask import Response, jsonify
from flask_smorest import Blueprint

from shared.auth.identity import requires
from shared.auth.roles import RECORDERS
from shared.web.requests import service

bp = Blueprint("head_api", __name__, description="How far this service's entries reach")


@bp.post("/head")
@requires(*RECORDERS)
def head() -> Response:
    """The position of the last event this service has stored"""
    own = service()
    with own.database.read() as connection:
        position, _ = own.store.head(connection)
    return jsonify({"service": own.name, "position": position})
