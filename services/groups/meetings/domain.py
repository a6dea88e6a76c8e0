"""What groups ask of a meeting before the shared lifecycle decides: its kind, its group, the people in it. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime

from services.groups.groups.domain import FAMILY_ACTIVITIES, SECTOR_ACTIVITIES, GroupOnDay
from services.groups.people.domain import PersonOnDay
from shared.errors import FieldError, RuleBroken
from shared.serviceunit.checks import unknown_code
from shared.serviceunit.codes import ROLES_BESIDE_MEMBERS
from shared.serviceunit.notices import Notice, dual_relationships, outside_period, overlap, same_people
from shared.serviceunit.unit import Participant, ServiceUnit

ACTIVITIES_OF_KIND = {"group_meeting": FAMILY_ACTIVITIES, "sector_event": SECTOR_ACTIVITIES}


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherMeeting:
    """A meeting that shares the day, and a worker or the group, with the one at hand."""

    unit_id: str
    group_id: str | None
    starts_at: datetime | None
    minutes: int | None
    served_by: frozenset[str]
    contracts: frozenset[str] = frozenset()


def wrong_fields_here(
    unit: ServiceUnit,
    group: GroupOnDay | None,
    people: Mapping[str, PersonOnDay],
    already: Collection[str] = (),
) -> list[FieldError]:
    """Every field that does not fit the kind of the meeting, its group, or the people in it.

    `already` are those in the entry that is being corrected: what has happened since does not shut them out.
    """
    return [*_wrong_kind(unit, group), *_wrong_people(unit, group, people, already)]


def _wrong_kind(unit: ServiceUnit, group: GroupOnDay | None) -> Iterator[FieldError]:
    fitting = ACTIVITIES_OF_KIND.get(unit.kind)
    if fitting is None:
        yield unknown_code("kind", unit.kind, ACTIVITIES_OF_KIND)
    elif unit.activity is None:
        yield FieldError("activity", "required", "Please fill this in.")
    elif unit.activity not in fitting:
        yield unknown_code("activity", unit.activity, fitting)
    elif group is not None and group.activity not in fitting:
        yield FieldError("group_id", "group_of_other_kind", "This group is of another kind.")


def _wrong_people(
    unit: ServiceUnit, group: GroupOnDay | None, people: Mapping[str, PersonOnDay], already: Collection[str]
) -> Iterator[FieldError]:
    for index, participant in enumerate(unit.participants):
        path, person = f"participants.{index}.person_id", people.get(participant.person_id)
        if person is None:
            yield FieldError(path, "person_unknown", "This person is not registered here.")
        elif person.erased and person.person_id not in already:
            yield FieldError(path, "person_erased", "This person's data was erased. Nothing can be added.")
        elif unit.kind == "sector_event":
            yield from _wrong_at_sector_event(path, participant, person)
        elif unit.status != "planned" and not _may_be_there(participant, person, group):
            yield FieldError(
                f"participants.{index}",
                "not_a_member",
                "This person is not a member on that day. Mark them as a walk-in, or change the role.",
            )


def _wrong_at_sector_event(path: str, participant: Participant, person: PersonOnDay) -> Iterator[FieldError]:
    """Who is served as a family member or a user of drugs does not appear as such at an event for the sector."""
    if participant.role not in ROLES_BESIDE_MEMBERS:
        yield FieldError(path, "not_a_practitioner", "At an event for the sector, people take part as practitioners.")
    elif participant.role == "practitioner" and "practitioner" not in person.roles:
        yield FieldError(path, "not_a_practitioner", "This person has no role as a practitioner on that day.")


def _may_be_there(participant: Participant, person: PersonOnDay, group: GroupOnDay | None) -> bool:
    is_member = group is not None and person.same_as in group.members
    return is_member or participant.walk_in or participant.role in ROLES_BESIDE_MEMBERS


def refuse(
    unit: ServiceUnit,
    group: GroupOnDay | None,
    people: Mapping[str, PersonOnDay],
    others: Iterable[OtherMeeting],
    already: Collection[str] = (),
) -> None:
    """Raise when a rule forbids a meeting whose fields are right."""
    if group is not None:
        _refuse_after_end(unit, group)
        _refuse_walk_ins(unit, group, people, already)
    refuse_counted_twice(unit, others)


def refuse_counted_twice(unit: ServiceUnit, others: Iterable[OtherMeeting]) -> None:
    """One meeting counts for one contract, unless it is split with an approval inside one entry."""
    contracts = {segment.contract_id for segment in unit.segments}
    for other in others:
        if other.contracts and contracts - other.contracts and _is_same_occasion(unit, other):
            raise RuleBroken(
                "counted_for_other_contract",
                "This meeting is already recorded for another contract. One meeting counts for one contract; "
                "to share it, correct that meeting into approved parts.",
                field="contract_id",
            )


def _refuse_after_end(unit: ServiceUnit, group: GroupOnDay) -> None:
    if group.ended_on is not None and unit.occurred_on > group.ended_on:
        raise RuleBroken(
            "group_ended", "This group ended on %(day)s.", field="occurred_on", day=group.ended_on.isoformat()
        )


def _refuse_walk_ins(
    unit: ServiceUnit, group: GroupOnDay, people: Mapping[str, PersonOnDay], already: Collection[str]
) -> None:
    """A closed group takes nobody in after its intake, not even for one meeting."""
    if group.intake_ends is None or unit.occurred_on <= group.intake_ends:
        return
    for index, participant in enumerate(unit.participants):
        known = participant.person_id in already or people[participant.person_id].same_as in group.members
        if participant.walk_in and not known:
            raise RuleBroken(
                "group_closed",
                "This is a closed group. It took people in up to %(day)s.",
                field=f"participants.{index}.walk_in",
                day=group.intake_ends.isoformat(),
            )


def notices(
    unit: ServiceUnit,
    group: GroupOnDay | None,
    people: Mapping[str, PersonOnDay],
    periods: Mapping[str, tuple[date, date]],
    others: Iterable[OtherMeeting],
    cases: Mapping[str, Set[str]],
) -> list[Notice]:
    """What somebody should look at again before, or after, this is saved; `cases` are those of each person."""
    same = {person.person_id: person.same_as for person in people.values()}
    return [
        *outside_period(unit, periods),
        *_about_group(unit, group),
        *same_people(unit, same),
        *dual_relationships(unit, same, cases),
        *_about_other_meetings(unit, others),
    ]


def _about_group(unit: ServiceUnit, group: GroupOnDay | None) -> Iterator[Notice]:
    if group is None or unit.status == "planned":
        return
    if group.phase == "planned" or unit.occurred_on < group.from_date:
        yield Notice(code="group_not_open", message="The group was not open on that day.", path="occurred_on")


def _about_other_meetings(unit: ServiceUnit, others: Iterable[OtherMeeting]) -> Iterator[Notice]:
    if unit.status not in ("held", "planned"):
        return
    for other in others:
        if _is_same_occasion(unit, other):
            yield Notice(
                code="possible_duplicate",
                message="This group has another meeting with the same start. Is this one entered twice?",
                path="starts_at",
                params={"unit_id": other.unit_id},
            )
        elif other.unit_id != unit.unit_id and overlap(unit.starts_at, unit.minutes, other.starts_at, other.minutes):
            for worker in sorted(other.served_by.intersection(unit.served_by)):
                yield Notice(
                    code="overlap",
                    message="A worker of this meeting is at another meeting at the same time.",
                    path="served_by",
                    params={"unit_id": other.unit_id, "worker_id": worker},
                )


def _is_same_occasion(unit: ServiceUnit, other: OtherMeeting) -> bool:
    """The same group at the same time on the same day: one occasion, whatever else is said of it."""
    if other.unit_id == unit.unit_id or unit.group_id is None or unit.status not in ("held", "planned"):
        return False
    return (other.group_id, other.starts_at) == (unit.group_id, unit.starts_at)
