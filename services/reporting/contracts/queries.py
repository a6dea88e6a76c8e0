"""Contracts as they are read: the list, and one contract as it stood at a position of this service."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from services.reporting.contracts.access import name_for, seen_by
from services.reporting.contracts.document import definition_of
from services.reporting.contracts.domain import INITIAL, ContractState, evolve
from services.reporting.indicators.definition import Definition
from services.reporting.tables import contract
from shared.auth.identity import Identity
from shared.errors import NotFound
from shared.eventstore import EventStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractAt:
    """One contract as it stood; `stream_version` is what a change is based on."""

    agency_id: str
    contract_id: str
    stream_version: int
    state: ContractState
    definition: Definition
    revised_at: datetime


def stream_of(agency_id: str, contract_id: str) -> str:
    return f"contract-{agency_id}-{contract_id}"


def contract_at(
    store: EventStore, connection: Connection, agency_id: str, contract_id: str, position: int | None = None
) -> ContractAt:
    """The contract as it stood at a position of this service, by default now; `NotFound` when it was not there."""
    story = store.load(connection, stream_of(agency_id, contract_id), agency_id)
    state, revised_at, known = INITIAL, None, 0
    for recorded in story:
        if position is not None and recorded.position > position:
            break
        before, state = state.version, evolve(state, recorded.event)
        revised_at = recorded.recorded_at if state.version != before else revised_at
        known = recorded.version
    if revised_at is None:
        if story:
            raise NotFound("contract_later", "This contract was registered later than that.")
        raise NotFound("contract_not_found", "There is no such contract.")
    return ContractAt(
        agency_id=agency_id,
        contract_id=contract_id,
        stream_version=known,
        state=state,
        definition=definition_of(state.document),
        revised_at=revised_at,
    )


def contracts_of(
    connection: Connection, agency_id: str, *, after: tuple[str, str] | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """The agency's contracts, those that end last first."""
    columns = contract.c
    query = select(contract).where(columns.agency_id == agency_id)
    if after is not None:
        last_day, contract_id = after
        query = query.where(
            (columns.last_day < last_day) | ((columns.last_day == last_day) & (columns.contract_id > contract_id))
        )
    query = query.order_by(columns.last_day.desc(), columns.contract_id).limit(limit)
    return [_listed(row, row.contract_id) for row in connection.execute(query)]


def contracts_seen(
    connection: Connection, who: Identity, *, after: tuple[str, str] | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """The contracts this person sees, those that end last first, each by the name that addresses have for it."""
    own = seen_by(who)
    if own is None:
        return contracts_of(connection, who.agency_id, after=after, limit=limit)
    query = select(contract).where(contract.c.agency_id.in_({agency_id for agency_id, _ in own}))
    rows = [row for row in connection.execute(query) if (row.agency_id, row.contract_id) in own]
    listed = (_listed(row, name_for(who, (row.agency_id, row.contract_id))) for row in rows)
    ordered = sorted(listed, key=_place_in_list)
    start = (-date.fromisoformat(after[0]).toordinal(), after[1]) if after else None
    return [one for one in ordered if start is None or _place_in_list(one) > start][:limit]


def _place_in_list(one: dict[str, Any]) -> tuple[int, str]:
    return -one["period"]["to"].toordinal(), one["contract_id"]


def _listed(row: Row[Any], name: str) -> dict[str, Any]:
    return {
        "contract_id": name,
        "title": row.title,
        "funder": row.funder,
        "period": {"from": date.fromisoformat(row.first_day), "to": date.fromisoformat(row.last_day)},
        "definition_version": row.version,
    }


def agencies_of(connection: Connection, contract_id: str) -> list[str]:
    """The agencies that have a contract of this name; for the operator of the installation."""
    query = select(contract.c.agency_id).where(contract.c.contract_id == contract_id)
    return list(connection.scalars(query.order_by(contract.c.agency_id)))


def deliverables_of(found: ContractAt) -> list[dict[str, Any]]:
    """What is to be handed over, and what has been, when."""
    done = found.state.done
    return [
        {
            "id": one.id,
            "title": dict(one.title),
            "due": one.due.isoformat() if one.due else None,
            "evidence": dict(one.evidence),
            "done": one.id in done,
            "done_on": done[one.id].done_on.isoformat() if one.id in done else None,
        }
        for one in found.definition.deliverables
    ]
