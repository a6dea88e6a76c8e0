"""Practitioners, read. Their names are opened one request at a time and kept nowhere in clear."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from services.groups.people.domain import PersonOnDay
from services.groups.practitioners.domain import normalised
from services.groups.practitioners.projections import bound_to
from services.groups.tables import practitioner
from shared.privacy.vault import Vault

PREFIX = "practitioner-"
_ROW = practitioner.c


def practitioners_among(connection: Connection, agency_id: str, ids: Collection[str]) -> dict[str, PersonOnDay]:
    """Those of `ids` who are practitioners of this agency's list; they have been so on every day."""
    own = [one for one in ids if one.startswith(PREFIX)]
    if not own:
        return {}
    wanted = select(_ROW.practitioner_id).where(_ROW.practitioner_id.in_(own), _ROW.agency_id == agency_id)
    role = frozenset({"practitioner"})
    return {one: PersonOnDay(person_id=one, same_as=one, roles=role) for one in connection.scalars(wanted)}


def organisations_among(connection: Connection, agency_id: str, ids: Collection[str]) -> set[str]:
    """Those of `ids` that are organisations of practitioners on this agency's list."""
    if not ids:
        return set()
    known = select(_ROW.organisation_id).where(_ROW.agency_id == agency_id, _ROW.organisation_id.in_(ids))
    return set(connection.scalars(known))


def practitioners(
    connection: Connection, vault: Vault, agency_id: str, ids: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """The practitioners of an agency (or those of `ids`), by organisation and name."""
    wanted = select(practitioner).where(_ROW.agency_id == agency_id)
    if ids is not None:
        wanted = wanted.where(_ROW.practitioner_id.in_(ids))
    rows = connection.execute(wanted).all()
    sealed = [(bound_to(row.practitioner_id), row.sealed) for row in rows if row.sealed is not None]
    opened = iter(vault.open_many(connection, sealed) if sealed else ())
    found = [_opened(row, next(opened) if row.sealed is not None else None) for row in rows]
    return sorted(found, key=lambda one: (one["organisation"] or "", one["name"] or "", one["practitioner_id"]))


def search(connection: Connection, vault: Vault, agency_id: str, text: str) -> list[dict[str, Any]]:
    """The practitioners whose name, organisation or post holds `text`; width, case and spaces make no difference.

    All of an agency's are opened: a few hundred, since the sector is small, and an index would hold names in clear.
    """
    wanted = normalised(text)
    return [
        one
        for one in practitioners(connection, vault, agency_id)
        if any(wanted in normalised(one[field] or "") for field in ("name", "organisation", "post"))
    ]


def page(found: list[dict[str, Any]], after: str | None, limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """One page of a search, and where the next one begins."""
    ids = [one["practitioner_id"] for one in found]
    start = ids.index(after) + 1 if after in ids else 0
    shown = found[start : start + limit]
    return shown, shown[-1]["practitioner_id"] if start + limit < len(found) else None


def same_practitioners(
    connection: Connection, vault: Vault, agency_id: str, name: str, organisation_id: str
) -> list[str]:
    """Who has this name in this organisation already."""
    return [
        one["practitioner_id"]
        for one in practitioners(connection, vault, agency_id)
        if one["organisation_id"] == organisation_id and normalised(one["name"] or "") == normalised(name)
    ]


def _opened(row: Any, plain: bytes | None) -> dict[str, Any]:
    names = msgspec.json.decode(plain) if plain else {"name": None, "organisation": None, "post": None}
    return {"practitioner_id": row.practitioner_id, "organisation_id": row.organisation_id, **names}
