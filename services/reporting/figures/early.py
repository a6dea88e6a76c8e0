"""The early warnings: every measure behind its pace, of all running contracts of an agency."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.reporting.contracts.queries import contracts_of
from services.reporting.figures.overview import overview
from services.reporting.figures.words import measure_name
from shared.clock import local_date
from shared.service import Service

Values = dict[str, Any]
_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which warnings: of one contract, with one outlook; None asks nothing."""

    contract: str | None = None
    outlook: str | None = None

    def fits(self, line: Mapping[str, Any]) -> bool:
        return self.contract in (None, line["contract"]) and self.outlook in (None, line["outlook"])


def running_contracts(service: Service, agency_id: str) -> list[Values]:
    """The contracts whose period holds today, those that end last first."""
    today = local_date(service.clock.now())
    with service.database.read() as connection:
        found = contracts_of(connection, agency_id, limit=_MOST)
    return [one for one in found if one["period"]["from"] <= today <= one["period"]["to"]]


def early_warnings(service: Service, agency_id: str, contracts: list[Values]) -> list[Values]:
    """The measures of these contracts that are behind, the furthest behind first."""
    lines = (line for one in contracts for line in _of_contract(service, agency_id, one))
    return sorted(lines, key=lambda one: (-one["missing_part"], one["contract"], one["indicator"], one["measure"]))


def _of_contract(service: Service, agency_id: str, contract: Values) -> Iterator[Values]:
    about = {
        "contract": contract["contract_id"],
        "contract_title": contract["title"],
        "ends": contract["period"]["to"].isoformat(),
    }
    for line in pace_values(service, agency_id, contract["contract_id"]):
        if line["standing"] == "behind":
            yield {**about, **line}


def pace_values(service: Service, agency_id: str, contract_id: str) -> list[Values]:
    """How every measure of a contract stands today, and where it leads."""
    groups = overview(service, agency_id, contract_id)["groups"]
    return [_line(group["output"].title, line) for group in groups for line in group["measures"]]


def _line(title: Mapping[str, str], line: Values) -> Values:
    figure, forecast = line["figure"], line["forecast"]
    return {
        "indicator": figure["indicator"],
        "indicator_title": dict(title),
        "measure": figure["measure"],
        "name": measure_name(line["measure"]),
        "unit": figure["unit"],
        "actual": figure["actual"],
        "target": figure["target"],
        "expected": line["expected"],
        "standing": line["standing"],
        "required_a_month": line["required"],
        "missing_part": line["missing_part"],
        "forecast": forecast,
        "outlook": forecast["outlook"] if forecast else "too_early",
        "url": line["url"],
    }
