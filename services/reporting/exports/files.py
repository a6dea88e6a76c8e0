"""A report as the answer to a request: what was asked for, by whoever may see it."""

from typing import Any

from flask import Response

from services.reporting.contracts.access import reached
from services.reporting.exports.documents import document_of, sealed_document
from services.reporting.exports.rendering import FORMATS, Format, file_name, render
from services.reporting.exports.words import Language
from services.reporting.figures.language import is_chinese
from services.reporting.figures.reports import Asked
from services.reporting.submissions.reading import newest_document
from shared.auth.identity import identity
from shared.auth.roles import RECORDERS
from shared.errors import Forbidden, NotFound
from shared.web.requests import service

Values = dict[str, Any]


def language_of(asked: Values) -> Language:
    """The language that was asked for, else the reader's."""
    return asked["language"] or ("zh-Hant" if is_chinese() else "en")


def document_asked(contract_id: str, asked: Values, *, with_evidence: bool = False) -> Values:
    """The report document of a request, a funder's as it was submitted last; NotFound where there is none to see."""
    who = identity()
    agency_id, contract_id = reached(who, contract_id)
    if asked["audience"] == "staff" and who.role not in RECORDERS:
        raise Forbidden("not_for_funders", "Single sessions are shown to the staff of the agency only.")
    if who.role == "funder":
        return newest_document(service(), agency_id, contract_id, asks_of=asked["as_of"] or asked["cut"])
    which = Asked(as_of=asked["as_of"], cut=asked["cut"])
    return document_of(service(), agency_id, contract_id, which, with_evidence=with_evidence)


def report_file(contract_id: str, format_name: str, asked: Values) -> Response:
    """The report as a file to keep."""
    shows_sessions = asked["audience"] == "staff" and _format(format_name).shows_evidence
    return _file(document_asked(contract_id, asked, with_evidence=shows_sessions), format_name, asked)


def sealed_file(contract_id: str, last_day: str, number: int, format_name: str, asked: Values) -> Response:
    """A report that was sent, as the file it was sent as: whatever has become of its entries since."""
    agency_id, contract_id = reached(identity(), contract_id)
    document = sealed_document(service(), agency_id, contract_id, last_day, number)
    return _file(document, format_name, {**asked, "audience": "funder"})


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise NotFound("no_such_format", "A report comes as %(formats)s.", formats=", ".join(FORMATS))
    return FORMATS[name]


def _file(document: Values, format_name: str, asked: Values) -> Response:
    kind, language = _format(format_name), language_of(asked)
    made = render(document, format_name, language, audience=asked["audience"])
    return as_attachment(made, kind.media_type, file_name(document, format_name, language))


def as_attachment(content: bytes, media_type: str, name: str) -> Response:
    """A file that the browser keeps instead of showing it."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=media_type, headers=headers)
