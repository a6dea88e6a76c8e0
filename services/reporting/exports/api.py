"""The API's files: a report in any format, as it stands or as it was sent."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.reporting.exports.files import report_file, sealed_file
from services.reporting.exports.schemas import ExportSchema, LanguageSchema
from shared.auth.identity import requires
from shared.auth.roles import REPORT_READERS

bp = Blueprint("exports_api", __name__, description="Reports as files")


@bp.get("/contracts/<contract_id>/report.<format_name>")
@requires(*REPORT_READERS)
@bp.arguments(ExportSchema(), location="query")
def report(asked: dict[str, Any], contract_id: str, format_name: str) -> Response:
    """A contract's report as pdf, docx, xlsx, csv or json: now, as known on a day, or at a cut."""
    return report_file(contract_id, format_name, asked)


@bp.get("/contracts/<contract_id>/periods/<last_day>/reports/<int:number>/report.<format_name>")
@requires(*REPORT_READERS)
@bp.arguments(LanguageSchema(), location="query")
def sealed_report(asked: dict[str, Any], contract_id: str, last_day: str, number: int, format_name: str) -> Response:
    """A report that was sent, as a file: the same whenever it is asked for."""
    return sealed_file(contract_id, last_day, number, format_name, asked)
