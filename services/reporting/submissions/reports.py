"""What a report of a period says, and what is late for one that is locked: counted from the ledger."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from services.reporting.contracts.queries import ContractAt, contract_at
from services.reporting.figures.rendering import figures_of
from services.reporting.indicators.changes import Happened, in_order
from services.reporting.indicators.definition import Period
from services.reporting.indicators.report import report
from services.reporting.ledger.cut import SOURCES, Cut
from services.reporting.ledger.history import history_since
from services.reporting.ledger.queries import edges_at, facts_at
from services.reporting.submissions.document import (
    Contents,
    counted_until,
    day_of,
    differences,
    document_of,
    late_values,
)
from services.reporting.submissions.queries import PeriodAt, SentAt, reports_before
from shared.eventstore import EventStore

Values = dict[str, Any]


def contents_at(
    store: EventStore, connection: Connection, agency_id: str, contract_id: str, cut: Cut, period: Period
) -> Contents:
    """Everything that was known of a contract at a cut."""
    return Contents(
        found=contract_at(store, connection, agency_id, contract_id, cut["reporting"]),
        cut=cut,
        period=period,
        facts=facts_at(connection, agency_id, contract_id, cut),
        edges=sorted(edges_at(connection, agency_id, cut)),
    )


def counted_report(
    store: EventStore,
    connection: Connection,
    contents: Contents,
    periods: Sequence[PeriodAt],
    *,
    as_of: str,
    number: int,
    sealed_on: str,
    narrative: Mapping[str, str],
    before: int | None = None,
) -> Values:
    """The document of a report; `before` is the position at which it was sent, None for one that would be sent now."""
    late = late_for_report(connection, contents, periods, before)
    reasons = _confirmed(periods, before)
    return document_of(
        contents,
        as_of=as_of,
        number=number,
        sealed_on=sealed_on,
        narrative=narrative,
        late_entries=[late_values(one, reasons.get(one.event_id)) for one in late],
        restated=_restated(store, connection, contents, reports_before(periods, before)),
    )


def late_for_report(
    connection: Connection, contents: Contents, periods: Sequence[PeriodAt], before: int | None = None
) -> list[Happened]:
    """What was written about earlier locked periods since it was last reported, up to the cut of this report."""
    earlier = [one for one in periods if one.period.last < contents.period.last]
    return [
        happened
        for one in earlier
        for happened in late_entries(connection, contents.found, one, periods, contents.cut, before)
    ]


def late_entries(
    connection: Connection,
    found: ContractAt,
    period: PeriodAt,
    periods: Sequence[PeriodAt],
    cut: Cut,
    before: int | None = None,
) -> list[Happened]:
    """What was written about the days of a locked period after it was last known to be complete, up to a cut."""
    locked = period.state_before(before).cut
    if locked is None:
        return []
    told = [one.cut for one in reports_before(periods, before) if one.period.last >= period.period.last]
    known = max((Cut.parse(locked), *(one for one in told if _order(one) < _order(cut))), key=_order)
    after = history_since(connection, found.agency_id, found.contract_id, known, cut)
    return [one for one in in_order(after) if _is_about(one, period.period)]


def _order(cut: Cut) -> tuple[int, ...]:
    """Cuts of one ledger only ever grow."""
    return (*(cut[service] for service in SOURCES), cut["reporting"])


def _is_about(happened: Happened, period: Period) -> bool:
    return any(day_of(thing) in period for thing in (happened.ended, happened.begun) if thing is not None)


def _confirmed(periods: Sequence[PeriodAt], before: int | None) -> dict[str, str]:
    """The reason of every late entry that was confirmed, by the id of its event."""
    return {event: reason for one in periods for event, reason in one.state_before(before).confirmed.items()}


def unconfirmed(late: Sequence[Happened], periods: Sequence[PeriodAt]) -> list[Happened]:
    """Those late entries that no leader has confirmed yet."""
    known = _confirmed(periods, None)
    return [one for one in late if one.event_id not in known]


def _restated(store: EventStore, connection: Connection, contents: Contents, earlier: Sequence[SentAt]) -> list[Values]:
    """Which figures of the report before this one would be others today, by the definition it was counted by."""
    if not earlier:
        return []
    last, found = earlier[-1], contents.found
    then = contract_at(store, connection, found.agency_id, found.contract_id, last.cut["reporting"])
    now = figures_of(report(counted_until(then.definition, last.period), contents.facts))
    place = {"period": last.sent.document["reporting_period"], "number": last.sent.number}
    return [{**place, **one} for one in differences(last.sent.document, now)]
