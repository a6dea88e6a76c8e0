"""What counts and what does not: the definition traps of output indicators."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from msgspec import structs

from services.reporting.indicators.definition import Counting, Definition, Where
from services.reporting.indicators.facts import Facts, Identities, Presence, Unit
from services.reporting.indicators.filters import LEFT_OUT, Filter
from services.reporting.indicators.report import Count

Make = Callable[..., Unit]
Figure = Callable[..., Any]

GROUP = {"kind": "group_meeting", "activity": "mutual_aid"}
TRAINING = {"kind": "sector_event", "activity": "training"}
SUPERVISION = {"kind": "sector_event", "activity": "supervision"}


def _user(person_id: str, *groups: str) -> Presence:
    return Presence(person_id, "drug_user", groups or ("hidden",), "present")


def _practitioner(person_id: str) -> Presence:
    return Presence(person_id, "practitioner", (), "present")


def _reason(kachi: Definition, unit: Unit, output_id: str = "output-1") -> str | None:
    output = kachi.output(output_id)
    assert output is not None
    return Count(kachi).selection(output.measures[0]).filter.reason_to_leave_out(unit)


def test_the_same_people_are_asked_for_anew_at_another_session_and_as_other_people(
    kachi: Definition, unit: Make
) -> None:
    asks = Filter((Where(),), replace(kachi.counting, unit_status=frozenset({"held", "missed"})), kachi.period)
    absent = structs.replace(unit("held", "mother"), people=(Presence("mother", "family_member", (), "absent"),))
    people = [
        found and found.people
        for found in (
            asks.counted(absent),
            asks.counted(structs.replace(absent, status="missed")),
            asks.counted(unit("held", "mother"), Identities([("mother", "ann")])),
            asks.counted(unit("held", "mother")),
        )
    ]
    assert people == [None, {"mother"}, {"ann"}, {"mother"}]


def test_a002_02_a_mother_at_thirteen_meetings_is_one_person_and_thirteen_attendances(
    kachi: Definition, unit: Make, figure: Figure
) -> None:
    meetings = [unit(f"meeting-{n}", "mother", **GROUP) for n in range(13)]
    assert figure(kachi, "output-1/persons", meetings) == 1
    assert figure(kachi, "output-1/attendances", meetings) == 13
    assert figure(kachi, "output-1/sessions", meetings) == 13


def test_a002_03_a_family_of_three_in_one_session_is_one_session_and_three_persons(
    kachi: Definition, unit: Make, figure: Figure
) -> None:
    family = [unit("session-1", "mother", "father", "sister")]
    assert figure(kachi, "output-2/sessions", family) == 1
    assert figure(kachi, "output-2/persons", family) == 3


def test_a002_04_a_trip_that_meets_five_people_is_five_contacts(kachi: Definition, unit: Make, figure: Figure) -> None:
    trip = unit("visit-1", *(_user(f"u{n}") for n in range(5)), kind="visit", setting="outreach")
    assert figure(kachi, "output-3/contacts", [trip]) == 5
    assert figure(kachi, "output-3/visits", [trip]) == 5
    office = structs.replace(trip, setting="centre")
    assert figure(kachi, "output-3/contacts", [office]) == 5
    assert figure(kachi, "output-3/visits", [office]) == 0


def test_a002_06_a_no_show_counts_nothing(kachi: Definition, unit: Make, figure: Figure) -> None:
    absent = Presence("mother", "family_member", (), "absent")
    for one in (unit("s", absent), unit("s", "mother", status="no_show"), unit("s", "mother", status="missed")):
        assert figure(kachi, "output-2/sessions", [one]) == 0
        assert figure(kachi, "output-2/persons", [one]) == 0


def test_a_contract_may_count_missed_visits(kachi: Definition, unit: Make, figure: Figure) -> None:
    lenient = replace(kachi, counting=replace(kachi.counting, unit_status=frozenset({"held", "missed"})))
    assert figure(lenient, "output-2/sessions", [unit("visit-1", "mother", kind="visit", status="missed")]) == 1


def test_a002_11_each_part_of_a_split_session_needs_the_minimum_length(
    kachi: Definition, unit: Make, figure: Figure
) -> None:
    strict = replace(kachi, counting=replace(kachi.counting, minimum_minutes=90))
    assert figure(strict, "output-2/sessions", [unit("a", "mother", minutes=120), unit("b", "mother", minutes=60)]) == 1
    assert figure(strict, "output-2/sessions", [unit("c", "mother", minutes=None)]) == 0
    assert figure(kachi, "output-2/sessions", [unit("c", "mother", minutes=None)]) == 1


@pytest.mark.parametrize(
    ("lengths", "credited"),
    [([360, 360, 360], 3), ([180, 180], 1), ([359], Fraction(1, 2)), ([179], 0), ([400, 200], Fraction(3, 2))],
)
def test_a002_13_training_days_are_credited_by_length_whatever_the_number_of_trainees(
    kachi: Definition, unit: Make, figure: Figure, lengths: list[int], credited: Fraction
) -> None:
    trainees = [_practitioner(f"p{n}") for n in range(18)]
    events = [unit(f"m{n}", *trainees, minutes=length, **TRAINING) for n, length in enumerate(lengths)]
    assert figure(kachi, "output-5/training_days", events) == credited
    assert figure(kachi, "output-5/trained_persons", events) == 18


def test_a002_14_supervision_hours_are_hours_of_the_session_not_of_the_people(
    kachi: Definition, unit: Make, figure: Figure
) -> None:
    group = unit("m", *(_practitioner(f"p{n}") for n in range(5)), minutes=120, **SUPERVISION)
    assert figure(kachi, "output-5/supervision_hours", [group]) == 2
    assert figure(kachi, "output-5/supervised_persons", [group]) == 5


def test_a002_12_hours_add_up_whole_minutes(kachi: Definition, unit: Make, figure: Figure) -> None:
    lengths = [120] * 34 + [90]
    events = [unit(f"m{n}", _practitioner("p"), minutes=length, **SUPERVISION) for n, length in enumerate(lengths)]
    assert figure(kachi, "output-5/supervision_hours", events) == Fraction(139, 2)


def test_a002_22_the_edges_of_the_period_belong_to_it(kachi: Definition, unit: Make, figure: Figure) -> None:
    days = {date(2018, 5, 31): 0, date(2018, 6, 1): 1, date(2021, 5, 31): 1, date(2021, 6, 1): 0}
    for day, counts in days.items():
        assert figure(kachi, "output-2/sessions", [unit("s", "mother", occurred_on=day)]) == counts


def test_a002_23_companions_children_and_guests_are_no_attendances(
    kachi: Definition, unit: Make, figure: Figure
) -> None:
    others = [
        Presence(role, role, (), "present") for role in ("companion", "child", "guest", "collateral", "volunteer")
    ]
    assert figure(kachi, "output-1/attendances", [unit("m", "mother", *others, **GROUP)]) == 1
    assert figure(kachi, "output-1/sessions", [unit("m", *others, **GROUP)]) == 0


def test_a002_25_every_mode_but_messaging_counts(kachi: Definition, unit: Make, figure: Figure) -> None:
    modes = ("in_person", "online", "phone", "hybrid", "messaging")
    assert figure(kachi, "output-2/sessions", [unit(f"s{mode}", "mother", mode=mode) for mode in modes]) == 4


def test_a002_28_the_same_person_counts_in_each_indicator(kachi: Definition, unit: Make, figure: Figure) -> None:
    both = [unit("s", "mother"), unit("m", "mother", **GROUP)]
    assert figure(kachi, "output-1/persons", both) == figure(kachi, "output-2/persons", both) == 1


@pytest.mark.parametrize("tag", ["before_opening", "aftercare"])
def test_contacts_before_opening_and_aftercare_do_not_count_by_default(
    kachi: Definition, unit: Make, figure: Figure, tag: str
) -> None:
    tagged = [unit("s", "mother", tags=(tag,))]
    assert figure(kachi, "output-2/sessions", tagged) == 0
    everything = replace(kachi, counting=replace(kachi.counting, exclude_tags=frozenset()))
    assert figure(everything, "output-2/sessions", tagged) == 1


def test_what_is_organised_with_another_agency_counts_unless_the_contract_says_no(
    kachi: Definition, unit: Make, figure: Figure
) -> None:
    together = [unit("m", "mother", tags=("co_organised",), **GROUP)]
    alone = replace(kachi, counting=replace(kachi.counting, exclude_tags=frozenset({"co_organised"})))
    assert figure(kachi, "output-1/sessions", together) == 1
    assert figure(alone, "output-1/sessions", together) == 0


def test_a_joint_session_counts_for_both_target_groups_unless_the_contract_says_primary(
    kachi: Definition, unit: Make, figure: Figure
) -> None:
    joint = [unit("s", "mother", _user("son"))]
    primary = replace(kachi, counting=replace(kachi.counting, joint_sessions="primary"))
    assert figure(kachi, "output-2/sessions", joint) == figure(kachi, "output-3/contacts", joint) == 1
    assert figure(primary, "output-2/sessions", joint) == 1
    assert figure(primary, "output-3/contacts", joint) == 0


def test_unidentified_heads_are_attendances_only_where_the_contract_says_so(
    kachi: Definition, unit: Make, figure: Figure
) -> None:
    crowd = [unit("m", "mother", unidentified=7, **GROUP)]
    generous = replace(kachi, counting=Counting(unidentified=True))
    assert figure(kachi, "output-1/attendances", crowd) == 1
    assert figure(generous, "output-1/attendances", crowd) == 8
    assert figure(generous, "output-1/persons", crowd) == 1


def test_late_and_early_leavers_attended(kachi: Definition, unit: Make, figure: Figure) -> None:
    people = [Presence(status, "family_member", (), status) for status in ("late", "left_early", "excused", "absent")]
    assert figure(kachi, "output-1/attendances", [unit("m", *people, **GROUP)]) == 2


def test_one_and_the_same_person_must_meet_all_conditions(kachi: Definition, unit: Make, figure: Figure) -> None:
    mixed = unit(
        "s", Presence("mother", "family_member", ("hidden",), "present"), Presence("son", "drug_user", (), "present")
    )
    assert figure(kachi, "output-3/persons", [mixed]) == 0


def test_merged_people_count_once_a_session_and_once_in_all(kachi: Definition, unit: Make, figure: Figure) -> None:
    meetings = (unit("m1", "token", "mother", **GROUP), unit("m2", "token", **GROUP))
    apart = Facts(units=meetings)
    merged = Facts(units=meetings, identities=Identities([("token", "mother")]))
    assert [figure(kachi, f"output-1/{one}", apart) for one in ("persons", "sessions", "attendances")] == [2, 2, 3]
    assert [figure(kachi, f"output-1/{one}", merged) for one in ("persons", "sessions", "attendances")] == [1, 2, 2]


def test_every_reason_to_be_left_out_is_given_by_name(kachi: Definition, unit: Make) -> None:
    absent = Presence("mother", "family_member", (), "absent")
    strict = replace(kachi, counting=replace(kachi.counting, minimum_minutes=90))
    primary = replace(kachi, counting=replace(kachi.counting, joint_sessions="primary"))
    given = {
        "other_kind": _reason(kachi, unit("s", "mother")),
        "other_activity": _reason(kachi, unit("m", "mother", kind="group_meeting", activity="follow_up")),
        "outside_period": _reason(kachi, unit("m", "mother", occurred_on=date(2021, 6, 1), **GROUP)),
        "status": _reason(kachi, unit("m", "mother", status="cancelled", **GROUP)),
        "mode": _reason(kachi, unit("m", "mother", mode="messaging", **GROUP)),
        "minimum_minutes": _reason(strict, unit("m", "mother", **GROUP)),
        "tag": _reason(kachi, unit("m", "mother", tags=("aftercare",), **GROUP)),
        "nobody_attended": _reason(kachi, unit("m", absent, **GROUP)),
        "role": _reason(kachi, unit("m", _user("son"), **GROUP)),
        "target_group": _reason(kachi, unit("s", Presence("son", "drug_user", (), "present")), "output-3"),
        "not_primary_role": _reason(primary, unit("s", "mother", _user("son")), "output-3"),
    }
    assert given == {reason: reason for reason in given}
    assert given.keys() <= set(LEFT_OUT)
    assert _reason(kachi, unit("m", "mother", **GROUP)) is None
