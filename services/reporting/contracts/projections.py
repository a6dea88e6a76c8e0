"""The list of contracts, written with their events."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert

from services.reporting.contracts.events import ContractRegistered, ContractRevised
from services.reporting.tables import contract
from shared.eventstore import Pending


def project(connection: Connection, events: Sequence[Pending]) -> None:
    """Keep one row a contract, of its newest version."""
    for pending in events:
        match pending.event:
            case ContractRegistered() | ContractRevised() as written:
                key = {"agency_id": pending.agency_id, "contract_id": written.contract_id}
                connection.execute(delete(contract).where(*(contract.c[name] == one for name, one in key.items())))
                row = {
                    **key,
                    "version": written.version,
                    "title": written.title,
                    "funder": written.document.get("funder") or {},
                    "first_day": written.period["from"],
                    "last_day": written.period["to"],
                }
                connection.execute(insert(contract), row)
