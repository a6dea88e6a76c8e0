"""Given facts, when a command, then facts: people."""

from dataclasses import replace
from datetime import date
from functools import reduce

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from services.case.people.domain import (
    INITIAL,
    SERVICES_HOLDING_KEYS,
    ChangeDetails,
    CompleteErasure,
    EndCode,
    Erase,
    GiveCode,
    Merge,
    Person,
    PersonCommand,
    RegisterPerson,
    Spell,
    Unmerge,
    birth_year_band,
    decide,
    decide_erasure,
    decide_merge,
    decide_unmerge,
    evolve,
)
from services.case.people.events import (
    Attributes,
    Particulars,
    PersonDetailsChanged,
    PersonErased,
    PersonErasureCompleted,
    PersonEvent,
    PersonMergedInto,
    PersonRegistered,
    PersonRoleEnded,
    PersonRoleGiven,
    TargetGroupGiven,
)
from shared.errors import CaseledgerError, Invalid, NotFound, RuleBroken
from shared.spelling import normalised

TODAY = date(2026, 6, 1)
DAY = date(2026, 3, 2)
KNOWN = Particulars(name_zh="陳大文", birth_year=1987)
REGISTER = RegisterPerson(
    person_id="person-a",
    client_number="P1",
    team_id="team-1",
    particulars=KNOWN,
    gender="male",
    district="sham_shui_po",
    roles=(),
    target_groups=(),
    today=TODAY,
)


def registered(person_id: str = "person-a") -> PersonRegistered:
    return PersonRegistered(
        person_id=person_id,
        client_number="P1",
        team_id="team-1",
        alias_only=False,
        attributes=Attributes(gender="male", birth_year_band="1985-1989", district="sham_shui_po"),
        particulars=KNOWN,
    )


def given(*events: PersonEvent) -> Person:
    return reduce(evolve, events, INITIAL)


def refused(command: PersonCommand, person: Person, error: type[CaseledgerError]) -> CaseledgerError:
    with pytest.raises(error) as caught:
        decide(command, person)
    return caught.value


def merged(into: str = "person-b") -> PersonMergedInto:
    return PersonMergedInto(person_id="person-a", into=into, merge_id="merge-1", reason="duplicate")


def test_registering_gives_the_coded_attributes_and_dated_codes() -> None:
    command = replace(
        REGISTER,
        roles=(Spell(code="family_member", from_date=DAY),),
        target_groups=(Spell(code="hidden", from_date=DAY),),
    )
    assert decide(command, given()) == [
        registered(),
        PersonRoleGiven(person_id="person-a", role="family_member", from_date=DAY),
        TargetGroupGiven(person_id="person-a", target_group="hidden", from_date=DAY),
    ]


def test_an_alias_alone_is_enough_and_is_told() -> None:
    (event,) = decide(replace(REGISTER, particulars=Particulars(alias="阿B")), given())
    assert isinstance(event, PersonRegistered)
    assert event.alias_only


@pytest.mark.parametrize("nothing", [None, "", "  ", "–.！"])
def test_a_person_needs_a_name_of_letters(nothing: str | None) -> None:
    error = refused(replace(REGISTER, particulars=Particulars(alias=nothing)), given(), Invalid)
    assert [field.path for field in error.fields] == ["alias"]


@pytest.mark.parametrize(("year", "right"), [(1899, False), (1900, True), (2026, True), (2027, False)])
def test_a_year_of_birth_lies_between_1900_and_today(year: int, right: bool) -> None:
    command = replace(REGISTER, particulars=replace(KNOWN, birth_year=year))
    if right:
        assert decide(command, given())
    else:
        assert [field.path for field in refused(command, given(), Invalid).fields] == ["birth_year"]


def test_nobody_is_registered_twice_and_nobody_unknown_is_changed() -> None:
    assert refused(REGISTER, given(registered()), RuleBroken).code == "person_exists"
    assert refused(GiveCode(kind="role", code="child", from_date=DAY), given(), NotFound).code == "person_not_found"


def test_a_change_says_the_full_details_and_nothing_when_nothing_changed() -> None:
    same = ChangeDetails(client_number="P1", particulars=KNOWN, gender="male", district="sham_shui_po", today=TODAY)
    assert refused(same, given(registered()), RuleBroken).code == "nothing_changed"
    (changed,) = decide(replace(same, gender=None), given(registered()))
    assert changed == PersonDetailsChanged(
        person_id="person-a",
        client_number="P1",
        alias_only=False,
        attributes=Attributes(birth_year_band="1985-1989", district="sham_shui_po"),
        particulars=KNOWN,
    )


def test_a_role_begins_ends_and_may_come_back_the_day_after() -> None:
    first = PersonRoleGiven(person_id="person-a", role="drug_user", from_date=DAY)
    give = GiveCode(kind="role", code="drug_user", from_date=date(2026, 4, 1))
    assert refused(give, given(registered(), first), RuleBroken).code == "held_already"
    ended = PersonRoleEnded(person_id="person-a", role="drug_user", to_date=date(2026, 3, 31))
    assert decide(EndCode(kind="role", code="drug_user", to_date=ended.to_date), given(registered(), first)) == [ended]
    assert decide(give, given(registered(), first, ended))
    overlapping = replace(give, from_date=date(2026, 3, 31))
    assert refused(overlapping, given(registered(), first, ended), RuleBroken).code == "held_already"


def test_a_merge_is_a_fact_of_both_and_only_of_people_who_are_there() -> None:
    a, b = given(registered()), given(registered("person-b"))
    into, absorbed = decide_merge(Merge(merge_id="merge-1", reason="duplicate"), a, b)
    assert (into.person_id, into.into, absorbed.person_id, absorbed.absorbed) == (
        "person-a",
        "person-b",
        "person-b",
        "person-a",
    )
    gone = given(registered(), merged())
    for pair in ((gone, b), (b, gone), (a, a)):
        with pytest.raises(CaseledgerError):
            decide_merge(Merge(merge_id="merge-2", reason="duplicate"), *pair)


def test_an_unmerge_restores_the_person_exactly() -> None:
    before = given(registered())
    unmerged, released = decide_unmerge(Unmerge(reason="wrong_person"), evolve(before, merged()))
    assert (unmerged.merge_id, released.person_id, released.released) == ("merge-1", "person-b", "person-a")
    assert evolve(evolve(before, merged()), unmerged) == before
    with pytest.raises(RuleBroken):
        decide_unmerge(Unmerge(reason="wrong_person"), before)


def test_an_erasure_takes_everybody_merged_into_the_person_along() -> None:
    survivor, other = given(registered("person-b")), given(registered(), merged())
    erased = decide_erasure(Erase(reason="requested"), survivor, [other])
    assert [event.person_id for event in erased] == ["person-b", "person-a"]
    with pytest.raises(RuleBroken):
        decide_erasure(Erase(reason="requested"), other, [])


def test_an_erasure_is_complete_once_when_all_services_have_answered() -> None:
    erased = given(registered(), PersonErased(person_id="person-a", reason="requested"))
    assert erased.particulars is None
    for missing in SERVICES_HOLDING_KEYS:
        assert decide(CompleteErasure(answered=frozenset(SERVICES_HOLDING_KEYS) - {missing}), erased) == []
    (done,) = decide(CompleteErasure(answered=frozenset(SERVICES_HOLDING_KEYS)), erased)
    assert isinstance(done, PersonErasureCompleted)
    assert decide(CompleteErasure(answered=frozenset(SERVICES_HOLDING_KEYS)), evolve(erased, done)) == []


def test_facts_load_after_the_key_was_destroyed() -> None:
    assert given(replace(registered(), particulars=None)).particulars is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("ＣＨＡＮ Tai-Man", "chan taiman"), ("9123 4567", "９１２３-４５６７"), ("陳 大文", "陳大文")],
)
def test_names_are_compared_without_case_spaces_and_width(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@any_of(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@any_of(st.integers(1900, 2100))
def test_a_band_of_five_years_holds_the_year(year: int) -> None:
    first, last = map(int, str(birth_year_band(year)).split("-"))
    assert first <= year <= last == first + 4
    assert first % 5 == 0
