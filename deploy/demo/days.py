"""When things happen in the demo: working days, free hours of workers, and how long an entry waits to be typed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

HOLIDAYS = {(1, 1), (5, 1), (7, 1), (10, 1), (12, 25), (12, 26)}
LUNAR_NEW_YEAR = {
    date(2019, 2, 5),
    date(2019, 2, 6),
    date(2019, 2, 7),
    date(2020, 1, 25),
    date(2020, 1, 27),
    date(2020, 1, 28),
    date(2021, 2, 12),
    date(2021, 2, 13),
}
Starts = tuple[str, ...]
STARTS: Starts = ("09:30", "10:45", "12:00", "14:15", "15:30", "16:45", "19:15", "20:30")
EVENINGS: Starts = ("19:00", "19:30", "18:45")
AFTERNOONS: Starts = ("14:30", "15:00", "14:00")


def working_day(day: date, rng: Random, *, saturdays: float = 0.3) -> date:
    """Return `day`, or the next day on which the centre is open; some Saturdays are."""
    while True:
        closed = (day.month, day.day) in HOLIDAYS or day in LUNAR_NEW_YEAR or day.weekday() == 6
        if not closed and (day.weekday() != 5 or rng.random() < saturdays):
            return day
        day += timedelta(days=1)


def entered(day: date, rng: Random, *, latest: date) -> date:
    """Return the day on which something of `day` is typed in: mostly the same evening, sometimes weeks later."""
    chance = rng.random()
    if chance < 0.62:
        lag = 0
    elif chance < 0.87:
        lag = 1
    elif chance < 0.96:
        lag = rng.randint(2, 4)
    else:
        lag = rng.randint(9, 34)
    return max(day, min(day + timedelta(days=lag), latest))


def is_late(day: date, typed: date) -> bool:
    """Say whether an entry waited so long that the worker gives a reason."""
    return (typed - day).days > 7


def _days(day: date, last: date, rng: Random) -> Iterator[date]:
    """The working days from `day` to `last`, then those before, nearest first."""
    forward = day
    while (forward := working_day(forward, rng)) <= last:
        yield forward
        forward += timedelta(days=1)
    while True:
        day -= timedelta(days=1)
        if working_day(day, rng) == day:
            yield day


def _minutes(start: str) -> int:
    hours, minutes = start.split(":")
    return int(hours) * 60 + int(minutes)


@dataclass(slots=True)
class Diary:
    """The hours of every worker, so that nobody is in two places at once."""

    _taken: dict[tuple[str, date], list[tuple[int, int]]] = field(default_factory=dict)

    def book(
        self, workers: tuple[str, ...], day: date, minutes: int, rng: Random, *, last: date, starts: Starts = STARTS
    ) -> tuple[date, str]:
        """Find the first working day from `day`, or the nearest one before `last`, on which all are free; take it."""
        first = rng.choice(starts)
        for candidate in _days(min(day, last), last, rng):
            for start in (first, *starts):
                begin = _minutes(start)
                if all(self._free(worker, candidate, begin, begin + minutes) for worker in workers):
                    for worker in workers:
                        self._taken.setdefault((worker, candidate), []).append((begin, begin + minutes))
                    return candidate, start
        raise LookupError("nobody has an hour left")

    def _free(self, worker: str, day: date, begin: int, end: int) -> bool:
        return all(end <= taken[0] or begin >= taken[1] for taken in self._taken.get((worker, day), ()))
