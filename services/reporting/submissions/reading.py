"""What a funder reads of a contract: reports that were submitted, and nothing that is not in one (DESIGN §8, §9)."""

from collections.abc import Callable
from typing import Any

from services.reporting.contracts.queries import ContractAt, contract_at
from services.reporting.exports.audience import for_funder
from services.reporting.figures.language import in_language
from services.reporting.figures.words import measure_name, part_name
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.since import parts_of
from services.reporting.submissions.queries import SentAt, periods_at
from services.reporting.submissions.restating import Name
from services.reporting.submissions.views import reports_view
from shared.errors import Forbidden, NotFound
from shared.service import Service

Values = dict[str, Any]


def newest_report(service: Service, agency_id: str, contract_id: str) -> SentAt | None:
    """The report of the latest period that has one, and of its reports the last; None while nothing was submitted."""
    with service.database.read() as connection:
        found = contract_at(service.store, connection, agency_id, contract_id)
        periods = periods_at(service.store, connection, found)
    reports = [report for one in periods for report in one.reports]
    return max(reports, key=lambda one: (one.period.last, one.sent.number), default=None)


def newest_document(service: Service, agency_id: str, contract_id: str, *, asks_of: object = None) -> Values:
    """What that report says, as it was sent to the funder.

    Raises `NotFound` while nothing was submitted, `Forbidden` where another moment is asked for (`asks_of`).
    """
    if asks_of:
        raise Forbidden("sealed_reports_only", "A funder reads reports as they were submitted.")
    report = newest_report(service, agency_id, contract_id)
    if report is None:
        raise NotFound("no_report_yet", "No report of this contract has been submitted yet.")
    return dict(report.sent.document)


def sent_contract(service: Service, agency_id: str, contract_id: str) -> Values:
    """One contract as its funder sees it: what was reported last, and every report before it."""
    report = newest_report(service, agency_id, contract_id)
    with service.database.read() as connection:
        found = contract_at(service.store, connection, agency_id, contract_id)
    then = found if report is None else definition_then(service, agency_id, contract_id, report)
    return {
        "found": found,
        "report": report,
        "document": for_funder(report.sent.document) if report is not None else None,
        "periods": reports_view(service, agency_id, contract_id),
        "name": names_in(then.definition),
    }


def definition_then(service: Service, agency_id: str, contract_id: str, report: SentAt) -> ContractAt:
    """The contract as it stood at a report's cut."""
    with service.database.read() as connection:
        return contract_at(service.store, connection, agency_id, contract_id, report.cut["reporting"])


def names_in(*definitions: Definition) -> Callable[[str, str], str]:
    """The words for figures of these definitions, the first that has it; the codes of one that no contract has."""
    words: dict[Name, str] = {}
    for definition in definitions:
        for output in definition.outputs:
            above = in_language(output.title, output.id)
            words |= {
                name: words.get(name, f"{above} · {measure_name(one)}")
                for one in output.measures
                for name in [(output.id, one.id)]
            }
        for outcome in definition.outcomes:
            above = in_language(outcome.title, outcome.id)
            words |= {
                name: words.get(name, f"{above} · {part_name(part, post_only=outcome.post_only)}")
                for part in parts_of(outcome)
                for name in [(outcome.id, part)]
            }
    return lambda indicator, measure: words.get((indicator, measure), f"{indicator}/{measure}")
