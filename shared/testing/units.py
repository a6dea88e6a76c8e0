"""Valid service units for tests: one to change field by field, and a hypothesis strategy of any."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from shared.clock import HONG_KONG
from shared.serviceunit import codes
from shared.serviceunit.unit import FollowUp, Participant, Segment, ServiceUnit

TODAY = date(2021, 5, 28)


def a_person(person_id: str = "person-1", **changes: Any) -> Participant:
    """Return a family member who was present."""
    return replace(Participant(person_id=person_id, role="family_member"), **changes)


def a_unit(**changes: Any) -> ServiceUnit:
    """Return a session of today that is valid in every field, with these changes."""
    unit = ServiceUnit(
        unit_id="session-1",
        kind="case_session",
        occurred_on=TODAY,
        team_id="team-1",
        entered_by="account-1",
        minutes=60,
        segments=(Segment(contract_id="kachi-2"),),
        served_by=("account-1",),
        participants=(a_person(),),
    )
    return replace(unit, **changes)


def _one_of(vocabulary: codes.Labels) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(vocabulary))


participants = st.builds(
    Participant,
    person_id=st.integers(1, 8).map(lambda number: f"person-{number}"),
    role=_one_of(codes.ROLES),
    target_groups=st.lists(_one_of(codes.TARGET_GROUPS), unique=True).map(tuple),
    status=_one_of(codes.ATTENDANCE),
    walk_in=st.booleans(),
    mode=st.none() | _one_of(codes.MODES),
)


HAPPENED = _one_of(codes.UNIT_STATUSES).filter(lambda code: code != "planned")


@st.composite
def units(draw: st.DrawFn, status: st.SearchStrategy[str] = HAPPENED) -> ServiceUnit:
    """Any valid unit of the last years that was not only planned (or whose status is drawn from `status`)."""
    day = TODAY - timedelta(days=draw(st.integers(0, 2000)))
    start = draw(st.none() | st.times(timezones=st.none()).map(lambda moment: time(moment.hour, moment.minute)))
    minutes = draw(st.none() | st.integers(0, 24 * 60))
    contracts = draw(st.lists(st.sampled_from(["kachi-2", "demo-3", "youth-1"]), unique=True))
    return ServiceUnit(
        unit_id="session-1",
        kind=draw(_one_of(codes.KINDS)),
        occurred_on=day,
        team_id="team-1",
        entered_by="account-1",
        status=draw(status),
        segments=_parts(contracts if minutes is not None else contracts[:1], minutes),
        split_approval="BDF/2018/7",
        starts_at=datetime.combine(day, start, tzinfo=HONG_KONG) if start else None,
        minutes=minutes,
        mode=draw(_one_of(codes.MODES)),
        setting=draw(_one_of(codes.SETTINGS)),
        activity=draw(st.none() | _one_of(codes.ACTIVITIES)),
        served_by=("account-1",),
        participants=tuple(draw(st.lists(participants, max_size=6, unique_by=lambda person: person.person_id))),
        unidentified_count=draw(st.integers(0, 200)),
        late_reason=draw(st.none() | _one_of(codes.LATE_REASONS)),
        tags=tuple(draw(st.lists(_one_of(codes.TAGS), unique=True))),
        follow_up=draw(
            st.none() | st.builds(FollowUp, on=st.just(TODAY + timedelta(days=400)), reason=_one_of(codes.FOLLOW_UPS))
        ),
    )


def _parts(contracts: list[str], minutes: int | None) -> tuple[Segment, ...]:
    """Split the minutes over the contracts, the last one taking what is left."""
    if minutes is None or len(contracts) < 2:
        return tuple(Segment(contract_id=contract) for contract in contracts)
    share = minutes // len(contracts)
    shares = [share] * (len(contracts) - 1)
    return tuple(
        Segment(contract_id=contract, minutes=part)
        for contract, part in zip(contracts, [*shares, minutes - sum(shares)], strict=True)
    )
