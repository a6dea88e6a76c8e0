"""What the services say of a person's day, put together into what comes next and what needs them. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

from shared.clock import local_date

Line = dict[str, Any]
"""One entry, person or case that a list of Today shows."""
MOST_NAMED = 3
"""With more people than this, a line says how many they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The lists of Today, each in the order in which it is shown."""

    next: list[Line]
    needs: list[Line]
    caseload: list[Line]

    def __bool__(self) -> bool:
        return bool(self.next or self.needs or self.caseload)

    def people(self) -> set[str]:
        """Who is named on the page; contacts have no name there."""
        lines = (line for lines in (self.next, self.needs, self.caseload) for line in lines)
        named = (line["person_ids"] for line in lines if len(line["person_ids"]) <= MOST_NAMED)
        return {one for ids in named for one in ids if one.startswith("person-")}


def arranged(answers: Iterable[dict[str, Any]], now: datetime) -> Lists:
    """Arrange what the services answered; each says only what it knows of."""
    planned, held, needs, caseload = [], [], [], []
    for answer in answers:
        planned += answer.get("planned", [])
        held += answer.get("held", [])
        needs += answer.get("needs", [])
        caseload += answer.get("caseload", [])
    late = [line | {"why": "not_recorded"} for line in planned if is_over(line, now)]
    return Lists(
        next=sorted((line for line in planned if not is_over(line, now)), key=_when),
        needs=sorted([*late, *overlaps(held), *needs], key=_urgency),
        caseload=caseload,
    )


def is_over(line: Line, now: datetime) -> bool:
    """Say whether something planned should have taken place by `now`; without a start it lasts all day."""
    if line["starts_at"] is None:
        return date.fromisoformat(line["on"]) < local_date(now)
    return _end(line) < now


def overlaps(held: Sequence[Line]) -> Iterator[Line]:
    """The entries of one person that begin before another has ended, each with that other one."""
    in_order = sorted(held, key=_start)
    for place, first in enumerate(in_order):
        for second in takewhile(lambda one: _start(one) < _end(first), in_order[place + 1 :]):  # noqa: B023
            yield second | {"why": "overlap", "other": first["address"]}


def _start(line: Line) -> datetime:
    return datetime.fromisoformat(line["starts_at"])


def _end(line: Line) -> datetime:
    return _start(line) + timedelta(minutes=line["minutes"] or 1)


def _urgency(line: Line) -> tuple[bool, str, str]:
    """What must be followed up on its day stands before everything else."""
    return line["why"] != "task", *_when(line)


def _when(line: Line) -> tuple[str, str]:
    return line["on"], line.get("starts_at") or ""
