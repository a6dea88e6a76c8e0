"""Samples as JSON values, and extracts as files, for pages and programs alike."""

from datetime import datetime
from typing import Any

from flask import Response
from flask_babel import gettext

from services.reporting.audits.domain import RESULTS
from services.reporting.audits.events import ExtractDrawn, SampleDrawn, SampleItemChecked
from services.reporting.audits.handlers import Extract
from services.reporting.audits.queries import SampleAt, seen_then
from services.reporting.exports.cells import Row, Sheet
from services.reporting.exports.files import as_attachment
from services.reporting.exports.rendering import FORMATS
from services.reporting.exports.workbook import xlsx_of
from services.reporting.figures.csvtext import csv_of
from services.reporting.ledger.cut import Cut
from shared.clock import HONG_KONG
from shared.eventstore import Recorded
from shared.service import Service

Values = dict[str, Any]

_SAMPLE = ("sample_id", "contract_id", "indicator", "measure", "of", "cut", "seed", "population")
_ABOUT = ("occurred_on", "kind", "minutes", "attended", "sign_in_sheet")
_CHECK = ("result", "reason", "checked_by", "checked_at")
COLUMNS = ("item", *_ABOUT, *_CHECK)
_EXTRACT = ("extract_id", "contract_id", "cut", "people", "without_consent", "file_format")


def sample_values(service: Service, agency_id: str, found: SampleAt) -> Values:
    """A sample with its items in the order in which they were drawn, and what was found of each."""
    drawn = found.sample.drawn
    assert drawn is not None
    with service.database.read() as connection:
        seen = seen_then(connection, agency_id, drawn.items, Cut.parse(drawn.cut)) if drawn.of == "sessions" else {}
    items = [{"item": item, **_about(seen.get(item)), **_check(found.last_of(item))} for item in drawn.items]
    return {
        **drawn_values(found.story[0]),
        "version": found.version,
        "items": items,
        "results": {result: found.sample.count(result) for result in RESULTS},
        "unchecked": len(drawn.items) - len(found.sample.checked),
    }


def drawn_values(recorded: Recorded) -> Values:
    """How a sample or an extract was drawn: from what, by whom and when."""
    by = {"drawn_by": recorded.actor, "drawn_at": _moment(recorded)}
    match recorded.event:
        case SampleDrawn() as one:
            return {**{name: getattr(one, name) for name in _SAMPLE}, "size": len(one.items), **by}
        case ExtractDrawn() as one:
            return {**{name: getattr(one, name) for name in _EXTRACT}, **by}
        case other:
            raise TypeError(type(other).__name__)


def _about(seen: Values | None) -> Values:
    known = seen or {}
    return {name: known.get(name) for name in _ABOUT}


def _check(recorded: Recorded | None) -> Values:
    if recorded is None or not isinstance(recorded.event, SampleItemChecked):
        return dict.fromkeys(_CHECK)
    one = recorded.event
    return {"result": one.result, "reason": one.reason, "checked_by": recorded.actor, "checked_at": _moment(recorded)}


def _moment(recorded: Recorded) -> str:
    return recorded.recorded_at.astimezone(HONG_KONG).isoformat(timespec="seconds")


def sample_file(values: Values) -> Response:
    """A sample with its results as CSV, by codes."""
    rows = ([one[name] for name in COLUMNS] for one in values["items"])
    return as_attachment(
        csv_of(COLUMNS, rows).encode(), "text/csv; charset=utf-8", f"{values['contract_id']}-{values['sample_id']}.csv"
    )


def extract_notes() -> list[str]:
    """What stands with an extract: who is in it, and what is held back."""
    return [
        gettext(
            "Only people served who have consented to research, and have not withdrawn it by the day of this extract."
        ),
        gettext("Study numbers were drawn by chance for this extract alone; who has which is not kept."),
        gettext("Age band and gender are held back (*) together where fewer than 5 people of this extract share both."),
        gettext(
            "Sessions: how many sessions that count for any figure the person took part in. Scores: the valid pair."
        ),
    ]


def extract_file(extract: Extract, contract_id: str, file_format: str, made: datetime) -> Response:
    """An extract as CSV or as a workbook, which holds the notes too."""
    name = f"{contract_id}-research-{made.astimezone(HONG_KONG):%Y-%m-%d}.{file_format}"
    if file_format == "csv":
        return as_attachment(csv_of(extract.columns, extract.rows).encode(), "text/csv; charset=utf-8", name)
    rows = [Row("head", extract.columns), *(Row("text", row) for row in extract.rows)]  # type: ignore[arg-type]
    widths = (16, *(14 for _ in extract.columns[1:]))
    sheets = [
        Sheet(gettext("People"), widths, rows, head=1, right=range(3, len(extract.columns))),
        Sheet(gettext("Notes"), (110,), [Row("text", (note,)) for note in extract_notes()]),
    ]
    return as_attachment(xlsx_of(sheets, title=name, made=made), FORMATS["xlsx"].media_type, name)
