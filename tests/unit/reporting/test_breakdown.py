"""A figure in parts: each counted like the whole, people of several parts told apart from people."""

from datetime import date
from typing import Any

import pytest

from services.reporting.breakdowns.domain import INITIAL, Release, SetRelease, decide, evolve, printed
from services.reporting.breakdowns.events import SmallCellsHeldBack, SmallCellsReleased
from services.reporting.indicators.breakdown import Breakdown, By, Known, Part, breakdown
from services.reporting.indicators.definition import Definition, Period
from services.reporting.indicators.facts import Facts, Presence, Seen, Unit
from services.reporting.indicators.report import Count
from shared.errors import Invalid, RuleBroken

WINDOW = Period(first=date(2021, 1, 1), last=date(2021, 5, 31))


def held(number: int, *people: str, on: str = "2021-03-04", **more: Any) -> Unit:
    return Unit(
        unit_id=f"meeting-{number}",
        kind="group_meeting",
        status="held",
        occurred_on=date.fromisoformat(on),
        mode=more.pop("mode", "in_person"),
        setting="centre",
        activity="mutual_aid",
        minutes=90,
        people=tuple(Presence(one, "family_member", (), "present") for one in people),
        **more,
    )


UNITS = (
    held(1, "person-a", "person-b", on="2020-11-30"),
    held(2, "person-a", "person-c", mode="online"),
    held(3, "person-a"),
)
KNOWN = Known(
    seen={"meeting-1": Seen(team_id="team-west", group_id=None, workers=())},
    attributes={
        "person-a": {"gender": frozenset({"female"}), "relationship": frozenset({"mother", "sister"})},
        "person-b": {"gender": frozenset({"male"})},
    },
    window=WINDOW,
)


def parts(definition: Definition, by: By, measure: str = "attendances") -> Breakdown:
    output = definition.output("output-1")
    assert output is not None
    asked = next(one for one in output.measures if one.id == measure)
    return breakdown(definition, asked, Facts(units=UNITS), KNOWN, by)


def by_code(found: Breakdown) -> dict[str, tuple[int, int]]:
    return {part.code: (int(part.value), part.people) for part in found.parts}


@pytest.mark.parametrize(
    ("by", "expected", "in_several"),
    [
        ("quarter", {"2020-4": (2, 2), "2021-1": (3, 2)}, 1),
        ("mode", {"in_person": (3, 2), "online": (2, 2)}, 1),
        ("kind", {"group_meeting": (5, 3)}, 0),
        ("team", {"team-west": (2, 2), "": (3, 2)}, 1),
        ("gender", {"female": (3, 1), "male": (1, 1), "": (1, 1)}, 0),
        ("relationship", {"mother": (3, 1), "sister": (3, 1), "": (2, 2)}, 1),
        ("role", {"family_member": (5, 3)}, 0),
        ("continuing", {"new": (1, 1), "continuing": (3, 1), "before": (1, 1)}, 0),
        ("times", {"1": (2, 2), "2-4": (3, 1)}, 0),
    ],
)
def test_each_part_counts_its_own(
    kachi: Definition, by: By, expected: dict[str, tuple[int, int]], in_several: int
) -> None:
    found = parts(kachi, by)
    assert by_code(found) == expected
    assert (int(found.value), found.people, found.in_several) == (5, 3, in_several)
    assert list(by_code(found)) == list(expected)


def test_a_headcount_in_parts_is_more_than_its_people(kachi: Definition) -> None:
    found = parts(kachi, "quarter", "persons")
    assert (found.parts_people, found.people, found.in_several) == (4, 3, 1)


def test_the_whole_of_a_contract_has_every_session_and_person_once(kachi: Definition) -> None:
    whole = Count(kachi, Facts(units=UNITS)).whole()
    assert (whole.sessions, whole.attendances, whole.minutes, len(whole.people)) == (3, 5, 270, 3)
    assert whole.kinds == {"group_meeting"}


def cut(by: By, *counts: int) -> Breakdown:
    found = tuple(Part(code=str(place), value=count, people=count) for place, count in enumerate(counts))  # type: ignore[arg-type]
    return Breakdown(by=by, parts=found, value=sum(counts), people=sum(counts), in_several=0)  # type: ignore[arg-type]


def test_small_cells_of_what_people_are_are_not_printed_unless_released() -> None:
    small = cut("gender", 3, 12, 40)
    assert [part is None for _, part in printed(small).parts or ()] == [True, True, False]
    assert not printed(small, Release(reason="consented")).holds_back
    assert not printed(cut("mode", 3, 12, 40)).holds_back
    assert printed(cut("gender", 2, 1)).parts is None


def test_a_release_has_a_reason_and_ends() -> None:
    def asked(reason: str | None, by: str = "gender") -> SetRelease:
        return SetRelease(contract_id="kachi-2", indicator="output-1", measure="persons", by=by, reason=reason)

    (released,) = decide(asked("consented"), INITIAL)
    assert isinstance(released, SmallCellsReleased)
    state = evolve(INITIAL, released)
    assert decide(asked("consented"), state) == []
    (ended,) = decide(asked(None), state)
    assert isinstance(ended, SmallCellsHeldBack)
    assert evolve(state, ended) == INITIAL
    with pytest.raises(Invalid):
        decide(asked("because"), INITIAL)
    with pytest.raises(RuleBroken):
        decide(asked("consented", by="mode"), INITIAL)
