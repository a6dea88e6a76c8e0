"""Reporting periods with their stories, and the reports that were sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from sqlalchemy import Connection, select

from services.reporting.contracts.queries import ContractAt
from services.reporting.indicators.definition import Period
from services.reporting.indicators.periods import reporting_spans
from services.reporting.ledger.cut import Cut
from services.reporting.submissions.domain import INITIAL, PeriodState, Sent, evolve
from services.reporting.submissions.events import ReportSubmitted
from services.reporting.tables import report_period
from shared.errors import NotFound
from shared.eventstore import EventStore, Recorded

_day = date.fromisoformat


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAt:
    """One report as it was sent: of which period, when and by whom; `position` puts all reports in order."""

    sent: Sent
    period: Period
    position: int
    recorded: Recorded

    @property
    def cut(self) -> Cut:
        return Cut.parse(self.sent.cut)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodAt:
    """A reporting period with its story; `version` is what a change is based on."""

    stream_id: str
    period: Period
    story: Sequence[Recorded] = ()

    @property
    def version(self) -> int:
        return len(self.story)

    @property
    def state(self) -> PeriodState:
        return self.state_before(None)

    def state_before(self, position: int | None) -> PeriodState:
        """What the story said before a position of this service."""
        told = (one.event for one in self.story if position is None or one.position < position)
        return reduce(evolve, told, INITIAL)

    @property
    def reports(self) -> list[SentAt]:
        """Every report of this period, in the order they were sent, with its standing now."""
        rows = [one for one in self.story if isinstance(one.event, ReportSubmitted)]
        return [
            SentAt(sent=sent, period=self.period, position=row.position, recorded=row)
            for sent, row in zip(self.state.reports, rows, strict=True)
        ]


def stream_of(agency_id: str, contract_id: str, period: Period) -> str:
    return f"report-{agency_id}-{contract_id}-{period.first.isoformat()}-{period.last.isoformat()}"


def periods_at(store: EventStore, connection: Connection, found: ContractAt) -> list[PeriodAt]:
    """Every reporting period of a contract, those it has now and those that were ever locked, in their order."""
    own = (report_period.c.agency_id == found.agency_id, report_period.c.contract_id == found.contract_id)
    rows = connection.execute(select(report_period.c.first_day, report_period.c.last_day).where(*own))
    locked = {Period(first=_day(row.first_day), last=_day(row.last_day)) for row in rows}
    return [
        PeriodAt(
            stream_id=(stream_id := stream_of(found.agency_id, found.contract_id, period)),
            period=period,
            story=store.load(connection, stream_id, found.agency_id) if period in locked else (),
        )
        for period in sorted({*reporting_spans(found.definition), *locked}, key=lambda one: (one.last, one.first))
    ]


def period_ending(periods: Sequence[PeriodAt], last_day: str) -> PeriodAt:
    """The reporting period that ends on a day; raises `NotFound` where none does. Of several, the one locked last."""
    found = [one for one in periods if one.period.last.isoformat() == last_day]
    if not found:
        raise NotFound("period_not_found", "This contract has no reporting period that ends on this day.")
    return max(found, key=lambda one: one.story[-1].position if one.story else 0)


def report_numbered(period: PeriodAt, number: int) -> SentAt:
    """One report of a period; raises `NotFound`."""
    found = next((one for one in period.reports if one.sent.number == number), None)
    if found is None:
        raise NotFound("report_not_found", "There is no such report.")
    return found


def reports_before(periods: Sequence[PeriodAt], position: int | None = None) -> list[SentAt]:
    """Every report that was sent before a position of this service, in the order they were sent."""
    sent = [report for one in periods for report in one.reports if position is None or report.position < position]
    return sorted(sent, key=lambda one: one.position)


def contracts_reported(
    connection: Connection, agency_id: str | None = None, contract_id: str | None = None
) -> list[tuple[str, str]]:
    """The contracts, each with its agency, of which a period was ever locked; for the operator of the installation."""
    columns = report_period.c
    query = select(columns.agency_id, columns.contract_id).distinct().order_by(columns.agency_id, columns.contract_id)
    for column, wanted in ((columns.agency_id, agency_id), (columns.contract_id, contract_id)):
        query = query if wanted is None else query.where(column == wanted)
    return [(row.agency_id, row.contract_id) for row in connection.execute(query)]
