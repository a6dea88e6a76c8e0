"""Reporting periods: load, decide, append, in one transaction each."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from services.reporting.contracts.queries import contract_at
from services.reporting.exports.digests import file_digests
from services.reporting.figures.said import said_of
from services.reporting.ledger.cut import Cut
from services.reporting.ledger.cuts import cut_now
from services.reporting.submissions.document import contributing, digest_of, sums_at
from services.reporting.submissions.domain import (
    INITIAL,
    AcceptReport,
    ConfirmLateEntries,
    LockPeriod,
    PeriodCommand,
    PeriodState,
    ReopenPeriod,
    ReturnReport,
    SubmitReport,
    WriteDraft,
    decide,
    evolve,
)
from services.reporting.submissions.heads import await_heads
from services.reporting.submissions.queries import PeriodAt, period_ending, periods_at
from services.reporting.submissions.reports import (
    contents_at,
    counted_report,
    late_entries,
    late_for_report,
    unconfirmed,
)
from shared.clock import local_date
from shared.errors import RuleBroken
from shared.eventstore import CommandMeta, Outcome, Work
from shared.service import Service

Command = Callable[[Work, "Asked"], PeriodCommand]


class Asked:
    """One period of a contract, as a command finds it in its transaction."""

    def __init__(self, service: Service, work: Work, contract_id: str, last_day: str) -> None:
        self.service, self.work, self.contract_id = service, work, contract_id
        self.agency_id = work.meta.agency_id
        self.found = contract_at(service.store, work.connection, self.agency_id, contract_id)
        self.periods = periods_at(service.store, work.connection, self.found)
        self.own: PeriodAt = period_ending(self.periods, last_day)
        self.today = local_date(service.clock.now())

    @property
    def state(self) -> PeriodState:
        return self.own.state


def lock_period(service: Service, meta: CommandMeta, contract_id: str, last_day: str, expected_version: int) -> Outcome:
    """Close a period to silent change: what is known now will be reported, once all that was saved has arrived."""
    with service.database.read() as connection:
        contract_at(service.store, connection, meta.agency_id, contract_id)
    await_heads(service)

    def command(work: Work, asked: Asked) -> PeriodCommand:
        _require_apart(asked)
        return LockPeriod(
            contract_id=contract_id, period=asked.own.period, cut=str(cut_now(work.connection)), today=asked.today
        )

    return _run(service, meta, contract_id, last_day, expected_version, command)


def reopen_period(
    service: Service,
    meta: CommandMeta,
    contract_id: str,
    last_day: str,
    expected_version: int,
    *,
    reason: str,
    note: str | None,
) -> Outcome:
    """Open a period again, with a reason; the reports that were sent stay as they were sent."""

    def command(_work: Work, asked: Asked) -> PeriodCommand:
        return ReopenPeriod(reason=reason, note=note, stream_id=asked.own.stream_id)

    return _run(service, meta, contract_id, last_day, expected_version, command)


def write_draft(
    service: Service,
    meta: CommandMeta,
    contract_id: str,
    last_day: str,
    expected_version: int,
    narrative: Mapping[str, str],
) -> Outcome:
    """Say why figures are short; all of it, as it is now."""

    def command(_work: Work, asked: Asked) -> PeriodCommand:
        figures = {f"{output.id}/{one.id}" for output in asked.found.definition.outputs for one in output.measures}
        figures |= {outcome.id for outcome in asked.found.definition.outcomes}
        return WriteDraft(narrative=narrative, stream_id=asked.own.stream_id, figures=figures)

    return _run(service, meta, contract_id, last_day, expected_version, command)


def submit_report(
    service: Service, meta: CommandMeta, contract_id: str, last_day: str, expected_version: int, *, dry_run: bool
) -> Outcome:
    """Seal the report of a locked period and keep it as it is sent; a dry run shows it."""

    def command(work: Work, asked: Asked) -> PeriodCommand:
        state = asked.state
        if state.cut is None or state.period is None:
            raise RuleBroken("period_open", "Lock this reporting period first: a report says what was known then.")
        connection, store = work.connection, service.store
        contents = contents_at(store, connection, asked.agency_id, contract_id, Cut.parse(state.cut), state.period)
        document = counted_report(
            store,
            connection,
            contents,
            asked.periods,
            as_of=str(state.locked_on),
            number=len(state.reports) + 1,
            sealed_on=asked.today.isoformat(),
            narrative=state.narrative,
        )
        # The words of its definition are sealed with it: they may be written better one day.
        document |= said_of(contents.found.definition)
        ids = contributing(contents)
        late = late_for_report(connection, contents, asked.periods)
        return SubmitReport(
            definition_version=contents.found.state.version,
            document=document,
            digest=digest_of(ids),
            entries=len(ids),
            files=file_digests(document),
            whole=msgspec.to_builtins(sums_at(contents)),
            waiting=len(unconfirmed(late, asked.periods)),
        )

    return _run(service, meta, contract_id, last_day, expected_version, command, dry_run=dry_run)


def return_report(
    service: Service,
    meta: CommandMeta,
    contract_id: str,
    last_day: str,
    expected_version: int,
    *,
    number: int,
    reason: str,
    note: str | None,
) -> Outcome:
    """The funder asks for changes."""

    def command(_work: Work, asked: Asked) -> PeriodCommand:
        return ReturnReport(number=number, reason=reason, note=note, stream_id=asked.own.stream_id)

    return _run(service, meta, contract_id, last_day, expected_version, command)


def accept_report(
    service: Service, meta: CommandMeta, contract_id: str, last_day: str, expected_version: int, *, number: int
) -> Outcome:
    """The funder has accepted the report."""
    return _run(
        service, meta, contract_id, last_day, expected_version, lambda _work, _asked: AcceptReport(number=number)
    )


def confirm_late_entries(
    service: Service,
    meta: CommandMeta,
    contract_id: str,
    last_day: str,
    expected_version: int,
    *,
    event_ids: Sequence[str],
    reason: str,
) -> Outcome:
    """The leader has seen entries that were written after the period was locked."""

    def command(work: Work, asked: Asked) -> PeriodCommand:
        late = late_entries(work.connection, asked.found, asked.own, asked.periods, cut_now(work.connection))
        return ConfirmLateEntries(event_ids=event_ids, reason=reason, late={one.event_id for one in late})

    return _run(service, meta, contract_id, last_day, expected_version, command)


def _require_apart(asked: Asked) -> None:
    """Reporting periods of another shape must not lock a day twice."""
    own = asked.own.period
    for other in asked.periods:
        if other.period != own and other.state.cut is not None:
            apart = other.period.last < own.first or own.last < other.period.first
            if not apart:
                raise RuleBroken(
                    "periods_overlap",
                    "The reporting period from %(first)s to %(last)s is locked and shares days with this one.",
                    first=other.period.first.isoformat(),
                    last=other.period.last.isoformat(),
                )


def _run(
    service: Service,
    meta: CommandMeta,
    contract_id: str,
    last_day: str,
    expected_version: int,
    command: Command,
    *,
    dry_run: bool = False,
) -> Outcome:
    def body(work: Work) -> None:
        asked = Asked(service, work, contract_id, last_day)
        state, _ = work.fold(asked.own.stream_id, INITIAL, evolve)
        work.require_version(asked.own.stream_id, expected_version)
        work.append(asked.own.stream_id, decide(command(work, asked), state), expected_version)

    return service.store.run(meta, body, dry_run=dry_run)
