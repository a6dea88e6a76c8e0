"""What reporting says of contracts: their slug inside the agency, their title, their period."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert

from services.outreach.tables import known_contract
from shared.bus.envelope import Arrived


class _Period(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    first: date
    last: date


class _Contract(msgspec.Struct, frozen=True):
    contract_id: str
    period: _Period
    title: dict[str, Any] | str = ""


def learn(connection: Connection, events: Sequence[Arrived]) -> None:
    """Take in events of reporting; those that say nothing of contracts are passed over."""
    for arrived in events:
        if arrived.service == "reporting" and arrived.type in ("ContractRegistered", "ContractRevised"):
            _keep(connection, arrived)


def _keep(connection: Connection, arrived: Arrived) -> None:
    contract = msgspec.json.decode(arrived.data, type=_Contract)
    key = {"agency_id": arrived.agency_id, "contract_id": contract.contract_id}
    connection.execute(delete(known_contract).where(*(known_contract.c[name] == value for name, value in key.items())))
    period = {"first_day": contract.period.first, "last_day": contract.period.last}
    connection.execute(insert(known_contract), {**key, **period, "title": contract.title})
