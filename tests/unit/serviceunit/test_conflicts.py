"""Two versions of one meeting: what differs, what is suggested, what is saved."""

from typing import Any

import pytest

from services.groups.meetings.forms import Draft, Row, like
from shared.errors import Invalid
from shared.serviceunit.conflicts import MINE, THEIRS, chosen, differences, suggested


def a_draft(*rows: Row, **values: Any) -> Draft:
    return Draft(values={"occurred_on": "2026-03-09", "served_by": ["account-a"], **values}, rows=list(rows))


def row(person_id: str, status: str = "present", **more: Any) -> Row:
    return Row(person_id=person_id, role="family_member", status=status, **more)


def test_what_is_typed_and_what_is_stored_are_the_same_however_they_are_written() -> None:
    typed = a_draft(row("a", mode="in_person"), minutes="90", unidentified_count="", helpers="陳姑娘\r\n", note="")
    stored = a_draft(row("a"), minutes=90, unidentified_count=0, helpers="陳姑娘", note=None)
    assert differences(typed, stored) == []


def test_values_and_people_that_differ_are_named_each_once() -> None:
    mine = a_draft(row("a"), row("b", "absent"), row("mine"), minutes="90")
    theirs = a_draft(row("a"), row("b", "late"), row("theirs"), minutes=60)
    assert differences(mine, theirs) == ["minutes", "b", "mine", "theirs"]


def test_what_my_form_did_not_show_is_not_compared() -> None:
    assert differences(a_draft(minutes="90"), a_draft(minutes=90, note="只限社工")) == []


def test_the_version_of_the_only_one_who_changed_something_is_suggested() -> None:
    base = a_draft(row("a"), row("b"), row("c"), minutes=90)
    mine = a_draft(row("a", "absent"), row("b"), row("c", "late"), minutes="90")
    theirs = a_draft(row("a"), row("b", "excused"), row("c", "absent"), row("d"), minutes=60)
    assert suggested(base, mine, theirs) == {"minutes": THEIRS, "a": MINE, "b": THEIRS, "c": "", "d": THEIRS}


def test_what_is_chosen_is_saved_and_the_rest_stays_as_typed() -> None:
    mine = a_draft(row("a", "absent"), row("b", "late"), row("mine"), minutes="90", note="我的備註")
    theirs = a_draft(row("a"), row("b"), row("theirs"), minutes=60, note="我的備註")
    choices = {"minutes": THEIRS, "a": MINE, "b": THEIRS, "mine": MINE, "theirs": THEIRS}
    saved = chosen(mine, theirs, choices)
    assert [(one.person_id, one.status) for one in saved.rows] == [
        ("a", "absent"),
        ("b", "present"),
        ("theirs", "present"),
        ("mine", "present"),
    ]
    assert (saved.values["minutes"], saved.values["note"]) == (60, "我的備註")
    dropped = chosen(mine, theirs, {**choices, "mine": THEIRS, "theirs": MINE})
    assert [one.person_id for one in dropped.rows] == ["a", "b"]


def test_nothing_is_saved_before_everything_is_decided() -> None:
    with pytest.raises(Invalid) as refused:
        chosen(a_draft(row("a", "absent")), a_draft(row("a", "late")), {"a": ""})
    assert [(one.path, one.code) for one in refused.value.fields] == [("choose-a", "required")]


def test_a_new_meeting_is_like_the_last_one_with_everybody_present() -> None:
    last = a_draft(
        row("a", "absent"),
        row("left"),
        row("walk-in", walk_in=True, mode="online"),
        Row(person_id="guest", role="guest"),
        **dict.fromkeys(("setting", "activity", "contract_id", "helpers"), "as last"),
        starts_at="19:00",
        minutes=90,
        mode="hybrid",
        unidentified_count=4,
        note="只限社工",
    )
    again = like(a_draft(row("a"), row("new"), occurred_on="2026-03-16", unidentified_count=0), last)
    assert [(one.person_id, one.status, one.mode) for one in again.rows] == [
        ("a", "present", None),
        ("walk-in", "present", "online"),
        ("guest", "present", None),
        ("new", "present", None),
    ]
    assert (again.values["occurred_on"], again.values["starts_at"], again.values["mode"]) == (
        "2026-03-16",
        "19:00",
        "hybrid",
    )
    assert again.values["unidentified_count"] == 0
    assert "note" not in again.values


def test_companions_children_and_guests_are_counted_apart() -> None:
    people = (
        row("a", "late"),
        row("b", "absent"),
        row("c", "excused"),
        row("w", walk_in=True),
        Row(person_id="g", role="guest"),
        Row(person_id="h", role="companion", status="absent"),
    )
    draft = a_draft(*people, unidentified_count="2", partner_count=3)
    assert dict(draft.counts()) == {"beside": 1, "others": 5, "present": 2, "absent": 1, "excused": 1}
    assert [one.place for one in people] == ["member", "member", "member", "walk_in", "beside", "beside"]
