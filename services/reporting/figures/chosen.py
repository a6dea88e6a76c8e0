"""Which of the sessions and people behind a figure are shown: chosen, put in order, page by page. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from services.reporting.indicators.facts import Seen

Values = dict[str, Any]
T = TypeVar("T")

PAGE = 60
NOBODY = Seen(team_id="", group_id=None, workers=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What sessions must be to be shown; None asks nothing. `month` is such as 2026-11; `person` is an id, no name."""

    worker: str | None = None
    team: str | None = None
    kind: str | None = None
    group: str | None = None
    month: str | None = None
    person: str | None = None

    def __bool__(self) -> bool:
        return any((self.worker, self.team, self.kind, self.group, self.month, self.person))

    def fits(self, session: Values, seen: Seen) -> bool:
        """Say whether a session is chosen."""
        return (
            self.worker in (None, *seen.workers)
            and self.team in (None, seen.team_id)
            and self.group in (None, seen.group_id)
            and self.kind in (None, session["kind"])
            and (self.month is None or session["occurred_on"].startswith(self.month))
            and (self.person is None or self.person in session["people"])
        )


@dataclass(frozen=True, slots=True)
class Options:
    """What there is to choose from, in the order of the codes; months newest first."""

    worker: list[str]
    team: list[str]
    kind: list[str]
    group: list[str]
    month: list[str]


def options(sessions: Iterable[Values], seen: Mapping[str, Seen]) -> Options:
    """Everything by which these sessions can be chosen."""
    sessions = list(sessions)
    theirs = [seen.get(one["unit_id"], NOBODY) for one in sessions]
    return Options(
        worker=sorted({worker for one in theirs for worker in one.workers}),
        team=sorted({one.team_id for one in theirs if one.team_id}),
        kind=sorted({one["kind"] for one in sessions}),
        group=sorted({one.group_id for one in theirs if one.group_id}),
        month=sorted({one["occurred_on"][:7] for one in sessions}, reverse=True),
    )


def chosen(sessions: Iterable[Values], seen: Mapping[str, Seen], choice: Choice) -> list[Values]:
    """The sessions that fit, in their order."""
    return [one for one in sessions if choice.fits(one, seen.get(one["unit_id"], NOBODY))]


def people_of(sessions: Iterable[Values]) -> list[Values]:
    """Who took part in these sessions: since when and how often, those who came first before the others."""
    first: dict[str, str] = {}
    times: dict[str, int] = {}
    for one in sessions:
        for person_id in one["people"]:
            first[person_id] = min(first.get(person_id, one["occurred_on"]), one["occurred_on"])
            times[person_id] = times.get(person_id, 0) + 1
    ordered = sorted(times, key=lambda person_id: (first[person_id], person_id))
    return [{"person_id": one, "first_on": first[one], "sessions": times[one]} for one in ordered]


def in_order(rows: Sequence[T], by: str | None, keys: Mapping[str, Callable[[T], Any]], usual: str) -> list[T]:
    """Rows by one of `keys`, downwards with a minus in front; whatever is unknown is ordered by `usual`."""
    wanted = by if by is not None and by.lstrip("-") in keys else usual
    return sorted(rows, key=keys[wanted.lstrip("-")], reverse=wanted.startswith("-"))


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """One page of rows: `number` counts from 1, `of` pages in all, `total` rows in all."""

    rows: list[T]
    number: int
    of: int
    total: int


def paged(rows: Sequence[T], number: str | None, size: int = PAGE) -> Paged[T]:
    """The page asked for, or the nearest there is."""
    of = max(-(-len(rows) // size), 1)
    wanted = int(number) if number is not None and number.isdecimal() and len(number) < 8 else 1
    at = min(max(wanted, 1), of)
    return Paged(list(rows[(at - 1) * size : at * size]), at, of, len(rows))
