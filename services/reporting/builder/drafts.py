"""Contracts that people are writing, kept on the server for their account alone until they are put in force."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from services.reporting.tables import contract_draft
from shared.auth.identity import Identity
from shared.database import from_micros, to_micros
from shared.errors import NotFound, StaleVersion
from shared.ids import new_id
from shared.service import Service

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A contract being written; of one that is in force, `based_on` is the version of its stream it was taken from.

    `tried_on` is the contract whose sessions show what the definitions count.
    """

    draft_id: str
    contract_id: str | None
    based_on: int | None
    tried_on: str | None
    version: int
    changed_at: datetime
    document: Document


def draft_of(connection: Connection, who: Identity, draft_id: str) -> Draft:
    """One draft of this account; `NotFound` for everybody else's."""
    row = connection.execute(select(contract_draft).where(*_own(who), contract_draft.c.draft_id == draft_id)).first()
    if row is None:
        raise NotFound("draft_not_found", "There is no such draft. It was put in force, or thrown away.")
    return _draft(row)


def drafts_of(connection: Connection, who: Identity) -> list[Draft]:
    """What this account is writing, what was changed last first."""
    query = select(contract_draft).where(*_own(who)).order_by(contract_draft.c.changed_at.desc()).limit(20)
    return [_draft(row) for row in connection.execute(query)]


def start(
    service: Service,
    who: Identity,
    document: Document,
    *,
    contract_id: str | None = None,
    based_on: int | None = None,
    tried_on: str | None = None,
) -> str:
    """Begin a draft; answers its id."""
    draft_id = new_id("draft")
    row = {"draft_id": draft_id, "agency_id": who.agency_id, "account_id": who.account_id, "version": 1}
    row |= {"contract_id": contract_id, "based_on": based_on, "tried_on": tried_on, "document": document}
    with service.database.write() as connection:
        connection.execute(insert(contract_draft), {**row, "changed_at": to_micros(service.clock.now())})
    return draft_id


def keep(service: Service, who: Identity, draft: Draft, document: Document, tried_on: str | None = None) -> None:
    """Keep what was written; `StaleVersion` when the draft has been changed since this one was read."""
    values: dict[str, Any] = {"document": document, "tried_on": tried_on or draft.tried_on}
    values |= {"version": draft.version + 1, "changed_at": to_micros(service.clock.now())}
    chosen = (contract_draft.c.draft_id == draft.draft_id, contract_draft.c.version == draft.version)
    with service.database.write() as connection:
        changed = connection.execute(update(contract_draft).where(*_own(who), *chosen).values(**values))
    if not changed.rowcount:
        raise StaleVersion(draft.draft_id, draft.version)


def discard(service: Service, who: Identity, draft_id: str) -> None:
    """Throw a draft away, or let it go when it is in force."""
    with service.database.write() as connection:
        connection.execute(delete(contract_draft).where(*_own(who), contract_draft.c.draft_id == draft_id))


def _own(who: Identity) -> tuple[Any, Any]:
    return contract_draft.c.agency_id == who.agency_id, contract_draft.c.account_id == who.account_id


def _draft(row: Any) -> Draft:
    return Draft(
        draft_id=row.draft_id,
        contract_id=row.contract_id,
        based_on=row.based_on,
        tried_on=row.tried_on,
        version=row.version,
        changed_at=from_micros(row.changed_at),
        document=row.document,
    )
