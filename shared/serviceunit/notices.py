"""What somebody should look at again before, or after, an entry is saved; it does not stand in the way. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from shared.ids import is_id
from shared.serviceunit.codes import ROLES_THAT_HELP, ROLES_THAT_LOOK_ON
from shared.serviceunit.unit import ServiceUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A coded remark with its message in plain English, and the field it is about."""

    code: str
    message: str
    path: str | None = None
    params: dict[str, object] = field(default_factory=dict)


def outside_period(unit: ServiceUnit, periods: Mapping[str, tuple[date, date]]) -> Iterator[Notice]:
    """One notice for each contract whose period does not hold the day."""
    for segment in unit.segments:
        period = periods.get(segment.contract_id)
        if period is not None and not period[0] <= unit.occurred_on <= period[1]:
            yield Notice(
                code="outside_period",
                message="This date lies outside the period of %(contract)s, so it will not count there.",
                path="occurred_on",
                params={"contract": segment.contract_id},
            )


def same_people(unit: ServiceUnit, same: Mapping[str, str]) -> Iterator[Notice]:
    """Who is in the list under two ids, and who was merged; `same` maps an id to the one that remained."""
    seen: set[str] = set()
    for index, participant in enumerate(unit.participants):
        who, path = same.get(participant.person_id, participant.person_id), f"participants.{index}.person_id"
        if who in seen:
            yield Notice(
                code="same_person", message="Two of these entries are one person now, who counts once.", path=path
            )
        elif who != participant.person_id and is_id(participant.person_id, "person"):
            yield Notice(
                code="person_merged", message="This person was merged with another, and counts as that one.", path=path
            )
        seen.add(who)


def somebody_helps(roles: Iterable[str]) -> bool:
    """Say whether anybody is there to help others, so that it matters who is related to whom."""
    return not ROLES_THAT_HELP.isdisjoint(roles)


def dual_relationships(unit: ServiceUnit, same: Mapping[str, str], cases: Mapping[str, Set[str]]) -> Iterator[Notice]:
    """One notice for everybody who helps where a relative is served; it names neither the relative nor the case.

    `cases` holds the cases each person has ever been a member of, by the id that remained.
    """
    who = [same.get(one.person_id, one.person_id) for one in unit.participants]
    served = {one for one, there in zip(who, unit.participants, strict=True) if there.role not in ROLES_THAT_LOOK_ON}
    own = {*unit.case_ids, *([unit.case_id] if unit.case_id else [])}
    for index, (helper, participant) in enumerate(zip(who, unit.participants, strict=True)):
        around = own.union(*(cases.get(one, ()) for one in served if one != helper))
        if participant.role in ROLES_THAT_HELP and not around.isdisjoint(cases.get(helper, ())):
            yield Notice(
                code="dual_relationship",
                message="This person may be a relative of somebody here. "
                "Please check that nobody serves or supervises their own relative.",
                path=f"participants.{index}.person_id",
            )


def overlap(start: datetime | None, length: int | None, other: datetime | None, other_length: int | None) -> bool:
    """Say whether two occasions share time; one without a length lasts a minute, one without a start no time."""
    if start is None or other is None:
        return False
    ends, other_ends = start + timedelta(minutes=length or 1), other + timedelta(minutes=other_length or 1)
    return start < other_ends and other < ends
