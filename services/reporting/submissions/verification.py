"""Whether a report that was sent can be counted again: from the ledger, at its cut, by its definition."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from services.reporting.contracts.queries import contract_at
from services.reporting.exports.digests import file_digests
from services.reporting.ledger.cuts import cut_written
from services.reporting.submissions.document import contributing, digest_of, sums_at
from services.reporting.submissions.queries import (
    PeriodAt,
    SentAt,
    period_ending,
    periods_at,
    report_numbered,
    reports_before,
)
from services.reporting.submissions.reports import contents_at, counted_report
from shared.eventstore import EventStore
from shared.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One report, and every place where what is counted again is not what was sent; none when all is the same."""

    report: SentAt
    differences: tuple[str, ...]


def verify_report(service: Service, agency_id: str, contract_id: str, last_day: str, number: int) -> Verified:
    """Count one report again; raises `NotFound` for no such report."""
    with service.database.read() as connection:
        found = contract_at(service.store, connection, agency_id, contract_id)
        periods = periods_at(service.store, connection, found)
        report = report_numbered(period_ending(periods, last_day), number)
        return _verified(service.store, connection, agency_id, report, periods)


def verify_reports(service: Service, agency_id: str, contract_id: str) -> Iterator[Verified]:
    """Count every report of a contract again, in the order they were sent; raises `NotFound` for no such contract."""
    with service.database.read() as connection:
        found = contract_at(service.store, connection, agency_id, contract_id)
        periods = periods_at(service.store, connection, found)
        for report in reports_before(periods):
            yield _verified(service.store, connection, agency_id, report, periods)


def _verified(
    store: EventStore, connection: Connection, agency_id: str, report: SentAt, periods: list[PeriodAt]
) -> Verified:
    return Verified(report=report, differences=tuple(_differences(store, connection, agency_id, report, periods)))


def _differences(
    store: EventStore, connection: Connection, agency_id: str, report: SentAt, periods: list[PeriodAt]
) -> Iterator[str]:
    sent = report.sent
    cut = cut_written(connection, sent.cut)
    contents = contents_at(store, connection, agency_id, sent.document["contract"], cut, report.period)
    again = counted_report(
        store,
        connection,
        contents,
        periods,
        as_of=sent.document["as_of"],
        number=sent.number,
        sealed_on=sent.document["submission"]["sealed_at"],
        narrative=sent.document["narrative"],
        before=report.position,
    )
    again |= {name: sent.document[name] for name in ("names", "how")}
    yield from unlike("", sent.document, msgspec.json.decode(msgspec.json.encode(again)))
    if report.recorded.event.whole is not None:
        whole = msgspec.json.decode(msgspec.json.encode(sums_at(contents)))
        yield from unlike("whole", report.recorded.event.whole, whole)
    ids = contributing(contents)
    if (len(ids), digest_of(ids)) != (sent.entries, sent.digest):
        yield f"entries: {sent.entries} with digest {sent.digest[:12]} were sent, {len(ids)} are counted again"
    for name, digest in file_digests(again).items():
        if sent.files.get(name) != digest:
            yield f"files: the {name} made now is not the one that was sent"


def unlike(path: str, sent: Any, again: Any) -> Iterator[str]:
    """Every place where two JSON values differ, with both."""
    if isinstance(sent, dict) and isinstance(again, dict):
        for name in sorted({*sent, *again}):
            yield from unlike(f"{path}.{name}" if path else name, sent.get(name), again.get(name))
    elif isinstance(sent, list) and isinstance(again, list) and len(sent) == len(again):
        for index, (one, other) in enumerate(zip(sent, again, strict=True)):
            yield from unlike(f"{path}.{index}", one, other)
    elif sent != again:
        yield f"{path}: {sent!r} was sent, {again!r} is counted again"
