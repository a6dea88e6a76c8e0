"""The page of many contracts at one look, and the same as files."""

from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from services.reporting.consolidated.domain import STATES, Choice, Row, totals
from services.reporting.consolidated.queries import rows_for
from services.reporting.consolidated.schemas import ChoiceSchema
from services.reporting.consolidated.views import (
    COLUMNS,
    FIGURES,
    contract_rows,
    hours,
    measure_rows,
    said_of_totals,
)
from services.reporting.contracts.access import name_for
from services.reporting.exports import cells
from services.reporting.exports.files import as_attachment
from services.reporting.exports.rendering import FORMATS
from services.reporting.exports.workbook import xlsx_of
from services.reporting.figures.address import query
from services.reporting.figures.brief import STANDINGS
from services.reporting.figures.chosen import paged
from services.reporting.figures.csvtext import csv_of
from shared.auth.identity import identity, requires
from shared.auth.roles import OVERSEERS
from shared.clock import HONG_KONG, local_date
from shared.errors import Invalid, NotFound
from shared.web.field_messages import load
from shared.web.requests import service

bp = Blueprint("consolidated", __name__)

ROWS_SHOWN = 20
FILTERS = ("from", "to", "agency", "kind", "state", "standing")


@bp.get("/overview")
@requires(*OVERSEERS)
def show_overview() -> tuple[str, int]:
    """Many contracts: where each stands, and what all of them come to, as far as that can be said."""
    who, error = identity(), None
    try:
        choice = _choice()
    except Invalid as wrong:
        choice, error = Choice(), wrong
    everything = rows_for(service(), who, Choice())
    today = local_date(service().clock.now())
    rows = rows_for(service(), who, choice) if choice.last else [one for one in everything if choice.fits(one, today)]
    sums = totals(rows)
    page = render_template(
        "reporting/overview.html",
        page=paged(rows, request.args.get("page"), ROWS_SHOWN),
        page_at=lambda number: request.path + query({**_asked(), "page": number}),
        files=lambda ending: f"{request.path}.{ending}{query(_asked())}",
        choice=choice,
        asked=_asked(),
        agencies=_agencies(everything),
        kinds=sorted({kind for one in everything for kind in one.kinds}),
        states=STATES,
        standings=STANDINGS,
        totals=sums,
        hours=hours(sums.minutes),
        said=said_of_totals(sums),
        is_funder=who.role == "funder",
        error=error,
    )
    return page, error.status if error else 200


@bp.get("/overview.<format_name>")
@requires(*OVERSEERS)
def keep_overview(format_name: str) -> Response:
    """What is chosen as a file: `csv` with a row a measure, `xlsx` with the contracts and their sums besides"""
    rows = rows_for(service(), identity(), _choice())
    name = f"overview-{local_date(service().clock.now()).isoformat()}.{format_name}"
    if format_name == "csv":
        content = csv_of((*COLUMNS, *FIGURES), measure_rows(_named(rows)))
        return as_attachment(content.encode(), "text/csv; charset=utf-8", name)
    if format_name == "xlsx":
        return as_attachment(_workbook(rows), FORMATS["xlsx"].media_type, name)
    raise NotFound("no_such_format", "A report comes as %(formats)s.", formats="csv, xlsx")


def _choice() -> Choice:
    return Choice(**load(ChoiceSchema(), _asked()))


def _asked() -> dict[str, str]:
    return {name: value for name in FILTERS if (value := request.args.get(name))}


def _agencies(rows: list[Row]) -> dict[str, str]:
    """The names of the agencies of these rows."""
    accounts = service().accounts
    return {agency_id: accounts.agency_name(agency_id) for agency_id in sorted({row.agency_id for row in rows})}


def _named(rows: list[Row]) -> list[tuple[Row, str, str]]:
    agencies, who = _agencies(rows), identity()
    return [(row, name_for(who, (row.agency_id, row.contract_id)), agencies[row.agency_id]) for row in rows]


def _workbook(rows: list[Row]) -> bytes:
    named, sums, title = _named(rows), totals(rows), gettext("Contracts at one look")
    heads = (gettext("Contract"), gettext("Agency"), gettext("Funder"), gettext("From"), gettext("To"))
    numbers = (gettext("People"), gettext("Practitioners"), gettext("Sessions"), gettext("Attendances"))
    columns = (*heads, gettext("As of"), gettext("Measures"), *numbers, gettext("Hours"))
    whole: list[Any] = [sums.people, sums.practitioners]
    people = [one.most if one.is_exact else f"{one.least}–{one.most}" for one in whole]
    summed = (*people, sums.sessions, sums.attendances, hours(sums.minutes))
    first = cells.Sheet(
        title,
        (36, 22, 22, 11, 11, 11, 30, *(12 for _ in summed)),
        [
            cells.Row("head", columns),
            *(cells.Row("text", row) for row in contract_rows(named)),  # type: ignore[arg-type]
            cells.Row("section", (gettext("All together"), None, None, None, None, None, None, *summed)),
            *(cells.Row("note", (text,)) for text in said_of_totals(sums)),
        ],
        head=1,
        right=range(7, 12),
    )
    second = cells.Sheet(
        gettext("Measures"),
        (18, 22, 22, 11, 11, 11, 12, 32, 22, 12, 10, 10, 10, 12),
        [
            cells.Row("head", (*COLUMNS, *FIGURES)),
            *(cells.Row("text", row) for row in measure_rows(named)),  # type: ignore[arg-type]
        ],
        head=1,
        right=(10, 11),
    )
    made = datetime.combine(local_date(service().clock.now()), time(), tzinfo=HONG_KONG)
    return xlsx_of([first, second], title=title, made=made)
