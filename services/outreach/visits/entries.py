"""From what is asked about a visit to the entry: what it names is looked up, what it leaves out is filled in."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from services.outreach.cases.queries import case_of
from services.outreach.contacts.domain import RegisterContact, groups_on
from services.outreach.people.domain import PersonOnDay
from services.outreach.people.queries import people_on
from services.outreach.places.queries import is_known as is_known_place
from services.outreach.visits.domain import status_of, tags_for, wrong_fields_here
from shared.auth.identity import Identity
from shared.auth.teams import chosen_team
from shared.errors import FieldError, Invalid, RuleBroken
from shared.ids import chosen_id, new_id
from shared.service import Service
from shared.serviceunit.checks import unknown_contracts, unknown_names, wrong_fields
from shared.serviceunit.learnt.queries import contract_periods
from shared.serviceunit.lifecycle import Private, UnitState
from shared.serviceunit.recording import unknown_workers
from shared.serviceunit.schemas import named_helpers, unit_of
from shared.serviceunit.unit import Participant, ServiceUnit

Asked = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A visit as asked for, with what stays sealed, the contacts that are made with it, and what was looked up."""

    unit: ServiceUnit
    private: Private
    new_contacts: tuple[RegisterContact, ...]
    people: dict[str, PersonOnDay]
    periods: dict[str, tuple[date, date]]


@dataclass(frozen=True, slots=True)
class Asking:
    """One request about a visit, inside its transaction: who asks for what, and what the entry says so far."""

    service: Service
    who: Identity
    asked: Asked
    visit_id: str
    connection: Connection
    state: UnitState
    today: date

    @property
    def before(self) -> ServiceUnit | None:
        """The visit as it is now, planned or recorded."""
        return self.state.unit


def entry_of(asking: Asking) -> Entry:
    """What is asked for, checked against all that is known here; raises with every wrong field at once."""
    asked, before = asking.asked, asking.before
    team_id = _team_of(asking)
    made = _new_contacts(asking, team_id)
    people = _people(asking, made)
    case = case_of(asking.connection, asking.who.agency_id, asked["case_id"]) if asked["case_id"] else None
    participants, wrong = _participants(asked, people, made)
    helpers = named_helpers(asked, asking.state.helpers)
    tags = tags_for(case, asked["occurred_on"], aftercare=asked["aftercare"])
    recorded = before is not None and asking.state.phase == "recorded"
    unit = unit_of(
        {**asked, "status": status_of(asked["status"], participants, asked["unidentified_count"])},
        unit_id=asking.visit_id,
        kind="visit",
        team_id=team_id,
        entered_by=before.entered_by if before and recorded else asking.who.account_id,
        people=participants,
        helpers=helpers,
        case_id=asked["case_id"],
        tags=tags,
        child_safety_concern=asked["child_safety_concern"] and asked["status"] != "planned",
    )
    already = {person.person_id for person in before.participants} if before else set()
    if asked["case_id"] is not None and case is None:
        wrong.append(FieldError("case_id", "case_unknown", "There is no such case."))
    wrong += unknown_names(unit, before, places=_places(asking, unit.place_id))
    periods = contract_periods(asking.connection, asking.who.agency_id, [one.contract_id for one in unit.segments])
    wrong += unknown_contracts(unit, periods, in_parts=bool(asked["segments"]))
    wrong += unknown_workers(asking.service, asking.who, unit, helpers, before)
    wrong += wrong_fields_here(unit, people, already)
    wrong += wrong_fields(unit, asking.today)
    if wrong:
        raise Invalid.of(list({(error.path, error.code): error for error in reversed(wrong)}.values())[::-1])
    return Entry(unit, _private(asking, unit, helpers), tuple(made.values()), people, periods)


def _team_of(asking: Asking) -> str:
    team_id = asking.asked["team_id"]
    if team_id is None and asking.before is not None:
        return asking.before.team_id
    return chosen_team(asking.who, asking.service.accounts, team_id)


def _new_contacts(asking: Asking, team_id: str) -> dict[int, RegisterContact]:
    """The contacts to be made, by their place in the list; bare target groups hold from the day of the visit."""
    asked, day = asking.asked, asking.asked["occurred_on"]
    return {
        index: RegisterContact(
            contact_id=chosen_id(new.get("id"), "contact"),
            team_id=team_id,
            place_id=asked["place_id"],
            role=new["role"],
            target_groups=tuple(replace(group, from_date=group.from_date or day) for group in new["target_groups"]),
            alias=new["alias"],
            marks=new["marks"],
            path=f"participants.{index}.new_contact.",
        )
        for index, participant in enumerate(asked["participants"])
        if (new := participant["new_contact"]) is not None
    }


def _people(asking: Asking, made: dict[int, RegisterContact]) -> dict[str, PersonOnDay]:
    day = asking.asked["occurred_on"]
    named = [person["person_id"] for person in asking.asked["participants"] if person["person_id"] is not None]
    new = {
        one.contact_id: PersonOnDay(
            person_id=one.contact_id,
            same_as=one.contact_id,
            role=one.role,
            target_groups=groups_on(one.target_groups, day),
        )
        for one in made.values()
    }
    return {**people_on(asking.connection, asking.who.agency_id, named, day), **new}


def _participants(
    asked: Asked, people: dict[str, PersonOnDay], made: dict[int, RegisterContact]
) -> tuple[tuple[Participant, ...], list[FieldError]]:
    """The participants with what was left out filled in: the role, and the target groups of the day."""
    participants: list[Participant] = []
    wrong: list[FieldError] = []
    for index, given in enumerate(asked["participants"]):
        person_id = made[index].contact_id if index in made else given["person_id"]
        known = people.get(person_id)
        role, groups = given["role"], given["target_groups"]
        if role is None and known is not None:
            role = known.role
            if role is None:
                wrong.append(FieldError(f"participants.{index}.role", "required", "Please fill this in."))
        participants.append(
            Participant(
                person_id=person_id,
                role=role or "guest",
                target_groups=tuple(groups) if groups is not None else known.target_groups if known else (),
                status=given["status"],
                walk_in=given["walk_in"],
                mode=given["mode"],
            )
        )
    return tuple(participants), wrong


def _places(asking: Asking, place_id: str | None) -> set[str]:
    """The place of the visit, when it is one of the agency's."""
    known = place_id is not None and is_known_place(asking.connection, asking.who.agency_id, place_id)
    return {place_id} if known and place_id else set()


def _private(asking: Asking, unit: ServiceUnit, helpers: dict[str, str]) -> Private:
    """What is sealed, and under whose key: the single contact's, or the visit's own when there are several.

    Nothing new is written about somebody who was erased; names of helpers then go under the visit's own key.
    """
    asked = asking.asked
    people = {person.person_id for person in unit.participants}
    subject = people.pop() if len(people) == 1 else _own_subject(asking)
    if asking.service.vault.is_destroyed(asking.connection, subject):
        if asked.get("note"):
            raise RuleBroken("person_erased", "This person's data was erased. Nothing can be added.", field="note")
        subject = _own_subject(asking)
    return Private(
        subject=subject,
        note=(asked.get("note") or "").strip() or None,
        helpers=helpers or None,
        keep_note="note" not in asked,
    )


def _own_subject(asking: Asking) -> str:
    """The visit itself; after its key was destroyed with an earlier note, a new subject."""
    destroyed = asking.service.vault.is_destroyed(asking.connection, asking.visit_id)
    return new_id("note") if destroyed else asking.visit_id
