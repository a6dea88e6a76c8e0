"""Reporting periods as JSON values, for pages and programs alike."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from services.reporting.contracts.queries import ContractAt, contract_at
from services.reporting.figures.language import in_language
from services.reporting.figures.queries import SeesScores, may_name
from services.reporting.figures.rendering import plain_in_unit, printed
from services.reporting.figures.words import measure_name, part_name
from services.reporting.indicators.changes import Happened, Moved
from services.reporting.indicators.definition import Definition, Measure
from services.reporting.ledger.cut import Cut
from services.reporting.ledger.cuts import cut_now
from services.reporting.submissions.document import day_of
from services.reporting.submissions.effects import Effect, Figure
from services.reporting.submissions.queries import (
    PeriodAt,
    SentAt,
    period_ending,
    periods_at,
    report_numbered,
    reports_before,
)
from services.reporting.submissions.reports import contents_at, counted_report, late_entries
from services.reporting.submissions.restating import (
    End,
    Name,
    Restated,
    Step,
    Value,
    measure_of,
    people_of,
    restatement,
)
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


def draft_document(service: Service, agency_id: str, contract_id: str, last_day: str) -> Values | None:
    """What the report of a locked period would say; None while the period is open or its report was sent."""
    with service.database.read() as connection:
        found = contract_at(service.store, connection, agency_id, contract_id)
        periods = periods_at(service.store, connection, found)
        state = period_ending(periods, last_day).state
        if state.cut is None or state.period is None or not state.may_submit:
            return None
        contents = contents_at(service.store, connection, agency_id, contract_id, Cut.parse(state.cut), state.period)
        return counted_report(
            service.store,
            connection,
            contents,
            periods,
            as_of=str(state.locked_on),
            number=len(state.reports) + 1,
            sealed_on=local_date(service.clock.now()).isoformat(),
            narrative=state.narrative,
        )


def restatement_view(
    service: Service,
    agency_id: str,
    contract_id: str,
    last_day: str,
    number: int,
    to: str | None,
    *,
    sees_scores: SeesScores,
) -> Values:
    """What moved each figure of a report until now, or until another report (`2019-05-31/1`), the earlier cut first."""
    with service.database.read() as connection:
        found = contract_at(service.store, connection, agency_id, contract_id)
        periods = periods_at(service.store, connection, found)
        report = report_numbered(period_ending(periods, last_day), number)
        other = _report_named(periods, to) if to else None
        first, second = (report, other) if other is None or report.position < other.position else (other, report)
        begin = End(cut=first.cut, period=first.period)
        end = End(cut=second.cut, period=second.period) if second else End(cut=cut_now(connection), period=first.period)
        then, now = (
            contract_at(service.store, connection, agency_id, contract_id, one.cut["reporting"]) for one in (begin, end)
        )
        figures = restatement(service.store, connection, agency_id, contract_id, begin, end)
    return {
        "first": Side(found=then, report=first),
        "second": Side(found=now, report=second),
        "figures": [_restated_values(one, then.definition, now.definition, sees_scores) for one in figures],
        "by_reason": _tally(figures),
        "reports": [one for one in reports_before(periods) if one.position != report.position],
        "asked": report,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a restatement: the contract as it stood, and the report; None is now."""

    found: ContractAt
    report: SentAt | None


def _report_named(periods: Sequence[PeriodAt], name: str) -> SentAt:
    last_day, _, number = name.partition("/")
    return report_numbered(period_ending(periods, last_day), int(number) if number.isdecimal() else 0)


def _restated_values(one: Restated, then: Definition, now: Definition, sees_scores: SeesScores) -> Values:
    measure = measure_of(then, one.name) or measure_of(now, one.name)

    return {
        "indicator": one.name[0],
        "measure": one.name[1],
        "was": _shown(measure, one.was),
        "now": _shown(measure, one.now),
        "by": {cause: _by(measure, one.steps, cause) for cause in ("entry", "merge", "period", "definition")},
        "entries": [
            {
                "cause": step.cause,
                "before": _shown(measure, step.before),
                "after": _shown(measure, step.after),
                **_entry(step, step.happened, sees_scores),
            }
            for step in one.steps
            if step.happened is not None
        ],
    }


def _by(measure: Measure | None, steps: Sequence[Step], cause: str) -> int | float | None:
    """How far the steps of one cause have taken a figure; None when there are none, or from or to nothing."""
    own = [(step.before, step.after) for step in steps if step.cause == cause]
    if not own or any(value is None for pair in own for value in pair):
        return None
    by = sum((after - before for before, after in own if before is not None and after is not None), Fraction())
    return plain_in_unit(measure, by) if measure is not None else int(by)


def _entry(step: Step, happened: Happened, sees_scores: SeesScores) -> Values:
    named = may_name(Moved(happened, step.before, step.after), sees_scores)
    return {
        "event_id": happened.event_id,
        "what": happened.what,
        "about": happened.about if named else None,
        "by": happened.actor,
        "reason": happened.reason,
        "recorded_at": happened.recorded_at.astimezone(HONG_KONG).isoformat(timespec="seconds"),
        "people": people_of(happened) if named else [],
    }


def _tally(figures: Sequence[Restated]) -> list[tuple[str, str | None, str, int]]:
    """How many events of which kind, for which coded reason and written by whom, moved anything; the most first."""
    events = {step.happened.event_id: step.happened for one in figures for step in one.steps if step.happened}
    counted = Counter((one.what, one.reason, one.actor) for one in events.values())
    return [(*key, number) for key, number in counted.most_common()]


def effect_values(effect: Effect) -> Values:
    """What a change would do to one locked period, with the figures' names in the language of the request."""
    period = effect.period.period
    return {
        "contract_id": effect.contract_id,
        "contract": in_language(effect.contract, effect.contract_id),
        "period": {"from": period.first.isoformat(), "to": period.last.isoformat()},
        "report": effect.number,
        "figures": [_moving(*one) for one in effect.figures],
    }


def moved_values(found: ContractAt, figures: Iterable[Figure]) -> Values:
    """Which figures of one contract a change would move, with their names in the language of the request."""
    return {
        "contract_id": found.contract_id,
        "contract": in_language(found.definition.title, found.contract_id),
        "figures": [_moving(*one) for one in figures],
    }


def _moving(name: Name, measure: Measure | None, before: Value, after: Value) -> Values:
    return {
        "indicator": name[0],
        "measure": name[1],
        "name": figure_name(name, measure),
        "now": _shown(measure, before),
        "would": _shown(measure, after),
    }


def figure_name(name: Name, measure: Measure | None) -> str:
    """The words for a figure: a measure's own, or the part of an outcome."""
    return measure_name(measure) if measure is not None else part_name(name[1], post_only=False)


def _shown(measure: Measure | None, value: Fraction | None) -> Any:
    """A value as it is printed."""
    if measure is not None:
        return printed(measure, value)
    return None if value is None else int(value)


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
