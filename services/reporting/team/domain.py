"""A team's work counted: workload, entry delay, and groups with falling attendance. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from statistics import median

LATE_AFTER = 7
"""Days from an occasion to its record after which it is late."""
MEETINGS_COMPARED = 3
FALLING_BELOW = Fraction(70, 100)
"""A group's attendance falls when its last three meetings had on average under 70 % of the three before them."""

_COLUMNS = {
    "case_session": "sessions",
    "support_session": "sessions",
    "group_meeting": "meetings",
    "sector_event": "meetings",
    "visit": "visits",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One session, meeting or visit as its team sees it; `recorded_on` is the day on which it was first recorded."""

    unit_id: str
    kind: str
    status: str
    occurred_on: date
    recorded_on: date
    minutes: int | None
    workers: tuple[str, ...]
    attended: int
    group_id: str | None = None
    case_id: str | None = None
    team_id: str = ""
    starts_at: datetime | None = None
    contracts: tuple[str, ...] = ()
    referred_on: tuple[date, ...] = ()

    @property
    def delay(self) -> int:
        """Days from the occasion to its record."""
        return max((self.recorded_on - self.occurred_on).days, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What was done, each occasion once: how many were held, with how many attendances, for how many minutes.

    `delay` is the median of days to the record, `late` how many of `recorded` came after more than a week.
    """

    sessions: int
    meetings: int
    visits: int
    attendances: int
    minutes: int
    recorded: int
    late: int
    delay: float | None

    @property
    def late_percent(self) -> Fraction | None:
        return Fraction(100 * self.late, self.recorded) if self.recorded else None


def work(occasions: Iterable[Occasion]) -> Work:
    """Count occasions, each once, whoever gave them. What did not take place is recorded, and is no work done."""
    occasions = list(occasions)
    held = [one for one in occasions if one.status == "held"]
    columns = [_COLUMNS.get(one.kind) for one in held]
    delays = [one.delay for one in occasions]
    return Work(
        sessions=columns.count("sessions"),
        meetings=columns.count("meetings"),
        visits=columns.count("visits"),
        attendances=sum(one.attended for one in held),
        minutes=sum(one.minutes or 0 for one in held),
        recorded=len(delays),
        late=sum(delay > LATE_AFTER for delay in delays),
        delay=median(delays) if delays else None,
    )


def by_worker(occasions: Iterable[Occasion], workers: Collection[str]) -> dict[str, Work]:
    """The work of each of `workers` and of whoever else gave an occasion.

    All who gave an occasion together are shown the whole of it, so that these numbers never add up to the team's:
    that is `work` of all occasions.
    """
    theirs: dict[str, list[Occasion]] = {worker: [] for worker in workers}
    for one in occasions:
        for worker in set(one.workers):
            theirs.setdefault(worker, []).append(one)
    return {worker: work(own) for worker, own in theirs.items()}


@dataclass(frozen=True, slots=True)
class Falling:
    """A group whose attendance falls: the average of its last three meetings, and of the three before."""

    group_id: str
    lately: Fraction
    before: Fraction
    last_on: date


def falling(occasions: Iterable[Occasion]) -> list[Falling]:
    """The groups whose attendance falls, the steepest fall first."""
    meetings: Mapping[str, list[Occasion]] = defaultdict(list)
    for one in occasions:
        if one.group_id is not None and one.status == "held":
            meetings[one.group_id].append(one)
    compared = (_compared(group_id, own) for group_id, own in meetings.items() if len(own) >= 2 * MEETINGS_COMPARED)
    found = [one for one in compared if one.lately < FALLING_BELOW * one.before]
    return sorted(found, key=lambda one: (one.lately / one.before, one.group_id))


def _compared(group_id: str, meetings: Sequence[Occasion]) -> Falling:
    in_order = sorted(meetings, key=lambda one: (one.occurred_on, one.unit_id))
    last, before = in_order[-MEETINGS_COMPARED:], in_order[-2 * MEETINGS_COMPARED : -MEETINGS_COMPARED]
    return Falling(group_id, _mean(last), _mean(before), last[-1].occurred_on)


def _mean(meetings: Sequence[Occasion]) -> Fraction:
    return Fraction(sum(one.attended for one in meetings), len(meetings))
