"""What the rules of data quality find now: in the ledger, and by asking each service for what it alone knows."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, select

from services.reporting.contracts.queries import contract_at
from services.reporting.indicators.definition import Period
from services.reporting.ledger.cuts import cut_now
from services.reporting.ledger.queries import facts_at, seen_at
from services.reporting.quality.domain import (
    OWNERS,
    Finding,
    Findings,
    by_rule,
    delays,
    of_contract,
    of_occasions,
    within,
)
from services.reporting.tables import ledger, touched
from services.reporting.team.domain import Occasion
from services.reporting.team.queries import occasions
from shared.database import Database
from shared.service import Service
from shared.web.asking import ask_each

ASKED = ("case", "groups", "outreach")
OF_SERVICE = {"not_recorded": frozenset(ASKED), "beyond_membership": {"groups"}, "possible_duplicate": {"case"}}
"""Which services know of what the ledger does not; while one of them does not answer, the rule says nothing."""
ALLOWANCE = timedelta(days=31)
"""What was recorded for no contract is looked for so long before and after a contract too: its dates may be wrong."""


_KEPT: WeakKeyDictionary[Database, dict[tuple[str, str], tuple[tuple[int, int], int]]] = WeakKeyDictionary()
"""In this process, by contract: as of which count of changes and which definition, and how much was to be looked at."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What was found, the delays by band, and the services that did not answer."""

    found: Findings
    delays: list[tuple[str, int]]
    missing: list[str]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many each rule has found, where it has found any."""
        return [(rule, len(own)) for rule, own in self.found.items() if own]


def quality_of_contract(
    service: Service, agency_id: str, contract_id: str, period: Period | None = None, *, asking: bool = True
) -> Quality:
    """What is to be looked at under one contract, or of one period of it; without `asking`, of the ledger alone."""
    with service.database.read() as connection:
        found, own, given = _of_contract(service, connection, agency_id, contract_id)
        people = _people(connection, agency_id, contract_id) if asking else frozenset()
    answers = _answers() if asking else {}
    asked = (
        one
        for one, contracts in _asked(answers)
        if contract_id in contracts or (not contracts and {one.about, one.other} & people)
    )
    rules = by_rule([*found, *asked], _answering(answers))
    counted = [one for one in given if contract_id in one.contracts and (period is None or one.occurred_on in period)]
    return Quality(within(rules, period or own), delays(counted), _missing(answers))


def count_of_contract(service: Service, agency_id: str, contract_id: str) -> int:
    """How much the ledger shows that is to be looked at under a contract.

    Kept while nothing of the contract has moved, since its page shows figures that are kept in the same way: what only
    entries of other contracts have changed (an overlap that is gone) is told by the page of data quality at once, and
    here with the contract's next entry.
    """
    kept = _KEPT.setdefault(service.database, {})
    with service.database.read() as connection:
        own = (touched.c.agency_id == agency_id, touched.c.contract_id == contract_id)
        times = connection.execute(select(touched.c.times).where(*own)).scalar() or 0
        version = contract_at(service.store, connection, agency_id, contract_id).state.version
    now = (times, version)
    known, count = kept.get((agency_id, contract_id), (None, 0))
    if known != now:
        quality = quality_of_contract(service, agency_id, contract_id, asking=False)
        count = sum(found for _, found in quality.counts)
        kept[agency_id, contract_id] = (now, count)
    return count


def quality_of_teams(service: Service, agency_id: str, team_ids: Collection[str], period: Period) -> Quality:
    """What is to be looked at in the work of these teams within a period, under all their contracts and under none."""
    with service.database.read() as connection:
        given = occasions(connection, agency_id, team_ids, period.first, period.last)
        contracts = sorted({name for one in given for name in one.contracts})
        found = [*of_occasions(given)]
        for contract_id in contracts:
            found += _of_one(service, connection, agency_id, contract_id)
    answers = _answers()
    found += (one for one, _ in _asked(answers))
    theirs = (one for one in found if one.team_id is None or one.team_id in team_ids)
    rules = by_rule(theirs, _answering(answers))
    return Quality(within(rules, period), delays(given), _missing(answers))


def _of_contract(
    service: Service, connection: Connection, agency_id: str, contract_id: str
) -> tuple[list[Finding], Period, list[Occasion]]:
    """What the ledger shows of a contract, its days with some allowance, and what its teams gave in them."""
    cut = cut_now(connection)
    definition = contract_at(service.store, connection, agency_id, contract_id, cut["reporting"]).definition
    facts, seen = facts_at(connection, agency_id, contract_id, cut), seen_at(connection, agency_id, contract_id, cut)
    whole = _around(definition.period, [unit.occurred_on for unit in facts.units])
    given = occasions(connection, agency_id, {one.team_id for one in seen.values()}, whole.first, whole.last)
    own_ids = {one.unit_id for one in given if contract_id in one.contracts}
    found = [one for one in of_occasions(given) if one.rule == "no_contract" or own_ids & {one.about, one.other}]
    return [*found, *of_contract(definition, facts, seen)], whole, given


def _of_one(service: Service, connection: Connection, agency_id: str, contract_id: str) -> Iterator[Finding]:
    cut = cut_now(connection)
    definition = contract_at(service.store, connection, agency_id, contract_id, cut["reporting"]).definition
    facts = facts_at(connection, agency_id, contract_id, cut)
    return of_contract(definition, facts, seen_at(connection, agency_id, contract_id, cut))


def _around(period: Period, days: Collection[date]) -> Period:
    """The contract's period with every day on which something was recorded for it."""
    return Period(
        first=min(period.first - ALLOWANCE, *days) if days else period.first - ALLOWANCE,
        last=max(period.last + ALLOWANCE, *days) if days else period.last + ALLOWANCE,
    )


def _people(connection: Connection, agency_id: str, contract_id: str) -> frozenset[str]:
    """Everybody who was ever recorded under a contract."""
    own = ledger.participation.c
    query = select(own.person_id).where(own.contract_id == contract_id, own.agency_id == agency_id)
    return frozenset(connection.scalars(query))


def _answers() -> dict[str, dict[str, Any] | None]:
    return dict(zip(ASKED, ask_each(*((f"/{name}/api/v1/doubts", {}) for name in ASKED)), strict=True))


def _missing(answers: Mapping[str, Any]) -> list[str]:
    return [name for name, answer in answers.items() if answer is None]


def _answering(answers: Mapping[str, Any]) -> list[str]:
    """The rules about which somebody answered; those of the ledger always are."""
    told = {name for name, answer in answers.items() if answer is not None}
    return [rule for rule in OWNERS if OF_SERVICE.get(rule, told) & told or rule not in OF_SERVICE]


def _asked(answers: Mapping[str, dict[str, Any] | None]) -> Iterable[tuple[Finding, list[str]]]:
    """What the services answered, each with the contracts it is of."""
    for answer in answers.values():
        for rule, lines in (answer or {}).items():
            for one in lines:
                yield (
                    Finding(
                        rule=rule,
                        about=one["about"],
                        other=one.get("other"),
                        on=date.fromisoformat(one["on"]) if one["on"] else None,
                        team_id=one["team_id"],
                        workers=tuple(one["workers"]),
                        address=one["address"],
                    ),
                    one["contracts"],
                )
