"""Places: load, decide, append."""

from typing import Any

from services.outreach.places import queries
from services.outreach.places.domain import RegisterPlace, decide
from shared.auth.identity import Identity
from shared.eventstore import CommandMeta, Outcome, Work
from shared.ids import chosen_id
from shared.service import Service


def register_place(service: Service, meta: CommandMeta, asked: dict[str, Any], *, dry_run: bool = False) -> Outcome:
    """Register a place of the agency."""
    place_id = chosen_id(asked.get("id"), "place")
    command = RegisterPlace(place_id=place_id, name=asked["name"], district=asked["district"])

    def body(work: Work) -> None:
        known = bool(work.load(place_id))
        work.append(place_id, decide(command, known=known), 0)

    return service.store.run(meta, body, dry_run=dry_run)


def list_places(service: Service, who: Identity) -> list[dict[str, Any]]:
    """The places of this person's agency, by name."""
    with service.database.read() as connection:
        return queries.places(connection, service.vault, who.agency_id)
