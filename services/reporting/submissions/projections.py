"""The reporting periods of each contract that were ever locked, written with their events."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from services.reporting.submissions.events import PeriodLocked
from services.reporting.tables import report_period
from shared.eventstore import Pending


def project(connection: Connection, events: Sequence[Pending]) -> None:
    """Keep one row a period: where its story stands."""
    for pending in events:
        if not isinstance(pending.event, PeriodLocked):
            continue
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
