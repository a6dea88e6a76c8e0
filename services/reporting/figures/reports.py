"""A contract's report: counted from the ledger at a cut, or kept ready where nothing has moved since."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, select, text

from services.reporting.contracts.queries import ContractAt, contract_at, deliverables_of
from services.reporting.figures.brief import Brief, brief_of, encode, sums_of
from services.reporting.figures.rendering import figures_of, growth_values, months_values
from services.reporting.indicators.definition import Definition
from services.reporting.indicators.facts import Unit
from services.reporting.indicators.growth import growth
from services.reporting.indicators.months import by_month
from services.reporting.indicators.report import Count, report
from services.reporting.indicators.whole import Whole
from services.reporting.ledger.cut import Cut
from services.reporting.ledger.cuts import Freshness, cut_asked, cut_now, freshness, silence
from services.reporting.ledger.queries import facts_at
from services.reporting.tables import kept_report, touched
from shared.clock import HONG_KONG, local_date
from shared.database import Database
from shared.errors import Unavailable
from shared.eventstore import EventStore
from shared.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which report: as things are now, as known on a day, or at a cut."""

    as_of: date | None = None
    cut: str | None = None

    @property
    def is_now(self) -> bool:
        return self.as_of is None and self.cut is None


NOW = Asked()


def contract_report(service: Service, agency_id: str, contract_id: str, asked: Asked = NOW) -> dict[str, Any]:
    """The whole report as JSON values."""
    values = contract_with_report(service, agency_id, contract_id, asked)[1]
    del values["growth"]
    return values


def contract_with_report(
    service: Service, agency_id: str, contract_id: str, asked: Asked = NOW
) -> tuple[ContractAt, dict[str, Any]]:
    """A contract and its report, with the growth of its measures, which only forecasts look at.

    Figures as of now come from what is kept, when nothing has moved since.
    """
    return _reported(service, agency_id, contract_id, asked)[:2]


def contract_with_count(
    service: Service, agency_id: str, contract_id: str, asked: Asked = NOW
) -> tuple[ContractAt, dict[str, Any], Count]:
    """The same, and what was counted: the sessions behind the figures."""
    found, values, count = _reported(service, agency_id, contract_id, asked, with_count=True)
    assert count is not None
    return found, values, count


def _reported(
    service: Service, agency_id: str, contract_id: str, asked: Asked, *, with_count: bool = False
) -> tuple[ContractAt, dict[str, Any], Count | None]:
    with service.database.read() as connection:
        cut = cut_asked(connection, local_date(service.clock.now()), cut=asked.cut, as_of=asked.as_of)
        found = contract_at(service.store, connection, agency_id, contract_id, cut["reporting"])
        times = _times_touched(connection, agency_id, contract_id)
        kept = _kept(connection, found, times) if asked.is_now else None
        ready = None if kept else _made_ready(connection, found, cut)
        figures = ready.figures if ready else kept
        count = (ready.count if ready else _count(connection, found, cut)) if with_count else None
        fresh, silent = freshness(connection), silence(connection)
    if asked.is_now and ready is not None:
        _keep(service.database, found, times, ready)
    # While the bus is silent, what has arrived is what was known when it last spoke.
    moment = service.clock.now().astimezone(HONG_KONG) - silent
    assert figures is not None
    values = {
        **heading(found, cut),
        "as_of": asked.as_of.isoformat() if asked.as_of else moment.isoformat(timespec="seconds"),
        "freshness": {one.service: fresh_values(one) for one in fresh},
        "silent_seconds": round(silent.total_seconds()),
        **figures,
        "deliverables": deliverables_of(found),
    }
    return found, values, count


def counted(
    connection: Connection,
    found: ContractAt,
    cut: Cut,
    *,
    added: Sequence[Unit] = (),
    taken_away: Collection[str] = (),
) -> dict[str, Any]:
    """The figures counted from the ledger; with rows added or taken away, what they would be."""
    facts = facts_at(connection, found.agency_id, found.contract_id, cut, added=added, taken_away=taken_away)
    return figures_of(report(found.definition, facts))


@dataclass(frozen=True, slots=True)
class _Ready:
    """Figures that were counted just now, what was counted, and what it comes to as a whole."""

    figures: dict[str, Any]
    count: Count
    whole: Whole

    def brief(self, definition: Definition) -> Brief:
        return brief_of({**titles(definition), **self.figures}, sums_of(self.whole))


def _made_ready(connection: Connection, found: ContractAt, cut: Cut) -> _Ready:
    """The figures, and beside them what each month brought, and what of it was new."""
    facts, definition = facts_at(connection, found.agency_id, found.contract_id, cut), found.definition
    count = Count(definition, facts)
    figures = {
        **figures_of(report(definition, facts, count)),
        "by_month": months_values(definition, by_month(definition, facts)),
        "growth": growth_values(growth(count)),
    }
    return _Ready(figures, count, count.whole())


def _count(connection: Connection, found: ContractAt, cut: Cut) -> Count:
    return Count(found.definition, facts_at(connection, found.agency_id, found.contract_id, cut))


def brief_now(service: Service, agency_id: str, contract_id: str) -> tuple[Brief, frozenset[str]]:
    """A contract's figures in brief and everybody they count, by code: counted now, and kept from now on."""
    with service.database.read() as connection:
        cut = cut_now(connection)
        found = contract_at(service.store, connection, agency_id, contract_id, cut["reporting"])
        times, ready = _times_touched(connection, agency_id, contract_id), _made_ready(connection, found, cut)
    _keep(service.database, found, times, ready)
    return ready.brief(found.definition), ready.whole.everybody


def report_of(store: EventStore, connection: Connection, agency_id: str, contract_id: str) -> dict[str, Any]:
    """The figures as they are now, counted from the ledger whatever is kept."""
    cut = cut_now(connection)
    return counted(connection, contract_at(store, connection, agency_id, contract_id, cut["reporting"]), cut)


def fresh_values(one: Freshness) -> dict[str, Any]:
    return {
        "arrived": one.arrived,
        "head": one.head,
        "behind": one.behind,
        "recorded_at": one.recorded_at.astimezone(HONG_KONG).isoformat(timespec="seconds") if one.recorded_at else None,
        "parked": one.parked,
    }


def heading(found: ContractAt, cut: Cut) -> dict[str, Any]:
    """Which contract a report is of, by which definition and at which cut."""
    return {
        "contract": found.contract_id,
        **titles(found.definition),
        "definition_version": found.state.version,
        "cut": str(cut),
    }


def titles(definition: Definition) -> dict[str, Any]:
    """What a contract is called, by whom and where, and from when to when it runs."""
    return {
        "title": dict(definition.title),
        "funder": dict(definition.funder),
        "district": dict(definition.district),
        "period": {"from": definition.period.first.isoformat(), "to": definition.period.last.isoformat()},
    }


_KEEP = text(
    "INSERT INTO kept_report (agency_id, contract_id, times, definition_version, figures, brief, people)"
    " VALUES (:agency_id, :contract_id, :times, :definition_version, :figures, :brief, :people)"
    " ON CONFLICT (agency_id, contract_id) DO UPDATE SET times = excluded.times,"
    " definition_version = excluded.definition_version, figures = excluded.figures,"
    " brief = excluded.brief, people = excluded.people"
)


def _times_touched(connection: Connection, agency_id: str, contract_id: str) -> int:
    own = (touched.c.agency_id == agency_id, touched.c.contract_id == contract_id)
    return connection.execute(select(touched.c.times).where(*own)).scalar() or 0


def _kept(connection: Connection, found: ContractAt, times: int) -> dict[str, Any] | None:
    """The figures kept for exactly what is known now, by the definition of now."""
    kept = kept_report.c
    own = (kept.agency_id == found.agency_id, kept.contract_id == found.contract_id)
    same = (kept.times == times, kept.definition_version == found.state.version)
    figures = connection.execute(select(kept.figures).where(*own, *same)).scalar()
    decoded = msgspec.json.decode(figures) if figures is not None else {}
    # What an earlier version of the program has kept may lack something.
    return decoded if "growth" in decoded else None


def _keep(database: Database, found: ContractAt, times: int, ready: _Ready) -> None:
    """Keep what was counted. `times` is of the same picture as the figures: a batch since then has made them stale."""
    row = {
        "agency_id": found.agency_id,
        "contract_id": found.contract_id,
        "times": times,
        "definition_version": found.state.version,
        "figures": msgspec.json.encode(ready.figures),
        "brief": encode(ready.brief(found.definition)),
        "people": msgspec.json.encode(sorted(ready.whole.everybody)),
    }
    # Keeping is a convenience: whoever only reads never fails for it.
    with suppress(Unavailable), database.write() as connection:
        connection.execute(_KEEP, row)
