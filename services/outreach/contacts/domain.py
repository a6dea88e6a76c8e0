"""The rules of contact tokens: made, described by dated target groups, identified as a person, and not. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from services.outreach.contacts.events import (
    ContactEvent,
    ContactIdentificationUndone,
    ContactIdentified,
    ContactRegistered,
    ContactTargetGroupEnded,
    ContactTargetGroupGiven,
    DatedGroup,
)
from services.outreach.people.domain import PersonOnDay
from shared.chinese import simplified
from shared.errors import FieldError, Invalid, NotFound, RuleBroken
from shared.serviceunit import codes
from shared.serviceunit.checks import unknown_code
from shared.serviceunit.notices import Notice
from shared.spelling import finding

# A Hong Kong identity card number; a token must never hold one.
_HKID = re.compile(r"(?<![A-Z])[A-Z]{1,2}\d{6}\s*\(?[0-9A]\)?(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What the stream says so far; `erased` is added by who knows whether the token's key still exists."""

    contact_id: str = ""
    team_id: str = ""
    place_id: str | None = None
    role: str = ""
    target_groups: tuple[DatedGroup, ...] = ()
    alias: str | None = None
    marks: str | None = None
    identified_as: str | None = None
    identification_id: str | None = None
    erased: bool = False


INITIAL = Contact()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterContact:
    """`path` says where in the request the contact stands, for the errors."""

    contact_id: str
    team_id: str
    place_id: str | None
    role: str
    target_groups: tuple[DatedGroup, ...]
    alias: str | None
    marks: str | None
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveTargetGroup:
    target_group: str
    from_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTargetGroup:
    target_group: str
    to_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyContact:
    """`person` is what is known here of the person named, None when nobody knows them."""

    identification_id: str
    person: PersonOnDay | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoIdentification:
    reason: str


ContactCommand = RegisterContact | GiveTargetGroup | EndTargetGroup | IdentifyContact | UndoIdentification


def decide(command: ContactCommand, contact: Contact) -> list[ContactEvent]:
    """The events of `command`, or why it cannot be."""
    if isinstance(command, RegisterContact):
        return [_register(command, contact)]
    if not contact.contact_id:
        raise NotFound("contact_not_found", "There is no such contact.")
    if contact.erased:
        raise RuleBroken("person_erased", "This person's data was erased. Nothing can be added.")
    match command:
        case GiveTargetGroup():
            return [_give(command, contact)]
        case EndTargetGroup():
            return [_end(command, contact)]
        case IdentifyContact():
            return [_identify(command, contact)]
        case UndoIdentification():
            return [_undo(command, contact)]
        case _:
            assert_never(command)


def evolve(contact: Contact, event: ContactEvent) -> Contact:
    """The contact after `event`; a fact is never refused."""
    match event:
        case ContactRegistered():
            return Contact(
                contact_id=event.contact_id,
                team_id=event.team_id,
                place_id=event.place_id,
                role=event.role,
                target_groups=event.target_groups,
                alias=event.alias,
                marks=event.marks,
            )
        case ContactTargetGroupGiven(target_group=group, from_date=day):
            given = DatedGroup(target_group=group, from_date=day)
            return replace(contact, target_groups=(*contact.target_groups, given))
        case ContactTargetGroupEnded(target_group=group, to_date=day):
            return replace(contact, target_groups=tuple(_ended(one, group, day) for one in contact.target_groups))
        case ContactIdentified():
            return replace(contact, identified_as=event.person_id, identification_id=event.identification_id)
        case ContactIdentificationUndone():
            return replace(contact, identified_as=None, identification_id=None)
        case _:
            assert_never(event)


def groups_on(groups: tuple[DatedGroup, ...], day: date) -> tuple[str, ...]:
    """The target groups that hold on `day`, each once."""
    return tuple(dict.fromkeys(group.target_group for group in groups if _holds(group, day)))


def normalised(text: str) -> str:
    """How aliases are compared: width, case, spaces, punctuation and the form of characters make no difference."""
    folded = simplified(unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in "LN")


def looking_for(query: str) -> Callable[[str | None, str | None], bool]:
    """What says of an alias and marks whether somebody who types `query` means them.

    A part of either will do; an alias is also found by how it sounds, in characters or in Latin letters.
    """
    wanted, sounds = normalised(query), finding(query)

    def is_found(alias: str | None, marks: str | None) -> bool:
        return any(wanted in normalised(text) for text in (alias, marks) if text) or bool(alias and sounds(alias))

    return is_found


def is_same_alias(one: str | None, other: str | None) -> bool:
    """Say whether two aliases may well be one person's."""
    return bool(one and other and normalised(one) and normalised(one) == normalised(other))


def possible_duplicate(others: Sequence[str], path: str | None = None) -> Notice:
    """The notice that somebody of this team has the same alias already."""
    return Notice(
        code="possible_duplicate",
        message="A contact of this team has this alias already. Is it the same person?",
        path=path,
        params={"contact_ids": list(others)},
    )


def _register(command: RegisterContact, contact: Contact) -> ContactRegistered:
    if contact.contact_id:
        raise RuleBroken("contact_exists", "There is a contact with this id already.", field="id")
    alias, marks = (command.alias or "").strip() or None, (command.marks or "").strip() or None
    wrong = list(_wrong(command, alias, marks))
    if wrong:
        raise Invalid.of([replace(error, path=f"{command.path}{error.path}") for error in wrong])
    return ContactRegistered(
        contact_id=command.contact_id,
        team_id=command.team_id,
        place_id=command.place_id,
        role=command.role,
        target_groups=command.target_groups,
        alias=alias,
        marks=marks,
    )


def _wrong(command: RegisterContact, alias: str | None, marks: str | None) -> Iterator[FieldError]:
    if alias is None and marks is None:
        yield FieldError("alias", "alias_or_marks", "Give an alias or marks, so that this contact can be found again.")
    for path, text in (("alias", alias), ("marks", marks)):
        if text and _HKID.search(unicodedata.normalize("NFKC", text)):
            yield FieldError(path, "identity_number", "Leave out the identity card number. A contact here has none.")
    if command.role not in codes.ROLES:
        yield unknown_code("role", command.role, codes.ROLES)
    seen: set[str] = set()
    for index, group in enumerate(command.target_groups):
        path = f"target_groups.{index}"
        if group.target_group not in codes.TARGET_GROUPS:
            yield unknown_code(path, group.target_group, codes.TARGET_GROUPS)
        if group.target_group in seen:
            yield FieldError(path, "code_twice", "The same code is named twice.")
        if group.from_date and group.to_date and group.to_date < group.from_date:
            yield FieldError(path, "end_before_start", "The end is before the start. Please change it.")
        seen.add(group.target_group)


def _give(command: GiveTargetGroup, contact: Contact) -> ContactTargetGroupGiven:
    if command.target_group not in codes.TARGET_GROUPS:
        raise Invalid.of([unknown_code("target_group", command.target_group, codes.TARGET_GROUPS)])
    if any(
        group.target_group == command.target_group and (group.to_date is None or group.to_date >= command.from_date)
        for group in contact.target_groups
    ):
        raise RuleBroken("group_given_already", "This target group holds on that day already.", field="target_group")
    return ContactTargetGroupGiven(
        contact_id=contact.contact_id, target_group=command.target_group, from_date=command.from_date
    )


def _end(command: EndTargetGroup, contact: Contact) -> ContactTargetGroupEnded:
    current = [one for one in contact.target_groups if one.target_group == command.target_group and one.to_date is None]
    if not current:
        raise RuleBroken("group_not_given", "This contact is not in this target group now.", field="target_group")
    if current[0].from_date is not None and command.to_date < current[0].from_date:
        raise Invalid("end_before_start", "The end is before the start. Please change it.", field="to_date")
    return ContactTargetGroupEnded(
        contact_id=contact.contact_id, target_group=command.target_group, to_date=command.to_date
    )


def _identify(command: IdentifyContact, contact: Contact) -> ContactIdentified:
    person = command.person
    if person is None:
        raise Invalid("person_unknown", "This person is not registered here.", field="person_id")
    if person.erased:
        raise Invalid("person_erased", "This person's data was erased. Nothing can be added.", field="person_id")
    if contact.identified_as is not None:
        raise RuleBroken("identified_already", "This contact is identified already. Undo that first.")
    return ContactIdentified(
        contact_id=contact.contact_id,
        person_id=person.person_id,
        identification_id=command.identification_id,
    )


def _undo(command: UndoIdentification, contact: Contact) -> ContactIdentificationUndone:
    if command.reason not in codes.REASONS:
        raise Invalid.of([unknown_code("reason", command.reason, codes.REASONS)])
    if contact.identification_id is None:
        raise RuleBroken("not_identified", "This contact is not identified as anybody.")
    return ContactIdentificationUndone(
        contact_id=contact.contact_id,
        identification_id=contact.identification_id,
        reason=command.reason,
    )


def _holds(group: DatedGroup, day: date) -> bool:
    return (group.from_date is None or group.from_date <= day) and (group.to_date is None or day <= group.to_date)


def _ended(group: DatedGroup, code: str, day: date) -> DatedGroup:
    return replace(group, to_date=day) if group.target_group == code and group.to_date is None else group
