"""The JSON API of imports, the same in every recording service; open to the tokens of feeds."""

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from shared.auth.identity import identity, open_to_feeds, requires
from shared.auth.roles import NOTE_READERS
from shared.errors import Forbidden, NotFound
from shared.importing import jobs, templates, verdicts
from shared.importing.kinds import Kind
from shared.importing.packages import LARGEST_FILE
from shared.importing.schemas import AcceptSchema, ColumnsSchema, FileSchema, RowsSchema
from shared.importing.working import work_on
from shared.web.bodies import takes_file
from shared.web.requests import correlation_id, service


def kind_of(kinds: Mapping[str, Kind], name: str) -> Kind:
    """The kind of this name, if the service has it and whoever asks may send it."""
    if name not in kinds:
        raise NotFound("kind_not_found", "Nothing of this kind is imported here.")
    if not identity().may_send(name):
        raise Forbidden("token_kind", "This token does not send files of this kind.")
    return kinds[name]


def importing_api(kinds: Mapping[str, Kind]) -> Blueprint:
    """The routes for the `kinds` of a service."""
    bp = Blueprint("imports_api", __name__, url_prefix="/imports", description="Imports from files")
    _add_files(bp, kinds)
    _add_work(bp, kinds)
    _add_rows(bp, kinds)
    return bp


def _add_files(bp: Blueprint, kinds: Mapping[str, Kind]) -> None:
    """Templates, sending a file, and how far its import is."""

    @bp.get("/kinds/<kind>/template.<shape>")
    @requires(*NOTE_READERS)
    @open_to_feeds
    def template(kind: str, shape: str) -> Response:
        """A template to fill in, as xlsx or csv"""
        return template_of(kind_of(kinds, kind), shape)

    @bp.post("/files/<kind>")
    @requires(*NOTE_READERS)
    @open_to_feeds
    @takes_file(LARGEST_FILE)
    @bp.arguments(FileSchema(), location="query")
    def take_in(asked: dict[str, Any], kind: str) -> tuple[Response, int]:
        """Send a file: the body is the XLSX, ODS or CSV itself"""
        of = kind_of(kinds, kind)
        import_id = jobs.take_in(service(), identity(), of, request.get_data(), asked["team_id"])
        return _answer(kinds, import_id), 201

    @bp.get("/<import_id>")
    @requires(*NOTE_READERS)
    @open_to_feeds
    def read(import_id: str) -> Response:
        """How far an import is, and what it found"""
        return _answer(kinds, import_id)


def _add_work(bp: Blueprint, kinds: Mapping[str, Kind]) -> None:
    """What moves an import on."""

    @bp.post("/<import_id>/columns")
    @requires(*NOTE_READERS)
    @open_to_feeds
    @bp.arguments(ColumnsSchema())
    def columns(asked: dict[str, Any], import_id: str) -> Response:
        """Say which column is which"""
        jobs.choose_columns(service(), identity(), found(kinds, import_id)[1], import_id, asked["mapping"])
        return _answer(kinds, import_id)

    @bp.post("/<import_id>/step")
    @requires(*NOTE_READERS)
    @open_to_feeds
    def step(import_id: str) -> Response:
        """Go on with reading, checking or saving for a moment; ask again while `running`"""
        work_on(service(), identity(), found(kinds, import_id)[1], import_id, correlation_id())
        return _answer(kinds, import_id)

    @bp.post("/<import_id>/accept")
    @requires(*NOTE_READERS)
    @open_to_feeds
    @bp.arguments(AcceptSchema())
    def accept(asked: dict[str, Any], import_id: str) -> Response:
        """Accept what was checked: all rows that are ready, or those named"""
        found(kinds, import_id)
        jobs.accept(service(), identity(), import_id, **asked)
        return _answer(kinds, import_id)


def _add_rows(bp: Blueprint, kinds: Mapping[str, Kind]) -> None:
    """What was found, and forgetting it."""

    @bp.get("/<import_id>/rows")
    @requires(*NOTE_READERS)
    @open_to_feeds
    @bp.arguments(RowsSchema(), location="query")
    def rows(asked: dict[str, Any], import_id: str) -> Response:
        """The verdict of every row, with its reasons"""
        job, kind = found(kinds, import_id)
        states = [asked["state"]] if asked["state"] else verdicts.JUDGED
        with service().database.read() as connection:
            items = verdicts.rows_of(
                connection, service(), kind, job, states=states, after=asked["after"], limit=asked["limit"]
            )
        more = items[-1]["row"] if len(items) == asked["limit"] else None
        return jsonify({"items": items, "next": more})

    @bp.delete("/<import_id>")
    @requires(*NOTE_READERS)
    @open_to_feeds
    @bp.response(204)
    def drop(import_id: str) -> None:
        """Forget a file at once"""
        jobs.drop(service(), identity(), import_id)


def _answer(kinds: Mapping[str, Kind], import_id: str) -> Response:
    return jsonify(verdicts.shown(*found(kinds, import_id)))


def found(kinds: Mapping[str, Kind], import_id: str) -> tuple[jobs.Job, Kind]:
    """One's own import, and its kind."""
    with service().database.read() as connection:
        job = jobs.find(connection, service(), identity(), import_id)
    return job, kinds[job.kind]


def template_of(kind: Kind, shape: str) -> Response:
    """The template of a kind, to be downloaded."""
    if shape not in ("xlsx", "csv"):
        raise NotFound("not_found", "There is nothing here that you may see.")
    body = templates.as_xlsx(kind) if shape == "xlsx" else templates.as_csv(kind)
    media = templates.EXCEL if shape == "xlsx" else "text/csv; charset=utf-8"
    headers = {"Content-Disposition": f'attachment; filename="{kind.name}.{shape}"'}
    return Response(body, mimetype=media, headers=headers)
