"""The monthly return, counted from the ways of cases and from the occasions of teams. Pure.

Source: a case is open on both its first and its last day, as the indicators count it (`indicators.left_out_case`); a
joint occasion is shown to each worker and counted once for the team (`team.domain`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

from services.reporting.indicators.definition import Period
from services.reporting.indicators.facts import Case, Stage
from services.reporting.team.domain import Occasion

What = Literal["registered", "enquired", "intake", "opened", "closed", "assigned", "transferred"]


class Move(NamedTuple):
    """One step of a case; what it does not say stays as it was. Only the registration has no day."""

    what: What
    on: date | None = None
    team_id: str | None = None
    worker_id: str | None = None


class Holder(NamedTuple):
    """Whose a case is: of which team, and of which worker of it, if of one."""

    team_id: str
    worker_id: str | None


@dataclass(frozen=True, slots=True)
class Way:
    """The steps of one case, in the order in which they were written."""

    kind: str
    moves: tuple[Move, ...]

    def holder_on(self, day: date) -> Holder:
        """Whose it was at the end of a day."""
        team, worker = "", None
        for move in self.moves:
            if move.on is not None and move.on > day:
                continue
            if move.what in ("assigned", "transferred"):
                worker = move.worker_id
            team = move.team_id or team
        return Holder(team, worker)

    def days_of(self, what: What, month: Period) -> list[date]:
        """The days of a month on which this happened to it."""
        return [move.on for move in self.moves if move.what == what and move.on is not None and move.on in month]

    def last_open(self, month: Period) -> date | None:
        """The last day of a month on which it was open; None when it was open on none."""
        stages = (
            Stage(case_id="", version=number, stage=move.what, on=move.on)
            for number, move in enumerate(self.moves)
            if move.on is not None and move.what in ("opened", "closed")
        )
        days = [
            min(last or month.last, month.last)
            for first, last in Case("", tuple(stages)).spans
            if first <= month.last and (last is None or last >= month.first)
        ]
        return max(days, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """One line of the return. `families` are those of the active cases that are of a family; minutes are whole."""

    opened: int = 0
    active: int = 0
    closed: int = 0
    families: int = 0
    enquiries: int = 0
    referrals: int = 0
    sessions: int = 0
    attendances: int = 0
    minutes: int = 0

    @property
    def hours(self) -> Fraction:
        return Fraction(self.minutes, 60)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(Counts)})


class Line(NamedTuple):
    """The counts of a team (`worker_id` None), or of one worker in it; `unassigned` are the cases of nobody there."""

    team_id: str
    worker_id: str | None
    counts: Counts


UNASSIGNED = ""
"""The worker of the line that has the cases nobody carries."""


def monthly_return(
    month: Period, team_ids: Sequence[str], ways: Iterable[Way], occasions: Iterable[Occasion]
) -> list[Line]:
    """The lines of each team: the team's own first, then one for each worker who did anything.

    Cases add up from the workers' lines to the team's. Sessions do not: what two gave together is shown to both.
    """
    ways, occasions = list(ways), list(occasions)
    lines: list[Line] = []
    for team_id in team_ids:
        cases = _cases(month, team_id, ways)
        own = [one for one in occasions if one.team_id == team_id]
        workers = sorted({*cases, *(worker for one in own for worker in one.workers)})
        lines.append(Line(team_id, None, sum(cases.values(), _given(month, own))))
        for worker in workers:
            theirs = _given(month, [one for one in own if worker in one.workers])
            counts = cases.get(worker, Counts()) + theirs
            if counts != Counts():
                lines.append(Line(team_id, worker, counts))
    return lines


def _cases(month: Period, team_id: str, ways: Iterable[Way]) -> dict[str, Counts]:
    """What happened to the cases of a team, by the worker who had them on that day; each case once for each column."""
    found: dict[str, Counts] = {}
    for way in ways:
        for name, day in _columns(way, month):
            holder = way.holder_on(day)
            if holder.team_id == team_id:
                worker = holder.worker_id or UNASSIGNED
                found[worker] = found.get(worker, Counts()) + Counts(**{name: 1})
    return found


def _columns(way: Way, month: Period) -> Iterable[tuple[str, date]]:
    """In which columns a case counts, and on which day it is asked whose it was: the last on which it happened."""
    for name, what in _HAPPENED:
        days = way.days_of(what, month)
        if days:
            yield name, max(days)
    active = way.last_open(month)
    if active is not None:
        yield "active", active
        if way.kind == "family":
            yield "families", active


_HAPPENED: tuple[tuple[str, What], ...] = (("opened", "opened"), ("closed", "closed"), ("enquiries", "enquired"))


def _given(month: Period, occasions: Iterable[Occasion]) -> Counts:
    """What was given on the days of the month, and how many referrals were made on them."""
    occasions = list(occasions)
    held = [one for one in occasions if one.status == "held" and one.occurred_on in month]
    return Counts(
        referrals=sum(day in month for one in occasions for day in one.referred_on),
        sessions=len(held),
        attendances=sum(one.attended for one in held),
        minutes=sum(one.minutes or 0 for one in held),
    )
