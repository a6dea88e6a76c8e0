"""The page of a figure in parts, the same as files, and the release of small cells."""

from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import get_locale, gettext

from services.reporting.breakdowns import handlers
from services.reporting.breakdowns.domain import SetRelease, printed, within
from services.reporting.breakdowns.queries import Divided, divided
from services.reporting.breakdowns.views import HELD_BACK, WAY_WORDS, file_rows, part_words, said_of
from services.reporting.exports import cells
from services.reporting.exports.files import as_attachment
from services.reporting.exports.rendering import FORMATS
from services.reporting.exports.workbook import xlsx_of
from services.reporting.figures.address import asked_of_address, query_of
from services.reporting.figures.csvtext import csv_of
from services.reporting.figures.language import in_language
from services.reporting.figures.reports import Asked
from services.reporting.figures.who import team_names
from services.reporting.figures.words import UNITS, measure_name
from services.reporting.indicators.breakdown import PERSONAL
from services.reporting.indicators.definition import UNITS as UNIT_OF
from shared.auth.identity import identity, requires
from shared.auth.roles import LEADERS, RECORDERS
from shared.clock import HONG_KONG, local_date
from shared.errors import CaseledgerError, NotFound
from shared.serviceunit import codes
from shared.web.requests import command_meta, expected_version, see_other, service

bp = Blueprint("breakdowns", __name__, url_prefix="/contracts")

Page = Any
_PLACE = "/<contract_id>/figures/<indicator>/<measure>/by/<by>"


@bp.get(_PLACE)
@requires(*RECORDERS)
def show_breakdown(contract_id: str, indicator: str, measure: str, by: str) -> str:
    """One figure in parts: by when and how service was given, or by who was served"""
    return _page(contract_id, indicator, measure, by, asked_of_address())


@bp.post(f"{_PLACE}/release")
@requires(*LEADERS)
def release(contract_id: str, indicator: str, measure: str, by: str) -> Page:
    """Release the small cells of this breakdown, with a reason, or hold them back again"""
    reason = request.form.get("reason") or None
    command = SetRelease(contract_id=contract_id, indicator=indicator, measure=measure, by=by, reason=reason)
    try:
        outcome = handlers.set_release(service(), command_meta(), command, expected_version())
    except CaseledgerError as error:
        return _page(contract_id, indicator, measure, by, Asked(), error), error.status
    return see_other(f"/reporting/contracts/{contract_id}/figures/{indicator}/{measure}/by/{by}#outside", outcome)


@bp.get(f"{_PLACE}/parts.<format_name>")
@requires(*RECORDERS)
def keep_breakdown(contract_id: str, indicator: str, measure: str, by: str, format_name: str) -> Response:
    """A breakdown as `csv` or `xlsx`, as it may leave the agency: small cells are held back unless released"""
    found = _divided(contract_id, indicator, measure, by, asked_of_address())
    shown = printed(found.parts, found.release)
    unit = str(UNITS[UNIT_OF[found.measure.kind]])
    heads = (str(WAY_WORDS[found.parts.by]), f"{measure_name(found.measure)} ({unit})", gettext("Different people"))
    rows = file_rows(found, shown, _words(found))
    name = f"{contract_id}-{indicator}-{measure}-{by}.{format_name}"
    if format_name == "csv":
        notes = ((text, "", "") for text in said_of(found, shown))
        content = csv_of(heads, (*rows, *notes))
        return as_attachment(content.encode(), "text/csv; charset=utf-8", name)
    if format_name != "xlsx":
        raise NotFound("no_such_format", "A report comes as %(formats)s.", formats="csv, xlsx")
    lines = [
        cells.Row("head", heads),
        *(cells.Row("text", row) for row in rows[:-1]),  # type: ignore[arg-type]
        cells.Row("section", rows[-1]),  # type: ignore[arg-type]
        *(cells.Row("note", (text,)) for text in said_of(found, shown)),
    ]
    title = gettext("In parts")
    made = datetime.combine(local_date(service().clock.now()), time(), tzinfo=HONG_KONG)
    sheet = cells.Sheet(title, (40, 24, 18), lines, head=1, right=(1, 2))
    return as_attachment(xlsx_of([sheet], title=title, made=made), FORMATS["xlsx"].media_type, name)


def _divided(contract_id: str, indicator: str, measure: str, by: str, asked: Asked) -> Divided:
    return divided(service(), identity().agency_id, contract_id, indicator, measure, by, asked)


def _words(found: Divided) -> Any:
    teams = team_names(identity().agency_id) if found.parts.by == "team" else {}
    return part_words(found.parts.by, lambda code: teams.get(code, "…" + code[-6:]))


def _page(
    contract_id: str, indicator: str, measure: str, by: str, asked: Asked, error: CaseledgerError | None = None
) -> str:
    found = _divided(contract_id, indicator, measure, by, asked)
    outside = printed(found.parts, found.release)
    return render_template(
        "reporting/breakdown.html",
        found=found,
        figure_title=measure_name(found.measure),
        indicator_title=in_language(found.output.title, found.output.id),
        unit=UNITS[UNIT_OF[found.measure.kind]],
        word=_words(found),
        ways=WAY_WORDS,
        said=said_of(found, within(found.parts)),
        outside=outside,
        hidden=[code for code, part in outside.parts or () if part is None],
        held_back=HELD_BACK,
        is_personal=found.parts.by in PERSONAL,
        reasons=[(code, codes.label("release_reason", code, str(get_locale()))) for code in codes.RELEASE_REASONS],
        may_release=identity().role in LEADERS,
        asked=asked,
        query=query_of(asked),
        base=f"/reporting/contracts/{contract_id}/figures/{indicator}/{measure}",
        error=error,
    )
