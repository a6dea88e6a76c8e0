"""Which contracts are looked at together, and what may be said of all of them. Pure.

Sums are sums only where nothing can be counted twice. People are one union where codes tell them apart, which is
within one agency, on figures as they are now; anywhere else a sum of people is no number of people (domain.md 0,
`distinct_persons`; A002-10), and only two bounds are true: at least the largest contract's, at most all together.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from services.reporting.figures.brief import STANDINGS, Brief
from services.reporting.indicators.definition import Period
from services.reporting.indicators.pace import Standing
from services.reporting.indicators.whole import PRACTITIONER

State = Literal["running", "ended", "coming"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The report that a row says: of the period up to a day, its number in that period, and what became of it."""

    last_day: date
    number: int
    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One contract; `brief` is None while nothing of it was submitted. `day` is the day its words are about.

    `people` are codes, where they are known: of one's own agency, as things are now.
    """

    agency_id: str
    contract_id: str
    title: dict[str, str]
    funder: dict[str, str]
    period: Period
    day: date
    brief: Brief | None
    sent: Sent | None = None
    people: frozenset[str] | None = None

    @property
    def standings(self) -> dict[Standing, int]:
        """How many measures stand where."""
        return {} if self.brief is None else self.brief.standings(self.day)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of sessions it counts."""
        return self.brief.sums.kinds if self.brief is not None and self.brief.sums is not None else ()

    def state(self, today: date) -> State:
        """Whether it runs, has ended or is to come."""
        if today < self.period.first:
            return "coming"
        return "running" if today <= self.period.last else "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What rows must be to be shown; None asks nothing. `first` and `last` are days the contract must share."""

    first: date | None = None
    last: date | None = None
    agency: str | None = None
    kind: str | None = None
    state: str | None = None
    standing: str | None = None

    def __bool__(self) -> bool:
        return any((self.first, self.last, self.agency, self.kind, self.state, self.standing))

    def fits(self, row: Row, today: date) -> bool:
        """Say whether a row is chosen."""
        return (
            (self.first is None or row.period.last >= self.first)
            and (self.last is None or row.period.first <= self.last)
            and self.agency in (None, row.agency_id)
            and self.state in (None, row.state(today))
            and (self.kind is None or self.kind in row.kinds)
            and (self.standing is None or self.standing in row.standings)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How many different people: exactly, where `least` is `most`; else nobody can say more than both."""

    least: int
    most: int

    @property
    def is_exact(self) -> bool:
        return self.least == self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What all rows together come to. `summed` of the `contracts` have sums; the others are in no number here."""

    contracts: int
    agencies: int
    summed: int
    unsent: int
    sessions: int
    attendances: int
    minutes: int
    people: People
    practitioners: People
    standings: dict[Standing, int]


def totals(rows: Sequence[Row]) -> Totals:
    """Add up what may be added up, and say of people what can be known."""
    sums = [(row, row.brief.sums) for row in rows if row.brief is not None and row.brief.sums is not None]
    counted: Counter[Standing] = Counter()
    for row in rows:
        counted.update(row.standings)
    codes = _union(row for row, _ in sums)
    users = [one for one in codes if not one.startswith(PRACTITIONER)] if codes is not None else None
    return Totals(
        contracts=len(rows),
        agencies=len({row.agency_id for row in rows}),
        summed=len(sums),
        unsent=sum(row.brief is None for row in rows),
        sessions=sum(one.sessions for _, one in sums),
        attendances=sum(one.attendances for _, one in sums),
        minutes=sum(one.minutes for _, one in sums),
        people=_people([one.people for _, one in sums], None if users is None else len(users)),
        practitioners=_people(
            [one.practitioners for _, one in sums],
            None if codes is None or users is None else len(codes) - len(users),
        ),
        standings={word: counted[word] for word in STANDINGS if counted[word]},
    )


def _union(rows: Iterable[Row]) -> frozenset[str] | None:
    """Everybody, by code; None where the codes of one row are not known, or belong to different agencies."""
    rows = list(rows)
    known = [row.people for row in rows if row.people is not None]
    if len(known) < len(rows) or len({row.agency_id for row in rows}) > 1:
        return None
    return frozenset().union(*known)


def _people(counts: Sequence[int], exact: int | None) -> People:
    if exact is not None:
        return People(least=exact, most=exact)
    return People(least=max(counts, default=0), most=sum(counts))
