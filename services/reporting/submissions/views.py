"""Reporting periods as JSON values, for pages and programs alike."""

from datetime import date
from typing import Any

from services.reporting.contracts.queries import contract_at
from services.reporting.indicators.changes import Happened
from services.reporting.ledger.cuts import cut_now
from services.reporting.submissions.document import day_of
from services.reporting.submissions.queries import PeriodAt, period_ending, periods_at
from services.reporting.submissions.reports import late_entries
from shared.clock import HONG_KONG, local_date
from shared.service import Service

Values = dict[str, Any]


def one_period(service: Service, agency_id: str, contract_id: str, last_day: str) -> PeriodAt:
    """The reporting period that ends on a day; raises `NotFound`."""
    with service.database.read() as connection:
        found = contract_at(service.store, connection, agency_id, contract_id)
        return period_ending(periods_at(service.store, connection, found), last_day)


def reports_view(service: Service, agency_id: str, contract_id: str) -> list[Values]:
    """What a funder sees: the periods for which there is a report, and their reports."""
    told = ("from", "to", "standing", "reports")
    periods = periods_view(service, agency_id, contract_id)
    return [{name: one[name] for name in told} for one in periods if one["reports"]]


def periods_view(service: Service, agency_id: str, contract_id: str) -> list[Values]:
    """Every reporting period with its standing, its reports, and how many late entries wait for the leader."""
    today = local_date(service.clock.now())
    with service.database.read() as connection:
        found = contract_at(service.store, connection, agency_id, contract_id)
        periods, now = periods_at(service.store, connection, found), cut_now(connection)
        return [
            {
                **_period(one, today),
                "late": len(late := late_entries(connection, found, one, periods, now)),
                "late_waiting": sum(each.event_id not in one.state.confirmed for each in late),
            }
            for one in periods
        ]


def late_of_period(service: Service, agency_id: str, contract_id: str, last_day: str) -> list[Values]:
    """What was written about a locked period since it was last known, the newest last."""
    with service.database.read() as connection:
        found = contract_at(service.store, connection, agency_id, contract_id)
        periods = periods_at(service.store, connection, found)
        own = period_ending(periods, last_day)
        confirmed = own.state.confirmed
        return [
            _late(one, confirmed.get(one.event_id))
            for one in late_entries(connection, found, own, periods, cut_now(connection))
        ]


def standing_of(period: PeriodAt, today: date) -> str:
    """One word for where a period stands: running, open, locked, submitted, returned or accepted."""
    state = period.state
    if state.cut is None:
        return "open" if period.period.last < today else "running"
    last = state.last_report
    return "locked" if last is None or (state.may_submit and last.standing != "returned") else last.standing


def _period(period: PeriodAt, today: date) -> Values:
    state = period.state
    return {
        "from": period.period.first.isoformat(),
        "to": period.period.last.isoformat(),
        "version": period.version,
        "standing": standing_of(period, today),
        "locked": state.cut is not None,
        "cut": state.cut,
        "may_submit": state.may_submit,
        "narrative": dict(state.narrative),
        "reports": [
            {
                "number": one.sent.number,
                "standing": one.sent.standing,
                "submitted_at": one.recorded.recorded_at.astimezone(HONG_KONG).isoformat(timespec="seconds"),
                "submitted_by": one.recorded.actor,
                "definition_version": one.sent.definition_version,
                "cut": one.sent.cut,
            }
            for one in period.reports
        ],
    }


def _late(happened: Happened, reason: str | None) -> Values:
    thing = happened.begun or happened.ended
    assert thing is not None
    return {
        "event_id": happened.event_id,
        "what": happened.what,
        "about": happened.about,
        "service": happened.service,
        "occurred_on": day_of(thing).isoformat(),
        "recorded_at": happened.recorded_at.astimezone(HONG_KONG).isoformat(timespec="seconds"),
        "by": happened.actor,
        "correction_reason": happened.reason,
        "confirmed_as": reason,
    }
