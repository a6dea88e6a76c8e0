"""The reporting periods of each contract that were ever locked, and what was sent, written with their events."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, update

from services.reporting.figures.brief import brief_of, encode
from services.reporting.submissions.events import PeriodLocked, ReportAccepted, ReportReturned, ReportSubmitted
from services.reporting.tables import report_period, sent_report
from shared.eventstore import Pending

_ANSWERS = {ReportReturned: "returned", ReportAccepted: "accepted"}


def project(connection: Connection, events: Sequence[Pending]) -> None:
    """Keep one row a period, where its story stands, and beside it the report that was sent last."""
    for pending in events:
        match pending.event:
            case PeriodLocked():
                _locked(connection, pending)
            case ReportSubmitted():
                _sent(connection, pending)
            case ReportReturned() | ReportAccepted() as answered:
                key = _period_of(connection, pending.stream_id)
                change = update(sent_report).where(*_is(sent_report, key), sent_report.c.number == answered.number)
                connection.execute(change.values(standing=_ANSWERS[type(answered)]))


def _locked(connection: Connection, pending: Pending) -> None:
    known = select(report_period.c.stream_id).where(report_period.c.stream_id == pending.stream_id)
    if connection.execute(known).first() is None:
        row = {
            "agency_id": pending.agency_id,
            "contract_id": pending.event.contract_id,
            "first_day": pending.event.first_day.isoformat(),
            "last_day": pending.event.last_day.isoformat(),
            "stream_id": pending.stream_id,
        }
        connection.execute(insert(report_period), row)


def _sent(connection: Connection, pending: Pending) -> None:
    key, sent = _period_of(connection, pending.stream_id), pending.event
    connection.execute(delete(sent_report).where(*_is(sent_report, key)))
    brief = encode(brief_of(sent.document, sent.whole))
    connection.execute(insert(sent_report), {**key, "number": sent.number, "standing": "submitted", "brief": brief})


def _period_of(connection: Connection, stream_id: str) -> dict[str, str]:
    """Which period a stream tells of: it was locked before anything was sent of it."""
    columns = [report_period.c[name] for name in ("agency_id", "contract_id", "last_day", "first_day")]
    row = connection.execute(select(*columns).where(report_period.c.stream_id == stream_id)).one()
    return dict(row._mapping)


def _is(table: Table, key: dict[str, str]) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in key.items()]
