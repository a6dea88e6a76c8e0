"""What a contract comes to as a whole: every session and every person once, however many measures count them."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.reporting.indicators.definition import Counting
from services.reporting.indicators.facts import Unit
from services.reporting.indicators.filters import Counted

PRACTITIONER = "practitioner-"
"""How ids of sector participants begin, who are kept apart from service users (DESIGN §9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The union of what the measures of a contract count: the 合約總人數 of A002-28, never a sum of headcounts.

    Opening balances are not in it, since nobody can say who stands behind them.
    """

    people: frozenset[str] = frozenset()
    practitioners: frozenset[str] = frozenset()
    sessions: int = 0
    attendances: int = 0
    minutes: int = 0
    kinds: frozenset[str] = frozenset()

    @property
    def everybody(self) -> frozenset[str]:
        return self.people | self.practitioners


def whole_of(counted: Iterable[Counted], counting: Counting) -> Whole:
    """Put together what several measures count: a session that two of them count is one, with the people of both."""
    units: dict[str, Unit] = {}
    people: dict[str, frozenset[str]] = {}
    for one in counted:
        unit_id = one.unit.unit_id
        units[unit_id] = one.unit
        people[unit_id] = people[unit_id] | one.people if unit_id in people else one.people
    everybody = frozenset().union(*people.values())
    practitioners = frozenset(one for one in everybody if one.startswith(PRACTITIONER))
    unidentified = sum(one.unidentified for one in units.values()) if counting.unidentified else 0
    return Whole(
        people=everybody - practitioners,
        practitioners=practitioners,
        sessions=len(units),
        attendances=sum(map(len, people.values())) + unidentified,
        minutes=sum(one.minutes or 0 for one in units.values()),
        kinds=frozenset(one.kind for one in units.values()),
    )
