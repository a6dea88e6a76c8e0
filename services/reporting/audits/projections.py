"""The samples and extracts of each contract, written with their events."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from services.reporting.audits.events import ExtractDrawn, SampleDrawn
from services.reporting.tables import drawn
from shared.database import to_micros
from shared.eventstore import Pending


def project(connection: Connection, events: Sequence[Pending]) -> None:
    """Keep one row for what was drawn: where its story stands."""
    for pending in events:
        match pending.event:
            case SampleDrawn() | ExtractDrawn() as event:
                row = {
                    "agency_id": pending.agency_id,
                    "contract_id": event.contract_id,
                    "drawn_id": pending.stream_id,
                    "what": "sample" if isinstance(event, SampleDrawn) else "extract",
                    "drawn_at": to_micros(pending.occurred_at),
                }
                connection.execute(insert(drawn), row)
