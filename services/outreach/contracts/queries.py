"""The contracts of an agency, as far as this service has heard."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from services.outreach.tables import known_contract


def periods(connection: Connection, agency_id: str, contract_ids: Collection[str]) -> dict[str, tuple[date, date]]:
    """The first and last day of those of `contract_ids` that are known."""
    if not contract_ids:
        return {}
    wanted = select(known_contract).where(
        known_contract.c.agency_id == agency_id, known_contract.c.contract_id.in_(contract_ids)
    )
    return {row.contract_id: (row.first_day, row.last_day) for row in connection.execute(wanted)}


def contracts(connection: Connection, agency_id: str) -> list[dict[str, Any]]:
    """The contracts to choose from, those that end last first."""
    wanted = (
        select(known_contract)
        .where(known_contract.c.agency_id == agency_id)
        .order_by(known_contract.c.last_day.desc(), known_contract.c.contract_id)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]
