"""The JSON API of reading and signing off, the same in every recording service."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS
from shared.serviceunit.reading import queries
from shared.serviceunit.reading.handlers import Units, read_entries, return_entry, signed
from shared.serviceunit.reading.queries import Titles
from shared.serviceunit.reading.schemas import ReadingSchema, ReturnSchema, WaitingSchema
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service


def reading_api(units: Units, address: str, titles: Titles) -> Blueprint:
    """The routes for the `units` of a service, whose pages lie at `address`."""
    bp = Blueprint("readings_api", __name__, url_prefix="/readings", description="Reading and signing off")

    @bp.post("/waiting")
    @requires(*LEADERS)
    @bp.arguments(WaitingSchema())
    def waiting(asked: dict[str, Any]) -> Response:
        """What waits to be read by this leader, the oldest first, and what lies with its author again; no names"""
        who = identity()
        with service().database.read() as connection:
            items = queries.to_read(connection, who, address, titles, **asked)
            returned = queries.returned_by_leaders(connection, who, address, titles)
            count = queries.count_to_read(connection, who)
        full = len(items) == asked["limit"]
        more = queries.cursor_of(items[-1]) if full else None
        return jsonify({"items": items, "count": count, "returned": returned, "next": more})

    @bp.post("")
    @requires(*LEADERS)
    @bp.arguments(ReadingSchema())
    def read(asked: dict[str, Any]) -> Response:
        """Sign for several entries, each by its version; what has changed since is left and named"""
        versions = {one["unit_id"]: one["version"] for one in asked["items"]}
        dry_run = is_dry_run()
        outcome = read_entries(units, service(), identity(), command_meta(), versions, dry_run=dry_run)
        done = signed(outcome)
        return answer(outcome, {"read": done, "left": [one for one in versions if one not in done]}, 200)

    @bp.post("/<unit_id>/return")
    @requires(*LEADERS)
    @bp.arguments(ReturnSchema())
    def give_back(asked: dict[str, Any], unit_id: str) -> Response:
        """Return an entry to its author with a comment"""
        meta, version, dry_run = command_meta(), expected_version(), is_dry_run()
        outcome = return_entry(units, service(), identity(), meta, unit_id, asked["comment"], version, dry_run=dry_run)
        return answer(outcome, {"unit_id": unit_id, "version": version, "returned": True}, 200)

    return bp
