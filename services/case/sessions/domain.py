"""What must hold of a session beyond what holds of any service unit: cases, members, and nothing counted twice.

The life of a session (planned, recorded, corrected, voided) is `shared.serviceunit.lifecycle`. Everything here is
handed what it needs to know of cases, people and other sessions.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.errors import FieldError, RuleBroken
from shared.serviceunit.codes import ROLES_BESIDE_MEMBERS
from shared.serviceunit.notices import Notice
from shared.serviceunit.unit import Participant, ServiceUnit

KINDS = ("case_session", "support_session")
PROFESSIONS = (
    "clinical_psychology",
    "nursing",
    "medical",
    "legal",
    "chinese_medicine",
    "counselling",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What a session needs to know of its case."""

    case_id: str
    team_id: str
    contract_id: str | None
    stage: str
    stage_on: date
    periods: tuple[tuple[date, date | None], ...]

    def standing(self, day: date) -> str:
        """Where `day` lies in the life of the case: before it opened, open, or after it closed."""
        if any(opened <= day and (closed is None or day <= closed) for opened, closed in self.periods):
            return "open"
        closings = [closed for _, closed in self.periods if closed is not None]
        if not self.periods and self.stage == "closed":
            closings = [self.stage_on]
        return "after" if any(closed < day for closed in closings) else "before"


def tags_of(cases: Sequence[CaseFacts], day: date, *, aftercare: bool) -> tuple[str, ...]:
    """How a session on `day` is marked; after the closing it is refused unless it is meant as aftercare."""
    standings = {case.standing(day) for case in cases}
    if "after" in standings and not aftercare:
        raise RuleBroken(
            "case_closed",
            "The case was closed by then. Reopen it, or mark the session as aftercare.",
            field="case_id",
        )
    if "open" in standings:
        return ()
    return ("aftercare",) if "after" in standings else ("before_opening",)


def not_members(people: Iterable[Participant], members: Collection[str], same: Mapping[str, str]) -> list[FieldError]:
    """The errors of participants who are neither members nor in a role that needs no membership.

    `same` maps a person who was merged away to the one who remained; `members` are those who remained.
    """
    return [
        FieldError(
            f"participants.{index}",
            "not_a_member",
            "This person is not a member of the case on that day. Add them to the case, or choose another role.",
        )
        for index, person in enumerate(people)
        if person.role not in ROLES_BESIDE_MEMBERS and same.get(person.person_id, person.person_id) not in members
    ]


POSSIBLE_DUPLICATE = "A session of the same case on this day exists already. Please check that it is another one."
OVERLAP = "Another session of the same worker or person overlaps in time. Please check the times."


def refuse_counted_twice(unit: ServiceUnit, others: Iterable[ServiceUnit], same: Mapping[str, str]) -> None:
    """One occasion counts for one contract, unless it is split with an approval inside one entry."""
    if any(
        _is_same_occasion(unit, other, same) and _contracts(unit) - _contracts(other) for other in _near(unit, others)
    ):
        raise RuleBroken(
            "counted_for_other_contract",
            "This session is already recorded for another contract. One session counts for one contract; "
            "to share it, correct that session into approved parts.",
            field="segments" if len(unit.segments) > 1 else "contract_id",
        )


def doubts(unit: ServiceUnit, others: Iterable[ServiceUnit], same: Mapping[str, str]) -> list[Notice]:
    """What is doubtful about `unit` beside the `others` of about the same day."""
    near = _near(unit, others)
    for other in near:
        if _is_same_entry(unit, other, same):
            return [_doubt("possible_duplicate", POSSIBLE_DUPLICATE, other)]
    for other in near:
        if _shares_somebody(unit, other, same) and _overlap(unit, other):
            return [_doubt("overlap", OVERLAP, other)]
    return []


def _doubt(code: str, message: str, other: ServiceUnit) -> Notice:
    return Notice(code=code, message=message, params={"entry": other.unit_id})


def _near(unit: ServiceUnit, others: Iterable[ServiceUnit]) -> list[ServiceUnit]:
    """The others that were held, when this one was; the entry itself is no other."""
    return [other for other in others if other.unit_id != unit.unit_id and other.status == unit.status == "held"]


def _is_same_occasion(unit: ServiceUnit, other: ServiceUnit, same: Mapping[str, str]) -> bool:
    """The same people with the same worker at the same time: one occasion, whatever it is called."""
    if not _contracts(other) or not set(unit.served_by) & set(other.served_by):
        return False
    if _people(unit, same) != _people(other, same):
        return False
    if unit.starts_at is None and other.starts_at is None:
        return unit.occurred_on == other.occurred_on and unit.minutes == other.minutes
    return _overlap(unit, other)


def _is_same_entry(unit: ServiceUnit, other: ServiceUnit, same: Mapping[str, str]) -> bool:
    """The same case on the same day, with the same people or the same start and worker; two known starts must agree."""
    if unit.occurred_on != other.occurred_on or not _cases(unit) & _cases(other):
        return False
    if unit.starts_at is not None and other.starts_at is not None and unit.starts_at != other.starts_at:
        return False
    same_start = unit.starts_at is not None and unit.starts_at == other.starts_at
    return _people(unit, same) == _people(other, same) or (
        same_start and bool(set(unit.served_by) & set(other.served_by))
    )


def _shares_somebody(unit: ServiceUnit, other: ServiceUnit, same: Mapping[str, str]) -> bool:
    return bool(set(unit.served_by) & set(other.served_by) or _people(unit, same) & _people(other, same))


def _overlap(unit: ServiceUnit, other: ServiceUnit) -> bool:
    """Two spans overlap when each begins before the other ends; without a start or a length nothing can be said."""
    first, second = _span(unit), _span(other)
    return first is not None and second is not None and first[0] < second[1] and second[0] < first[1]


def _span(unit: ServiceUnit) -> tuple[datetime, datetime] | None:
    if unit.starts_at is None or not unit.minutes:
        return None
    return unit.starts_at, unit.starts_at + timedelta(minutes=unit.minutes)


def _contracts(unit: ServiceUnit) -> set[str]:
    return {segment.contract_id for segment in unit.segments}


def _cases(unit: ServiceUnit) -> set[str]:
    return {*unit.case_ids, *([unit.case_id] if unit.case_id else [])}


def _people(unit: ServiceUnit, same: Mapping[str, str]) -> set[str]:
    return {same.get(person.person_id, person.person_id) for person in unit.participants}
