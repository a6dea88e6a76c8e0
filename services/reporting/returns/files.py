"""The monthly return as rows and files: CSV by codes, a workbook with headings in the language asked for."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from flask_babel import gettext, lazy_gettext

from services.reporting.exports.cells import Row, Sheet
from services.reporting.exports.workbook import xlsx_of
from services.reporting.figures.csvtext import csv_of
from services.reporting.indicators.definition import Period
from services.reporting.indicators.rounding import plain
from services.reporting.returns.domain import Line
from shared.clock import HONG_KONG

NAMES: Mapping[str, Any] = {
    "opened": lazy_gettext("Cases opened"),
    "active": lazy_gettext("Cases active"),
    "closed": lazy_gettext("Cases closed"),
    "families": lazy_gettext("Families"),
    "enquiries": lazy_gettext("Enquiries"),
    "referrals": lazy_gettext("Referrals"),
    "sessions": lazy_gettext("Sessions"),
    "attendances": lazy_gettext("Attendances"),
    "hours": lazy_gettext("Hours"),
}
"""The columns of the return, in their order."""
FORMATS = ("csv", "xlsx")
TEAM = "all"
"""In place of a worker: the line of the team."""


def line_values(line: Line) -> dict[str, Any]:
    """One line by codes; hours are printed as hours."""
    counts = {name: plain(line.counts.hours) if name == "hours" else getattr(line.counts, name) for name in NAMES}
    return {"team": line.team_id, "worker": TEAM if line.worker_id is None else line.worker_id, **counts}


def return_file(lines: Iterable[Line], file_format: str, month: Period) -> bytes:
    """The return as a file; the same lines make the same file."""
    rows = [[*line_values(line).values()] for line in lines]
    if file_format == "csv":
        return csv_of(("team", "worker", *NAMES), rows).encode()
    head = (gettext("Team"), gettext("Staff"), *(str(name) for name in NAMES.values()))
    title = f"{gettext('Monthly return')} {month_name(month)}"
    shown = [Row("head", head), *(Row("text", row) for row in rows)]
    sheet = Sheet(title, (28, 36, *(12 for _ in NAMES)), shown, head=1, right=range(2, len(head)))
    return xlsx_of([sheet], title=title, made=datetime.combine(month.last, time(), tzinfo=HONG_KONG))


def month_name(month: Period) -> str:
    return month.first.isoformat()[:7]


def file_name(month: Period, file_format: str) -> str:
    return f"monthly-return-{month_name(month)}.{file_format}"
