"""Registering practitioners."""

from typing import Any

from services.groups.practitioners import queries
from services.groups.practitioners.domain import RegisterPractitioner, decide, organisation_id
from shared.auth.identity import Identity
from shared.eventstore import CommandMeta, Outcome, Work
from shared.ids import chosen_id
from shared.service import Service


def register(
    service: Service, who: Identity, meta: CommandMeta, asked: dict[str, Any], *, dry_run: bool = False
) -> Outcome:
    """Register somebody of the sector; the whole agency may name them at its events."""
    practitioner_id = chosen_id(asked.get("id"), "practitioner")
    command = RegisterPractitioner(
        practitioner_id=practitioner_id,
        organisation_id=organisation_id(who.agency_id, asked["organisation"], service.settings.hash_key),
        name=asked["name"],
        organisation=asked["organisation"],
        post=asked["post"],
    )

    def body(work: Work) -> None:
        version = service.store.version(work.connection, practitioner_id, who.agency_id)
        work.append(practitioner_id, decide(command, known=version > 0), 0)

    return service.store.run(meta, body, dry_run=dry_run)


def twins(service: Service, who: Identity, practitioner_id: str, asked: dict[str, Any]) -> list[str]:
    """Others who have this name in this organisation."""
    place = organisation_id(who.agency_id, asked["organisation"], service.settings.hash_key)
    with service.database.read() as connection:
        found = queries.same_practitioners(connection, service.vault, who.agency_id, asked["name"], place)
    return [one for one in found if one != practitioner_id]
