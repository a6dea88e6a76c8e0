"""What outreach asks of a visit before the shared lifecycle decides: who was met, the case, the people. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime

from services.outreach.cases.domain import KnownCase
from services.outreach.people.domain import PersonOnDay
from shared.errors import FieldError, RuleBroken
from shared.serviceunit.checks import unknown_code
from shared.serviceunit.notices import Notice, dual_relationships, outside_period, overlap, same_people
from shared.serviceunit.unit import Participant, ServiceUnit

SETTINGS = ("outreach", "home_visit", "online")
STATUSES = ("held", "missed", "cancelled")
NOT_MET = frozenset({"absent", "excused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherVisit:
    """A visit that shares the day, and a worker or a contact, with the one at hand."""

    unit_id: str
    setting: str
    starts_at: datetime | None
    minutes: int | None
    served_by: frozenset[str]
    people: frozenset[str]
    contracts: frozenset[str] = frozenset()


def is_met(participant: Participant) -> bool:
    """Say whether this contact was met."""
    return participant.status not in NOT_MET


def met_before(visits: Iterable[ServiceUnit], worker_id: str, place_id: str | None, most: int) -> list[str]:
    """Whom to offer before anything is typed: those met at this place, then those this worker has met.

    `visits` are given newest first, and so are their people; `most` ids at the most.
    """
    units = list(visits)
    here = (unit for unit in units if place_id is not None and unit.place_id == place_id)
    mine = (unit for unit in units if worker_id in unit.served_by)
    people = (person.person_id for unit in (*here, *mine) for person in unit.participants if is_met(person))
    return list(dict.fromkeys(people))[:most]


def status_of(given: str | None, participants: Iterable[Participant], unidentified: int) -> str:
    """The status of a visit: as given, else held when somebody was met and missed when nobody was."""
    if given is not None:
        return given
    return "held" if unidentified > 0 or any(map(is_met, participants)) else "missed"


def tags_for(case: KnownCase | None, day: date, *, aftercare: bool) -> tuple[str, ...]:
    """The tags of a visit to a case on `day`; raises `case_closed` after its end unless it is meant as aftercare."""
    if case is None or case.is_open_on(day):
        return ()
    if not case.is_closed_on(day):
        return ("before_opening",)
    if not aftercare:
        raise RuleBroken(
            "case_closed",
            "This case was closed on that day. Mark the visit as aftercare, or reopen the case first.",
            field="case_id",
        )
    return ("aftercare",)


def wrong_fields_here(
    unit: ServiceUnit, people: Mapping[str, PersonOnDay], already: Collection[str] = ()
) -> list[FieldError]:
    """Every field that does not make sense on a visit.

    `already` are those in the entry that is being corrected: what has happened since does not shut them out.
    """
    return [*_wrong_codes(unit), *_wrong_people(unit, people, already)]


def _wrong_codes(unit: ServiceUnit) -> Iterator[FieldError]:
    if unit.setting not in SETTINGS:
        yield unknown_code("setting", unit.setting, SETTINGS)
    if unit.status == "planned":
        return
    if unit.status not in STATUSES:
        yield unknown_code("status", unit.status, STATUSES)
    met = any(map(is_met, unit.participants)) or unit.unidentified_count > 0
    if unit.status == "held" and not met:
        yield FieldError("status", "nobody_met", "Nobody was met on this visit. Record it as not met.")
    if unit.status in ("missed", "cancelled") and met:
        yield FieldError(
            "status", "somebody_met", "Somebody was met on this visit. Record it as held, or mark them as not met."
        )


def _wrong_people(
    unit: ServiceUnit, people: Mapping[str, PersonOnDay], already: Collection[str]
) -> Iterator[FieldError]:
    for index, participant in enumerate(unit.participants):
        path, person = f"participants.{index}.person_id", people.get(participant.person_id)
        if participant.person_id in already:
            continue
        if person is None:
            yield FieldError(path, "person_unknown", "This person is not registered here.")
        elif person.erased:
            yield FieldError(path, "person_erased", "This person's data was erased. Nothing can be added.")


def refuse(unit: ServiceUnit, others: Iterable[OtherVisit]) -> None:
    """Raise when a rule forbids a visit whose fields are right."""
    contracts = {segment.contract_id for segment in unit.segments}
    for other in others:
        other_contract = bool(other.contracts) and bool(contracts - other.contracts)
        if other_contract and unit.starts_at is not None and _is_same_occasion(unit, other):
            raise RuleBroken(
                "counted_for_other_contract",
                "This visit is already recorded for another contract. One visit counts for one contract; "
                "to share it, correct that visit into approved parts.",
                field="contract_id",
            )


def notices(
    unit: ServiceUnit,
    people: Mapping[str, PersonOnDay],
    periods: Mapping[str, tuple[date, date]],
    others: Iterable[OtherVisit],
    cases: Mapping[str, Set[str]],
) -> list[Notice]:
    """What somebody should look at again before, or after, this is saved; `cases` are those of each person."""
    same = {person.person_id: person.same_as for person in people.values()}
    return [
        *outside_period(unit, periods),
        *same_people(unit, same),
        *dual_relationships(unit, same, cases),
        *_about_other_visits(unit, others),
    ]


def _about_other_visits(unit: ServiceUnit, others: Iterable[OtherVisit]) -> Iterator[Notice]:
    if unit.status not in ("held", "planned"):
        return
    for other in others:
        if _is_same_occasion(unit, other):
            yield Notice(
                code="possible_duplicate",
                message="One of these contacts is in another visit of that day. Is this one entered twice?",
                path="participants",
                params={"unit_id": other.unit_id},
            )
        elif other.unit_id != unit.unit_id and overlap(unit.starts_at, unit.minutes, other.starts_at, other.minutes):
            for worker in sorted(other.served_by.intersection(unit.served_by)):
                yield Notice(
                    code="overlap",
                    message="A worker of this visit is on another visit at the same time.",
                    path="served_by",
                    params={"unit_id": other.unit_id, "worker_id": worker},
                )


def _is_same_occasion(unit: ServiceUnit, other: OtherVisit) -> bool:
    """The same contact at the same start in the same setting: one occasion, whatever else is said of it."""
    if other.unit_id == unit.unit_id or unit.status not in ("held", "planned"):
        return False
    same = (other.setting, other.starts_at) == (unit.setting, unit.starts_at)
    return same and any(person.person_id in other.people for person in unit.participants)
