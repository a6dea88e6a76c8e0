"""The rows of an overview: kept-ready figures of one's own agency, or the reports that were sent to a funder."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, func, select
from sqlalchemy import Row as SqlRow

from services.reporting.consolidated.domain import Choice, Row, Sent
from services.reporting.contracts.access import Place, seen_by
from services.reporting.contracts.queries import contracts_of
from services.reporting.figures.brief import decode
from services.reporting.figures.chosen import Paged, paged
from services.reporting.figures.reports import brief_now
from services.reporting.indicators.definition import Period
from services.reporting.tables import contract, kept_report, sent_report, touched
from shared.auth.identity import Identity
from shared.clock import local_date
from shared.service import Service

_MOST = 10_000
_day = date.fromisoformat
_codes = msgspec.json.Decoder(frozenset[str]).decode


def rows_for(service: Service, who: Identity, choice: Choice) -> list[Row]:
    """The contracts this person sees that are chosen, those that end last first."""
    own, today = seen_by(who), local_date(service.clock.now())
    found = _live(service, who.agency_id, today) if own is None else _sent(service, own, today, choice.last)
    return sorted(
        (row for row in found if choice.fits(row, today)),
        key=lambda row: (-row.period.last.toordinal(), row.agency_id, row.contract_id),
    )


def one_page(service: Service, who: Identity, number: str | None, size: int) -> Paged[Row]:
    """One page of the contracts this person sees; of those on other pages nothing is counted."""
    own, today = seen_by(who), local_date(service.clock.now())
    if own is not None:
        return paged(rows_for(service, who, Choice()), number, size)
    with service.database.read() as connection:
        names = [one["contract_id"] for one in contracts_of(connection, who.agency_id, limit=_MOST)]
    page = paged(names, number, size)
    rows = {row.contract_id: row for row in _live(service, who.agency_id, today, page.rows)}
    return Paged([rows[name] for name in page.rows], page.number, page.of, page.total)


def _live(service: Service, agency_id: str, today: date, only: Collection[str] | None = None) -> Iterable[Row]:
    """What is kept ready, and counted now where something has moved since; of all contracts, or only of these."""
    query = _KEPT.where(contract.c.agency_id == agency_id)
    with service.database.read() as connection:
        kept = connection.execute(query if only is None else query.where(contract.c.contract_id.in_(only))).all()
    for one in kept:
        if one.brief is not None:
            brief, people = decode(one.brief), _codes(one.people)
        else:
            brief, people = brief_now(service, agency_id, one.contract_id)
        yield _row(one, today, brief=brief, people=people)


def _sent(service: Service, own: frozenset[Place], today: date, until: date | None) -> Iterable[Row]:
    """Of each contract the last report that was sent, of periods up to a day; None while there is none."""
    agencies = sorted({agency_id for agency_id, _ in own})
    with service.database.read() as connection:
        contracts = connection.execute(_CONTRACTS.where(contract.c.agency_id.in_(agencies))).all()
        reports = _newest(connection, agencies, until)
    for one in contracts:
        place = (one.agency_id, one.contract_id)
        if place not in own:
            continue
        report = reports.get(place)
        row = _row(one, today)
        if report is not None:
            sent = Sent(last_day=_day(report.last_day), number=report.number, standing=report.standing)
            brief = decode(report.brief)
            row = replace(row, brief=brief, sent=sent, day=sent.last_day, period=brief.period)
        yield row


def _newest(connection: Connection, agencies: list[str], until: date | None) -> Mapping[Place, SqlRow[Any]]:
    columns, other = sent_report.c, sent_report.alias()
    last = select(func.max(other.c.last_day)).where(
        other.c.agency_id == columns.agency_id, other.c.contract_id == columns.contract_id
    )
    if until is not None:
        last = last.where(other.c.last_day <= until.isoformat())
    query = select(sent_report).where(columns.agency_id.in_(agencies), columns.last_day == last.scalar_subquery())
    return {(one.agency_id, one.contract_id): one for one in connection.execute(query.order_by(columns.first_day))}


def _row(one: SqlRow[Any], today: date, **more: Any) -> Row:
    return Row(
        agency_id=one.agency_id,
        contract_id=one.contract_id,
        title=one.title,
        funder=one.funder,
        period=Period(first=_day(one.first_day), last=_day(one.last_day)),
        day=today,
        **{"brief": None, **more},
    )


_CONTRACTS = select(contract)
_KEPT: Select[Any] = select(contract, kept_report.c.brief, kept_report.c.people).select_from(
    contract.outerjoin(
        touched, and_(touched.c.agency_id == contract.c.agency_id, touched.c.contract_id == contract.c.contract_id)
    ).outerjoin(
        kept_report,
        and_(
            kept_report.c.agency_id == contract.c.agency_id,
            kept_report.c.contract_id == contract.c.contract_id,
            kept_report.c.times == func.coalesce(touched.c.times, 0),
            kept_report.c.definition_version == contract.c.version,
        ),
    )
)
