"""One figure in parts: by when and how service was given, and by who was served. Pure.

Each part is counted like the whole, of the sessions or of the people that belong to it, so that a part can be looked at
on its own. A session with people of two parts is in both of them, and so is whoever changed from one to the other:
parts of people do not add up (domain.md 0, `distinct_persons`), and `Breakdown.in_several` says by how many.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, get_args

from msgspec import structs

from services.reporting.indicators.definition import Definition, Measure, Period
from services.reporting.indicators.facts import Facts, Seen
from services.reporting.indicators.filters import Counted
from services.reporting.indicators.indicators import MEASURES, persons
from services.reporting.indicators.report import Count

By = Literal[
    "quarter",
    "team",
    "kind",
    "mode",
    "gender",
    "age",
    "district",
    "role",
    "relationship",
    "continuing",
    "times",
]
WAYS: tuple[By, ...] = get_args(By)
PERSONAL: tuple[By, ...] = ("gender", "age", "district", "role", "relationship")
"""Those that say what people are: small cells of these do not leave the agency."""
ATTRIBUTES: Mapping[By, str] = {
    "gender": "gender",
    "age": "birth_year_band",
    "district": "district",
    "relationship": "relationship",
}
"""Which dated code of people each goes by."""
UNKNOWN = ""
"""The part of whatever nothing is known of."""
_TIMES = ((20, "20+"), (10, "10-19"), (5, "5-9"), (2, "2-4"), (1, "1"))

Attributes = Mapping[str, Mapping[str, frozenset[str]]]
"""Codes of people, by resolved id and name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: its code, the value of the measure within it, and how many different people are in it."""

    code: str
    value: Fraction
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A figure in parts; `in_several` people are in more than one of them. An opening balance is in no part."""

    by: By
    parts: tuple[Part, ...]
    value: Fraction
    people: int
    in_several: int

    @property
    def parts_people(self) -> int:
        """What the people of all parts add up to, which is no number of people when some are in several."""
        return sum(part.people for part in self.parts)

    @property
    def parts_value(self) -> Fraction:
        """What the values of all parts add up to."""
        return sum((part.value for part in self.parts), Fraction())


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known beside the sessions: whose each is, and what people are. `window` tells new from continuing."""

    seen: Mapping[str, Seen]
    attributes: Attributes
    window: Period


def breakdown(definition: Definition, measure: Measure, facts: Facts, known: Known, by: By) -> Breakdown:
    """Divide what one measure counts."""
    counted = Count(definition, facts).sessions(measure)
    divided = _divided(counted, facts, known, by)
    people = {code: persons(part) for code, part in divided.items()}
    in_parts = Counter(person for part in people.values() for person in part)
    count = MEASURES[measure.counts]
    parts = [
        Part(code=code, value=count(divided[code], definition.counting), people=len(people[code]))
        for code in sorted(divided, key=_ordered(by))
    ]
    return Breakdown(
        by=by,
        parts=tuple(parts),
        value=count(counted, definition.counting),
        people=len(in_parts),
        in_several=sum(times > 1 for times in in_parts.values()),
    )


def _divided(counted: Sequence[Counted], facts: Facts, known: Known, by: By) -> dict[str, list[Counted]]:
    of_session = _BY_SESSION.get(by)
    if of_session is not None:
        parts = defaultdict(list)
        for one in counted:
            parts[of_session(one, known)].append(one)
        return dict(parts)
    return _by_people(counted, _codes_of_people(counted, facts, known, by))


def _by_people(counted: Sequence[Counted], codes: Callable[[Counted, str], Iterable[str]]) -> dict[str, list[Counted]]:
    """Each session in every part that one of its people belongs to, with these people; unnamed heads are in none."""
    parts: dict[str, list[Counted]] = defaultdict(list)
    for one in counted:
        of_session: dict[str, set[str]] = defaultdict(set)
        for person in one.people:
            for code in codes(one, person):
                of_session[code].add(person)
        named = structs.replace(one.unit, unidentified=0) if one.unit.unidentified else one.unit
        for code, people in of_session.items():
            parts[code].append(Counted(named, frozenset(people)))
    return dict(parts)


def _codes_of_people(
    counted: Sequence[Counted], facts: Facts, known: Known, by: By
) -> Callable[[Counted, str], Iterable[str]]:
    if by == "role":
        resolve = facts.identities.resolve
        return lambda one, person: {each.role for each in one.unit.people if resolve(each.person_id) == person}
    if by in ATTRIBUTES:
        name = ATTRIBUTES[by]
        return lambda _, person: known.attributes.get(person, {}).get(name) or (UNKNOWN,)
    days: dict[str, list[date]] = defaultdict(list)
    for one in counted:
        for person in one.people:
            days[person].append(one.unit.occurred_on)
    word = _times if by == "times" else _coming(known.window)
    words = {person: (word(own),) for person, own in days.items()}
    return lambda _, person: words[person]


def _times(days: Sequence[date]) -> str:
    return next(code for least, code in _TIMES if len(days) >= least)


def _coming(window: Period) -> Callable[[Sequence[date]], str]:
    """Whether somebody came for the first time within the window, came again in it, or came before it alone."""

    def word(days: Sequence[date]) -> str:
        if min(days) >= window.first:
            return "new"
        return "continuing" if max(days) >= window.first else "before"

    return word


_BY_SESSION: Mapping[By, Callable[[Counted, Known], str]] = {
    "quarter": lambda one, _: f"{one.unit.occurred_on.year}-{(one.unit.occurred_on.month + 2) // 3}",
    "team": lambda one, known: known.seen[one.unit.unit_id].team_id if one.unit.unit_id in known.seen else UNKNOWN,
    "kind": lambda one, _: one.unit.kind,
    "mode": lambda one, _: one.unit.mode,
}


def _ordered(by: By) -> Callable[[str], tuple[bool, int, str]]:
    """Parts in the order of their codes, by how often from the fewest on; what nothing is known of comes last."""
    order = {code: place for place, (_, code) in enumerate(reversed(_TIMES))} if by == "times" else {}
    order |= {"new": 0, "continuing": 1, "before": 2} if by == "continuing" else {}
    return lambda code: (code == UNKNOWN, order.get(code, 0), code)
