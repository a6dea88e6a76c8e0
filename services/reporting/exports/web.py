"""The page of a contract's exports: the files to keep, and the form that fills somebody else's spreadsheet."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext
from marshmallow import Schema

from services.reporting.exports.files import as_attachment, document_asked, language_of, report_file, sealed_file
from services.reporting.exports.rendering import FORMATS, file_name, filled_form
from services.reporting.exports.schemas import ExportSchema, LanguageSchema
from services.reporting.exports.slots import slots_of
from services.reporting.exports.words import Words
from services.reporting.figures.address import query
from shared.auth.identity import identity, requires
from shared.auth.roles import RECORDERS, REPORT_READERS
from shared.errors import CaseledgerError, Invalid
from shared.web.field_messages import load

bp = Blueprint("exports", __name__, url_prefix="/contracts")

Page = Any

_FORMAT_WORDS = {
    "pdf": lazy_gettext("to print and send"),
    "docx": lazy_gettext("to go on writing in Word"),
    "xlsx": lazy_gettext("with charts, to calculate with"),
    "csv": lazy_gettext("plain rows, for any spreadsheet"),
    "json": lazy_gettext("for other programs"),
}


@bp.get("/<contract_id>/report.<format_name>")
@requires(*REPORT_READERS)
def keep(contract_id: str, format_name: str) -> Response:
    """The report as a file: now, as known on a day, or at a cut."""
    return report_file(contract_id, format_name, _asked())


@bp.get("/<contract_id>/periods/<last_day>/reports/<int:number>/report.<format_name>")
@requires(*REPORT_READERS)
def keep_sealed(contract_id: str, last_day: str, number: int, format_name: str) -> Response:
    """A report that was sent, as a file: the same whenever it is asked for."""
    return sealed_file(contract_id, last_day, number, format_name, _given(LanguageSchema()))


@bp.route("/<contract_id>/export", methods=["GET", "POST"])
@requires(*REPORT_READERS)
def export(contract_id: str) -> Page:
    """Every format to choose from; a spreadsheet that is sent comes back filled in."""
    asked = _asked()
    document = document_asked(contract_id, asked)
    words = Words(language_of(asked))
    slots = slots_of(document, words)
    error: CaseledgerError | None = None
    if request.method == "POST":
        try:
            filled = filled_form(document, words.language, _file())
        except CaseledgerError as wrong:
            # Which cell is wrong stands in the sentence; on the page it is all about the one file.
            wrong.fields = [replace(one, path="file") for one in wrong.fields]
            error = wrong
        else:
            return as_attachment(filled, FORMATS["xlsx"].media_type, file_name(document, "xlsx", words.language))
    page = render_template(
        "reporting/export.html",
        document=document,
        base=f"/reporting/contracts/{contract_id}",
        asked=asked,
        language=words.language,
        formats=[(name, _FORMAT_WORDS[name]) for name in FORMATS],
        example=next((name for name in slots if name.endswith(".actual")), "report.title"),
        address=lambda name, audience: _address(contract_id, name, {**asked, "audience": audience}),
        slots=slots,
        error=error,
        for_staff=identity().role in RECORDERS,
    )
    return (page, error.status) if error else page


def _asked() -> dict[str, Any]:
    return _given(ExportSchema())


def _given(schema: Schema) -> dict[str, Any]:
    """What the address asks for, as far as the schema knows it; what is empty asks for nothing."""
    return load(schema, {name: value for name, value in request.args.items() if name in schema.fields and value})


def _file() -> bytes:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("required", "Please fill this in.", field="file")
    return file.stream.read()


def _address(contract_id: str, format_name: str, asked: dict[str, Any]) -> str:
    as_of = asked["as_of"].isoformat() if asked["as_of"] else None
    parts = {**asked, "as_of": as_of, "audience": None if asked["audience"] == "funder" else asked["audience"]}
    return f"/reporting/contracts/{contract_id}/report.{format_name}{query(parts)}"
