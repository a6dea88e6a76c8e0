"""A contract's report: counted from the ledger at a cut, or kept ready where nothing has moved since."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, select, text

from services.reporting.contracts.queries import ContractAt, contract_at, deliverables_of
from services.reporting.figures.rendering import figures_of, growth_values, months_values
from services.reporting.indicators.facts import Unit
from services.reporting.indicators.growth import growth
from services.reporting.indicators.months import by_month
from services.reporting.indicators.report import report
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
    with service.database.read() as connection:
        cut = cut_asked(connection, local_date(service.clock.now()), cut=asked.cut, as_of=asked.as_of)
        found = contract_at(service.store, connection, agency_id, contract_id, cut["reporting"])
        times = _times_touched(connection, agency_id, contract_id)
        kept = _kept(connection, found, times) if asked.is_now else None
        figures = kept or _with_months(connection, found, cut)
        fresh, silent = freshness(connection), silence(connection)
    if asked.is_now and kept is None:
        _keep(service.database, found, times, figures)
    # While the bus is silent, what has arrived is what was known when it last spoke.
    moment = service.clock.now().astimezone(HONG_KONG) - silent
    return found, {
        **heading(found, cut),
        "as_of": asked.as_of.isoformat() if asked.as_of else moment.isoformat(timespec="seconds"),
        "freshness": {one.service: fresh_values(one) for one in fresh},
        "silent_seconds": round(silent.total_seconds()),
        **figures,
        "deliverables": deliverables_of(found),
    }


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


def _with_months(connection: Connection, found: ContractAt, cut: Cut) -> dict[str, Any]:
    """The figures, and beside them what each month brought, and what of it was new."""
    facts, definition = facts_at(connection, found.agency_id, found.contract_id, cut), found.definition
    return {
        **figures_of(report(definition, facts)),
        "by_month": months_values(definition, by_month(definition, facts)),
        "growth": growth_values(growth(definition, facts)),
    }


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
    definition = found.definition
    return {
        "contract": found.contract_id,
        "title": dict(definition.title),
        "funder": dict(definition.funder),
        "district": dict(definition.district),
        "period": {"from": definition.period.first.isoformat(), "to": definition.period.last.isoformat()},
        "definition_version": found.state.version,
        "cut": str(cut),
    }


_KEEP = text(
    "INSERT INTO kept_report (agency_id, contract_id, times, definition_version, figures)"
    " VALUES (:agency_id, :contract_id, :times, :definition_version, :figures)"
    " ON CONFLICT (agency_id, contract_id) DO UPDATE SET times = excluded.times,"
    " definition_version = excluded.definition_version, figures = excluded.figures"
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


def _keep(database: Database, found: ContractAt, times: int, figures: dict[str, Any]) -> None:
    """Keep what was counted. `times` is of the same picture as the figures: a batch since then has made them stale."""
    row = {
        "agency_id": found.agency_id,
        "contract_id": found.contract_id,
        "times": times,
        "definition_version": found.state.version,
        "figures": msgspec.json.encode(figures),
    }
    # Keeping is a convenience: whoever only reads never fails for it.
    with suppress(Unavailable), database.write() as connection:
        connection.execute(_KEEP, row)
