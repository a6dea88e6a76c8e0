"""Places, read. Their names are opened one request at a time and kept nowhere in clear."""

from typing import Any

from sqlalchemy import Connection, exists, select

from services.outreach.places.projections import bound_to
from services.outreach.tables import place
from shared.privacy.vault import Vault


def places(connection: Connection, vault: Vault, agency_id: str) -> list[dict[str, Any]]:
    """The places of an agency, by name."""
    rows = connection.execute(select(place).where(place.c.agency_id == agency_id)).all()
    sealed = [(bound_to(row.place_id), row.sealed) for row in rows if row.sealed is not None]
    opened = iter(vault.open_many(connection, sealed) if sealed else ())
    found = [_public(row, next(opened) if row.sealed is not None else None) for row in rows]
    return sorted(found, key=lambda one: (one["name"] or "", one["place_id"]))


def is_known(connection: Connection, agency_id: str, place_id: str) -> bool:
    """Say whether this is a place of the agency."""
    own = exists().where(place.c.place_id == place_id, place.c.agency_id == agency_id)
    return bool(connection.scalar(select(own)))


def _public(row: Any, plain: bytes | None) -> dict[str, Any]:
    name = plain.decode() if plain is not None else None
    return {"place_id": row.place_id, "version": row.version, "name": name, "district": row.district}
