"""The report document that is rendered: the figures, with what only their definition can say about them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.reporting.exports.evidence import Evidence
from services.reporting.figures.reports import Asked, contract_with_count, contract_with_report
from services.reporting.figures.said import said_of
from services.reporting.ledger.cuts import cut_written, newest_in
from services.reporting.submissions.queries import report_numbered
from services.reporting.submissions.views import one_period
from shared.clock import HONG_KONG
from shared.service import Service

Values = dict[str, Any]


def document_of(
    service: Service, agency_id: str, contract_id: str, asked: Asked, *, with_evidence: bool = False
) -> Values:
    """A contract's report, ready to be rendered; needs the context of an app, for its catalogues of words.

    `with_evidence` adds every session that counts, by code: for staff alone, and what takes the room.
    """
    evidence: Values = {}
    if with_evidence:
        found, report, count = contract_with_count(service, agency_id, contract_id, asked)
        evidence["evidence"] = Evidence(found.definition, count)
    else:
        found, report = contract_with_report(service, agency_id, contract_id, asked)
    with service.database.read() as connection:
        newest = newest_in(connection, cut_written(connection, report["cut"]))
    return {**settled(report, asked, newest), **said_of(found.definition), **evidence}


def sealed_document(service: Service, agency_id: str, contract_id: str, last_day: str, number: int) -> Values:
    """One report as it was sent, with the words of its own definition; NotFound for no such one."""
    report = report_numbered(one_period(service, agency_id, contract_id, last_day), number)
    return dict(report.sent.document)


def settled(report: Mapping[str, Any], asked: Asked, newest: datetime | None) -> Values:
    """The report without the moment somebody looked: the same entries give the same file, whenever it is made.

    What is not asked for a day is known up to the newest entry.
    """
    known = newest.astimezone(HONG_KONG).isoformat(timespec="seconds") if newest else None
    outstanding = [
        {"service": name, "behind": one["behind"], "parked": one["parked"]}
        for name, one in report["freshness"].items()
        if asked.is_now and (one["behind"] or one["parked"])
    ]
    kept = {name: value for name, value in report.items() if name not in ("freshness", "silent_seconds", "growth")}
    kept["as_of"] = asked.as_of.isoformat() if asked.as_of else known
    return {**kept, **({"outstanding": outstanding} if outstanding else {})}
