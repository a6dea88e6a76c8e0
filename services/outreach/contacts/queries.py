"""Contacts, read. Aliases and marks are opened one request at a time and kept nowhere in clear."""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from services.outreach.contacts.domain import Contact, is_same_alias, looking_for
from services.outreach.contacts.projections import bound_to
from services.outreach.tables import contact
from shared.privacy.vault import Vault

_ROW = contact.c
_AT_ONCE = 500


def find_contacts(
    connection: Connection,
    vault: Vault,
    agency_id: str,
    team_ids: Collection[str] | None,
    *,
    text: str = "",
    place_id: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """The contacts of these teams (None: of all) whose alias or marks hold `text`, the newest first.

    All of a team's are opened, a few thousand at most, since an index would hold aliases in clear.
    """
    found: list[dict[str, Any]] = []
    is_meant = looking_for(text)
    while len(found) < limit:
        rows = _rows(connection, agency_id, team_ids, place_id=place_id, after=after)
        opened = _opened(connection, vault, rows)
        found += [one for one in opened if not text or is_meant(one["alias"], one["marks"])]
        if len(rows) < _AT_ONCE:
            break
        after = rows[-1].contact_id
    return found[:limit]


def contacts_among(
    connection: Connection, vault: Vault, agency_id: str, ids: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Those of `ids` that are contacts of this agency, by id."""
    wanted = select(contact).where(_ROW.agency_id == agency_id, _ROW.contact_id.in_(ids))
    rows = connection.execute(wanted).all() if ids else []
    return {one["contact_id"]: one for one in _opened(connection, vault, rows)}


def same_aliases(
    connection: Connection, vault: Vault, agency_id: str, team_id: str, alias: str | None, besides: Collection[str]
) -> list[str]:
    """The contacts of the team who have this alias already."""
    if not alias:
        return []
    team = find_contacts(connection, vault, agency_id, [team_id], text=alias, limit=_AT_ONCE)
    return [
        one["contact_id"] for one in team if one["contact_id"] not in besides and is_same_alias(alias, one["alias"])
    ]


def represented(state: Contact, version: int) -> dict[str, Any]:
    """A contact for an answer."""
    shown: dict[str, Any] = msgspec.to_builtins(state)
    del shown["identification_id"]
    return {**shown, "version": version}


def _rows(
    connection: Connection,
    agency_id: str,
    team_ids: Collection[str] | None,
    *,
    place_id: str | None,
    after: str | None,
) -> list[Any]:
    wanted = select(contact).where(_ROW.agency_id == agency_id, _ROW.erased.is_(False))
    if team_ids is not None:
        wanted = wanted.where(_ROW.team_id.in_(team_ids))
    if place_id is not None:
        wanted = wanted.where(_ROW.place_id == place_id)
    if after is not None:
        wanted = wanted.where(_ROW.contact_id < after)
    return list(connection.execute(wanted.order_by(_ROW.contact_id.desc()).limit(_AT_ONCE)))


def _opened(connection: Connection, vault: Vault, rows: Iterable[Any]) -> list[dict[str, Any]]:
    rows = list(rows)
    sealed = [(bound_to(row.contact_id), row.sealed) for row in rows if row.sealed is not None]
    opened = iter(vault.open_many(connection, sealed) if sealed else ())
    return [_public(row, next(opened) if row.sealed is not None else None) for row in rows]


def _public(row: Any, plain: bytes | None) -> dict[str, Any]:
    known = msgspec.json.decode(plain) if plain else {"alias": None, "marks": None}
    return {
        "contact_id": row.contact_id,
        "version": row.version,
        "team_id": row.team_id,
        "place_id": row.place_id,
        "role": row.role,
        "target_groups": row.target_groups,
        "alias": known["alias"],
        "marks": known["marks"],
        "identified_as": row.identified_as,
        "erased": row.erased,
    }
