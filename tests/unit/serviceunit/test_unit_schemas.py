"""The way from a request to a service unit: wall times, contracts, helpers, and who is meant by default."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from shared.clock import HONG_KONG
from shared.errors import Invalid
from shared.serviceunit import schemas
from shared.serviceunit.unit import Segment, ServiceUnit

BODY = {"occurred_on": "2021-05-28", "participants": [{"person_id": "person-1", "role": "family_member"}]}


def loaded(**body: Any) -> dict[str, Any]:
    result: dict[str, Any] = schemas.UnitSchema().load({**BODY, **body})
    return result


def unit(entered_by: str = "account-1", helpers: dict[str, str] | None = None, **body: Any) -> ServiceUnit:
    request = loaded(**body)
    return schemas.unit_of(
        request,
        unit_id="session-1",
        kind="case_session",
        team_id="team-1",
        entered_by=entered_by,
        people=schemas.participants(request, [("hidden",)]),
        helpers=helpers or {},
    )


def test_the_smallest_body_is_a_held_session_in_the_centre() -> None:
    made = unit()
    assert (made.status, made.mode, made.setting, made.minutes) == ("held", "in_person", "centre", None)
    assert made.occurred_on == date(2021, 5, 28)
    assert made.participants[0].target_groups == ("hidden",)


def test_wall_times_are_hong_kong_times_and_become_minutes() -> None:
    made = unit(starts_at="19:30", ends_at="21:00")
    assert made.starts_at == datetime(2021, 5, 28, 19, 30, tzinfo=HONG_KONG)
    assert made.minutes == 90


@given(st.times(), st.times())
def test_minutes_follow_from_start_and_end(start: Any, end: Any) -> None:
    request = loaded(starts_at=f"{start:%H:%M}", ends_at=f"{end:%H:%M}")
    length = (end.hour * 60 + end.minute) - (start.hour * 60 + start.minute)
    if length >= 0:
        assert schemas.minutes(request) == length
    else:
        with pytest.raises(Invalid) as refused:
            schemas.minutes(request)
        assert (refused.value.code, refused.value.field) == ("end_before_start", "ends_at")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"ends_at": "10:00"}, "start_missing", "starts_at"),
        ({"starts_at": "10:00", "ends_at": "11:00", "minutes": 45}, "minutes_differ", "minutes"),
    ],
)
def test_times_that_contradict_each_other_are_refused(body: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        schemas.minutes(loaded(**body))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_minutes_may_be_given_with_the_times_they_fit() -> None:
    assert unit(starts_at="10:00", ends_at="11:00", minutes=60).minutes == 60


def test_one_contract_or_several_parts() -> None:
    assert unit(contract_id="kachi-2").segments == (Segment(contract_id="kachi-2"),)
    parts = [{"contract_id": "a", "minutes": 120}, {"contract_id": "b", "minutes": 60}]
    assert unit(segments=parts).segments == (
        Segment(contract_id="a", minutes=120),
        Segment(contract_id="b", minutes=60),
    )
    assert unit().segments == ()
    with pytest.raises(Invalid):
        unit(contract_id="kachi-2", segments=parts)


def test_who_enters_it_served_unless_others_are_named() -> None:
    assert unit().served_by == ("account-1",)
    assert unit(served_by=["account-2", "account-3", "account-2"]).served_by == ("account-2", "account-3")
    assert unit(helpers={"helper-1": "Auntie Mui"}).served_by == ("helper-1",)
    assert unit(served_by=["account-2"], helpers={"helper-1": "Auntie Mui"}).served_by == ("account-2", "helper-1")


def test_helpers_get_ids_that_say_nothing() -> None:
    helpers = schemas.named_helpers(loaded(helpers=["梅姨", " 梅姨 ", "  "]))
    assert list(helpers.values()) == ["梅姨"]
    assert all(helper_id.startswith("helper-") for helper_id in helpers)


def test_a_helper_named_again_in_a_correction_keeps_the_id() -> None:
    helpers = schemas.named_helpers(loaded(helpers=["梅姨", "王叔"]), [("helper-1", "梅姨")])
    assert helpers["helper-1"] == "梅姨"
    assert set(helpers.values()) == {"梅姨", "王叔"}


@pytest.mark.parametrize(
    "body",
    [
        {"occurred_on": "28/5/2021"},
        {"occurred_on": None},
        {"minutes": "60"},
        {"minutes": 60.5},
        {"minutes": True},
        {"starts_at": "25:00"},
        {"unidentified_count": None},
        {"participants": [{"role": "family_member"}]},
        {"participants": [{"person_id": "", "role": "family_member"}]},
        {"participants": [{"person_id": "person-1"}]},
        {"participants": "person-1"},
        {"participants": [{"person_id": "person-1", "role": "child"}] * 501},
        {"split_approval": "approved <b>by me</b>"},
        {"note": "x" * 10_001},
        {"name": "陳大文"},
    ],
)
def test_a_body_of_another_shape_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        loaded(**body)
    assert list(refused.value.normalized_messages()) == list(body)


def test_unknown_people_are_named_by_their_place_in_the_list() -> None:
    request = loaded(participants=[{"person_id": f"person-{n}", "role": "child"} for n in (1, 2, 3)])
    errors = schemas.unknown_people(request, {"person-2"})
    assert [(error.path, error.code) for error in errors] == [("participants.1.person_id", "person_unknown")]


def test_a_correction_and_a_void_need_a_reason() -> None:
    with pytest.raises(ValidationError):
        schemas.VoidSchema().load({})
    assert schemas.CorrectionSchema().load({"reason": "other"}) == {"reason": "other", "reason_text": None}
