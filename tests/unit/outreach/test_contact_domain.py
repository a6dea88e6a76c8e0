"""Contact tokens: given events, when a command, then events, or a refusal."""

from datetime import date
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.outreach.contacts.domain import (
    INITIAL,
    Contact,
    ContactCommand,
    EndTargetGroup,
    GiveTargetGroup,
    IdentifyContact,
    RegisterContact,
    UndoIdentification,
    decide,
    evolve,
    groups_on,
    is_same_alias,
    looking_for,
    normalised,
)
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
from shared.errors import CaseledgerError, Invalid, NotFound, RuleBroken

HIDDEN = DatedGroup(target_group="hidden")
REGISTERED = ContactRegistered(
    contact_id="contact-1", team_id="team-1", place_id="place-1", target_groups=(HIDDEN,), alias="阿強", marks="紅帽"
)
IDENTIFIED = ContactIdentified(contact_id="contact-1", person_id="person-1", identification_id="identification-1")
UNDONE = ContactIdentificationUndone(
    contact_id="contact-1", identification_id="identification-1", reason="wrong_person"
)
SOMEBODY = PersonOnDay(person_id="person-1", same_as="person-1")
IDENTIFY = IdentifyContact(identification_id="identification-1", person=SOMEBODY)
UNDO = UndoIdentification(reason="wrong_person")


def register(**changes: Any) -> RegisterContact:
    given: dict[str, Any] = {
        "contact_id": "contact-1",
        "team_id": "team-1",
        "place_id": "place-1",
        "role": "drug_user",
        "target_groups": (HIDDEN,),
        "alias": " 阿強 ",
        "marks": "紅帽",
    }
    return RegisterContact(**{**given, **changes})


def after(*events: ContactEvent) -> Contact:
    return reduce(evolve, events, INITIAL)


def refused(kind: type[CaseledgerError], command: ContactCommand, contact: Contact) -> CaseledgerError:
    with pytest.raises(kind) as caught:
        decide(command, contact)
    return caught.value


def test_a_contact_is_registered_with_an_alias_and_no_name() -> None:
    assert decide(register(), INITIAL) == [REGISTERED]


@pytest.mark.parametrize("known", [{"alias": None}, {"marks": None}])
def test_an_alias_or_marks_alone_are_enough(known: dict[str, None]) -> None:
    (event,) = decide(register(**known), INITIAL)
    assert isinstance(event, ContactRegistered)


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"alias": None, "marks": "  "}, "alias", "alias_or_marks"),
        ({"role": "king"}, "role", "unknown_code"),
        ({"target_groups": (HIDDEN, DatedGroup(target_group="rich"))}, "target_groups.1", "unknown_code"),
        ({"target_groups": (HIDDEN, HIDDEN)}, "target_groups.1", "code_twice"),
        ({"alias": "阿強 A123456(3)"}, "alias", "identity_number"),
        ({"marks": "card a1234563"}, "marks", "identity_number"),
        ({"marks": "Ａ１２３４５６（３）"}, "marks", "identity_number"),
    ],
)
def test_a_contact_of_another_kind_is_refused(changes: dict[str, Any], path: str, code: str) -> None:
    error = refused(Invalid, register(**changes, path="participants.2.new_contact."), INITIAL)
    assert [(one.path, one.code) for one in error.fields] == [(f"participants.2.new_contact.{path}", code)]


def test_an_id_that_is_taken_is_refused() -> None:
    assert refused(RuleBroken, register(), after(REGISTERED)).code == "contact_exists"


def test_a_contact_is_identified_and_that_is_undone_and_done_again() -> None:
    assert decide(IDENTIFY, after(REGISTERED)) == [IDENTIFIED]
    assert decide(UNDO, after(REGISTERED, IDENTIFIED)) == [UNDONE]
    assert decide(IDENTIFY, after(REGISTERED, IDENTIFIED, UNDONE)) == [IDENTIFIED]


def test_undoing_restores_exactly() -> None:
    assert after(REGISTERED, IDENTIFIED, UNDONE) == after(REGISTERED)


@pytest.mark.parametrize(
    ("kind", "code", "command", "events"),
    [
        (NotFound, "contact_not_found", IDENTIFY, ()),
        (NotFound, "contact_not_found", UNDO, ()),
        (RuleBroken, "identified_already", IDENTIFY, (REGISTERED, IDENTIFIED)),
        (RuleBroken, "not_identified", UNDO, (REGISTERED,)),
        (RuleBroken, "not_identified", UNDO, (REGISTERED, IDENTIFIED, UNDONE)),
        (Invalid, "invalid", UndoIdentification(reason="because"), (REGISTERED, IDENTIFIED)),
        (Invalid, "person_unknown", IdentifyContact(identification_id="i", person=None), (REGISTERED,)),
        (
            Invalid,
            "person_erased",
            IdentifyContact(identification_id="i", person=PersonOnDay(person_id="p", same_as="p", erased=True)),
            (REGISTERED,),
        ),
    ],
)
def test_an_identification_that_cannot_be_is_refused(
    kind: type[CaseledgerError], code: str, command: ContactCommand, events: tuple[ContactEvent, ...]
) -> None:
    assert refused(kind, command, after(*events)).code == code


@pytest.mark.parametrize(
    "command",
    [IDENTIFY, UNDO, GiveTargetGroup(target_group="hidden", from_date=date(2021, 1, 1))],
    ids=["identify", "undo", "give"],
)
def test_nothing_is_added_to_an_erased_contact(command: ContactCommand) -> None:
    erased = Contact(contact_id="contact-1", erased=True)
    assert refused(RuleBroken, command, erased).code == "person_erased"


def test_target_groups_are_given_and_ended_by_date() -> None:
    given_group = ContactTargetGroupGiven(
        contact_id="contact-1", target_group="low_motivation", from_date=date(2020, 3, 1)
    )
    ended = ContactTargetGroupEnded(contact_id="contact-1", target_group="low_motivation", to_date=date(2020, 5, 31))
    give = GiveTargetGroup(target_group="low_motivation", from_date=date(2020, 3, 1))
    assert decide(give, after(REGISTERED)) == [given_group]
    assert decide(
        EndTargetGroup(target_group="low_motivation", to_date=date(2020, 5, 31)), after(REGISTERED, given_group)
    ) == [ended]
    groups = after(REGISTERED, given_group, ended).target_groups
    assert groups_on(groups, date(2020, 2, 29)) == ("hidden",)
    assert groups_on(groups, date(2020, 3, 1)) == ("hidden", "low_motivation")
    assert groups_on(groups, date(2020, 5, 31)) == ("hidden", "low_motivation")
    assert groups_on(groups, date(2020, 6, 1)) == ("hidden",)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (GiveTargetGroup(target_group="hidden", from_date=date(2021, 1, 1)), "group_given_already"),
        (EndTargetGroup(target_group="low_motivation", to_date=date(2021, 1, 1)), "group_not_given"),
    ],
)
def test_a_target_group_is_given_once_and_ended_once(command: ContactCommand, code: str) -> None:
    assert refused(RuleBroken, command, after(REGISTERED)).code == code


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("阿強", True),
        ("強", True),
        ("紅 帽", True),
        ("", True),
        ("阿明", False),
        ("Keung", True),
        ("Ah Keung", True),
        ("Ming", False),
    ],
)
def test_a_contact_is_found_by_alias_or_marks(query: str, found: bool) -> None:
    assert looking_for(query)("阿強", "紅帽，左手刺青") is found


def test_aliases_are_the_same_whatever_their_width_case_and_spaces() -> None:
    assert is_same_alias("ＫEUNG ", "keung")
    assert not is_same_alias("阿強", "阿明")
    assert not is_same_alias(None, None)
    assert not is_same_alias("!!", "??")


@given(st.text(), st.text(), st.text())
def test_every_part_of_an_alias_finds_it(before: str, part: str, behind: str) -> None:
    # Joined letters may compose into another one, so the parts are joined as they are compared.
    alias = normalised(before) + normalised(part) + normalised(behind)
    if normalised(alias) == alias and alias:
        assert looking_for(part)(alias, None)
