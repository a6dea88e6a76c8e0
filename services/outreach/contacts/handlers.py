"""Contacts: load, decide, append, in one transaction each; looked for before they are made."""

from dataclasses import replace
from typing import Any

from services.outreach.contacts import queries
from services.outreach.contacts.domain import (
    INITIAL,
    ContactCommand,
    EndTargetGroup,
    GiveTargetGroup,
    IdentifyContact,
    RegisterContact,
    UndoIdentification,
    decide,
    evolve,
    possible_duplicate,
)
from services.outreach.contacts.events import ContactRegistered
from services.outreach.people.queries import people_on
from services.outreach.places.queries import is_known as is_known_place
from shared.auth.identity import Identity
from shared.auth.teams import chosen_team, require_team, teams_seen
from shared.clock import local_date
from shared.errors import Invalid, NotFound
from shared.eventstore import CommandMeta, Outcome, Work
from shared.ids import chosen_id, new_id, require_id
from shared.service import Service
from shared.serviceunit.notices import Notice

Asked = dict[str, Any]


def register_contact(
    service: Service, who: Identity, meta: CommandMeta, asked: Asked, *, dry_run: bool = False
) -> Outcome:
    """Make a token for somebody without a name."""
    command = RegisterContact(
        contact_id=chosen_id(asked.get("id"), "contact"),
        team_id=chosen_team(who, service.accounts, asked["team_id"]),
        place_id=asked["place_id"],
        role=asked["role"],
        target_groups=tuple(asked["target_groups"]),
        alias=asked["alias"],
        marks=asked["marks"],
    )

    def body(work: Work) -> None:
        state, version = work.fold(command.contact_id, INITIAL, evolve)
        place_id = command.place_id
        if place_id is not None and not is_known_place(work.connection, who.agency_id, place_id):
            raise Invalid("place_unknown", "There is no such place.", field="place_id")
        work.append(command.contact_id, decide(command, state), version)

    return service.store.run(meta, body, dry_run=dry_run)


def change_contact(
    service: Service,
    who: Identity,
    meta: CommandMeta,
    contact_id: str,
    asked: Asked,
    expected_version: int,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Identify a contact or undo that, give or end a target group: whichever the request is made for."""
    require_id(contact_id, "contact")

    def body(work: Work) -> None:
        state, version = work.fold(contact_id, INITIAL, evolve)
        if not state.contact_id:
            raise NotFound("contact_not_found", "There is no such contact.")
        require_team(who, state.team_id)
        work.require_version(contact_id, expected_version)
        erased = service.vault.is_destroyed(work.connection, contact_id)
        command = _command(work, who, asked)
        work.append(contact_id, decide(command, replace(state, erased=erased)), version)

    return service.store.run(meta, body, dry_run=dry_run)


def find_contacts(service: Service, who: Identity, asked: Asked) -> list[dict[str, Any]]:
    """One page of the contacts of this person's teams whose alias or marks hold what is looked for."""
    with service.database.read() as connection:
        return queries.find_contacts(
            connection,
            service.vault,
            who.agency_id,
            teams_seen(who),
            text=asked["q"],
            place_id=asked["place_id"],
            after=asked["after"],
            limit=asked["limit"],
        )


def read_contact(service: Service, who: Identity, contact_id: str) -> dict[str, Any]:
    """One contact of this person's teams."""
    with service.database.read() as connection:
        found = queries.contacts_among(connection, service.vault, who.agency_id, [contact_id]).get(contact_id)
    if found is None:
        raise NotFound("contact_not_found", "There is no such contact.")
    require_team(who, found["team_id"])
    return found


def notices_of(service: Service, who: Identity, outcome: Outcome) -> list[Notice]:
    """Who of the team has the alias of the contact just made already."""
    registered = outcome.events[0].event
    if not isinstance(registered, ContactRegistered):
        return []
    with service.database.read() as connection:
        alike = queries.same_aliases(
            connection,
            service.vault,
            who.agency_id,
            registered.team_id,
            registered.alias,
            {registered.contact_id},
        )
    return [possible_duplicate(alike, "alias")] if alike else []


def _command(work: Work, who: Identity, asked: Asked) -> ContactCommand:
    match asked:
        case {"person_id": person_id}:
            today = local_date(work.now)
            person = people_on(work.connection, who.agency_id, [person_id], today).get(person_id)
            known = person if person_id.startswith("person-") else None
            return IdentifyContact(identification_id=new_id("identification"), person=known)
        case {"reason": reason}:
            return UndoIdentification(reason=reason)
        case {"target_group": group, "from_date": day}:
            return GiveTargetGroup(target_group=group, from_date=day)
        case {"target_group": group, "to_date": day}:
            return EndTargetGroup(target_group=group, to_date=day)
    raise AssertionError(sorted(asked))
