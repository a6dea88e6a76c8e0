"""The JSON API of people. Names leave through here and through this service's pages, nowhere else."""

from typing import Any

from flask import Response, jsonify
from flask_babel import gettext
from flask_smorest import Blueprint

from services.case.people import handlers
from services.case.people.domain import EndCode, GiveCode
from services.case.people.handlers import Written
from services.case.people.queries import numbered, person_view
from services.case.people.schemas import (
    ConsentSchema,
    DetailsSchema,
    EraseSchema,
    LooksSchema,
    MergeSchema,
    NamesSchema,
    NumbersSchema,
    PersonSchema,
    RoleEndSchema,
    RoleSchema,
    SearchSchema,
    TargetGroupEndSchema,
    TargetGroupSchema,
    UnmergeSchema,
)
from shared.auth.identity import identity, open_to_feeds, requires
from shared.auth.roles import LEADERS, NOTE_READERS, RECORDERS
from shared.auth.teams import reads_notes, teams_seen
from shared.web.requests import answer, command_meta, expected_version, is_dry_run, service

bp = Blueprint("people_api", __name__, description="People")


@bp.post("/people")
@requires(*RECORDERS)
@bp.arguments(PersonSchema())
def register(asked: dict[str, Any]) -> Response:
    """Register a person; the warnings name who may be the same person"""
    written = handlers.register(service(), identity(), command_meta(), asked, dry_run=is_dry_run())
    return _answer(written, 201)


@bp.get("/people")
@requires(*RECORDERS)
@bp.arguments(SearchSchema(), location="query")
def find(asked: dict[str, Any]) -> Response:
    """Search the registry by name, alias, phone or client number, or list the people of one's teams"""
    return _found(asked)


@bp.post("/people/search")
@requires(*RECORDERS)
@bp.arguments(SearchSchema())
def search(asked: dict[str, Any]) -> Response:
    """The same search with the words in the body, so that no name stands in an address"""
    return _found(asked)


def _found(asked: dict[str, Any]) -> Response:
    who = identity()
    items = handlers.find(service(), who, asked["q"], teams_seen(who), asked["limit"], asked["after"])
    return jsonify({"items": items, "next": items[-1]["person_id"] if len(items) == asked["limit"] else None})


@bp.get("/people/<person_id>")
@requires(*RECORDERS)
def read(person_id: str) -> Response:
    """One person; the look is written down"""
    person, version = handlers.look_at(service(), identity(), person_id, "api")
    response = jsonify(person_view(person, with_note=reads_notes(identity())) | {"version": version})
    response.set_etag(str(version))
    return response


@bp.put("/people/<person_id>")
@requires(*RECORDERS)
@bp.arguments(DetailsSchema())
def change(asked: dict[str, Any], person_id: str) -> Response:
    """Correct the details; fields left out stay as they are"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    return _answer(handlers.change_details(service(), identity(), meta, person_id, asked, version, dry_run=dry_run))


@bp.post("/people/<person_id>/roles")
@requires(*RECORDERS)
@bp.arguments(RoleSchema())
def give_role(asked: dict[str, Any], person_id: str) -> Response:
    """Give a role from a day on"""
    return _date_code(person_id, GiveCode(kind="role", code=asked["role"], from_date=asked["from_date"]))


@bp.post("/people/<person_id>/roles/end")
@requires(*RECORDERS)
@bp.arguments(RoleEndSchema())
def end_role(asked: dict[str, Any], person_id: str) -> Response:
    """End a role with its last day"""
    return _date_code(person_id, EndCode(kind="role", code=asked["role"], to_date=asked["to_date"]))


@bp.post("/people/<person_id>/target-groups")
@requires(*RECORDERS)
@bp.arguments(TargetGroupSchema())
def give_target_group(asked: dict[str, Any], person_id: str) -> Response:
    """Count a person to a target group from a day on"""
    given = GiveCode(kind="target_group", code=asked["target_group"], from_date=asked["from_date"])
    return _date_code(person_id, given)


@bp.post("/people/<person_id>/target-groups/end")
@requires(*RECORDERS)
@bp.arguments(TargetGroupEndSchema())
def end_target_group(asked: dict[str, Any], person_id: str) -> Response:
    """End a target group with its last day"""
    ended = EndCode(kind="target_group", code=asked["target_group"], to_date=asked["to_date"])
    return _date_code(person_id, ended)


@bp.post("/people/<person_id>/consents")
@requires(*RECORDERS)
@bp.arguments(ConsentSchema())
def give_consent(asked: dict[str, Any], person_id: str) -> Response:
    """Write down that a person consents to a purpose from a day on"""
    return _date_code(person_id, GiveCode(kind="consent", code=asked["consent"], from_date=asked["on"]))


@bp.post("/people/<person_id>/consents/end")
@requires(*RECORDERS)
@bp.arguments(ConsentSchema())
def withdraw_consent(asked: dict[str, Any], person_id: str) -> Response:
    """Write down that a person has withdrawn a consent"""
    return _date_code(person_id, EndCode(kind="consent", code=asked["consent"], to_date=asked["on"]))


@bp.post("/people/<person_id>/merge")
@requires(*LEADERS)
@bp.arguments(MergeSchema())
def merge(asked: dict[str, Any], person_id: str) -> Response:
    """Say that this person is the same as another, who remains"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    return _answer(handlers.merge(service(), identity(), meta, person_id, asked, version, dry_run=dry_run))


@bp.post("/people/<person_id>/unmerge")
@requires(*LEADERS)
@bp.arguments(UnmergeSchema())
def unmerge(asked: dict[str, Any], person_id: str) -> Response:
    """Take the merge of this person back"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    return _answer(handlers.unmerge(service(), identity(), meta, person_id, asked, version, dry_run=dry_run))


@bp.post("/people/<person_id>/erase")
@requires(*LEADERS)
@bp.arguments(EraseSchema())
def erase(asked: dict[str, Any], person_id: str) -> Response:
    """Erase a person: the key is destroyed, the counts stay"""
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    return _answer(handlers.erase(service(), identity(), meta, person_id, asked, version, dry_run=dry_run))


@bp.get("/people/<person_id>/erasure")
@requires(*NOTE_READERS)
def erasure(person_id: str) -> Response:
    """How far the erasure has come, and which shared notes may still speak of the person"""
    return jsonify(handlers.erasure_of(service(), identity(), person_id))


@bp.get("/people/<person_id>/looks")
@requires(*LEADERS)
@bp.arguments(LooksSchema(), location="query")
def looks(asked: dict[str, Any], person_id: str) -> Response:
    """Who has looked at this person, the latest first"""
    items = handlers.looks_at(service(), identity(), person_id, asked["limit"], asked["after"])
    return jsonify({"items": items, "next": items[-1]["look_id"] if len(items) == asked["limit"] else None})


@bp.post("/names")
@requires(*RECORDERS)
@bp.arguments(NamesSchema())
def names(asked: dict[str, Any]) -> Response:
    """Names for a page of another service; each look is written down"""
    found = handlers.name(service(), identity(), asked["person_ids"], asked["place"])
    shown = {
        person_id: {"label": entry["label"], "client_number": entry["client_number"], "team_id": entry["team_id"]}
        for person_id, entry in found.items()
    }
    return jsonify({"names": shown})


@bp.post("/people/numbers")
@requires(*RECORDERS)
@open_to_feeds
@bp.arguments(NumbersSchema())
def numbers(asked: dict[str, Any]) -> Response:
    """Whose these client numbers are: an id for each that somebody has, and no names"""
    with service().database.read() as connection:
        return jsonify({"people": numbered(connection, identity().agency_id, asked["numbers"])})


def _date_code(person_id: str, command: GiveCode | EndCode) -> Response:
    version = expected_version()
    meta, dry_run = command_meta(), is_dry_run()
    return _answer(handlers.date_code(service(), identity(), meta, person_id, command, version, dry_run=dry_run))


def _answer(written: Written, status: int = 200) -> Response:
    """The person after the command, with who may be the same one."""
    warnings = [
        {"code": "possible_duplicate", "message": gettext("This may be somebody who is registered already."), **one}
        for one in written.duplicates
    ]
    view = person_view(written.person, with_note=reads_notes(identity()))
    body = view | {"version": written.outcome.version, "warnings": warnings}
    return answer(written.outcome, body, status)
