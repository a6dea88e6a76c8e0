"""A report in brief, as overviews of many contracts read it: kept beside a report that is ready, or that was sent."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
from msgspec import structs

from services.reporting.indicators.definition import MeasureKind, Period
from services.reporting.indicators.indicators import share
from services.reporting.indicators.pace import Standing, standing_told
from services.reporting.indicators.whole import Whole

STANDINGS: tuple[Standing, ...] = ("not_met", "behind", "on_pace", "met", "too_early", "no_target")
"""The words for where a measure stands, what needs somebody first."""


class Share(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Both numbers of a share."""

    k: int | float
    n: int | float


class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One measure of a report; `minutes` and `share` are exact where what was printed is not."""

    indicator: str
    measure: str
    kind: MeasureKind
    unit: str
    indicator_title: dict[str, str] = {}
    title: dict[str, str] = {}
    of: str | None = None
    target: int | float | None = None
    actual: int | float | None = None
    met: bool | None = None
    minutes: int | None = None
    share: Share | None = None

    def standing(self, period: Period, day: date) -> Standing:
        """The word for this measure on a day."""
        target = None if self.target is None else Fraction(str(self.target))
        return standing_told(self.kind, target, self._exact, period, day, met=self.met)

    @property
    def _exact(self) -> Fraction | None:
        if self.share is not None:
            return share(Fraction(str(self.share.k)), Fraction(str(self.share.n)))
        if self.minutes is not None:
            return Fraction(self.minutes, 60)
        return None if self.actual is None else Fraction(str(self.actual))


class Sums(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a contract comes to, each session and person once; numbers and codes alone."""

    people: int
    practitioners: int
    sessions: int
    attendances: int
    minutes: int
    kinds: tuple[str, ...]


class Brief(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One report; `sums` is None of one that was sent before such sums were sealed with it.

    `counted` says where the measures stood on the last day of the period that was reported: that day stays what it is,
    and nobody counts it again for every look at many contracts. None of a report of now.
    """

    title: dict[str, str]
    funder: dict[str, str]
    first: date
    last: date
    lines: tuple[Line, ...]
    outcomes: int
    outcomes_passed: int
    sums: Sums | None = None
    counted: dict[Standing, int] | None = None

    @property
    def period(self) -> Period:
        return Period(first=self.first, last=self.last)

    def standings(self, day: date) -> dict[Standing, int]:
        """How many measures stand where on a day, what needs somebody first."""
        if self.counted is not None:
            return self.counted
        counted = Counter(one.standing(self.period, day) for one in self.lines)
        return {word: counted[word] for word in STANDINGS if counted[word]}


def sums_of(whole: Whole) -> Sums:
    """The numbers of a whole, without whose they are."""
    return Sums(
        people=len(whole.people),
        practitioners=len(whole.practitioners),
        sessions=whole.sessions,
        attendances=whole.attendances,
        minutes=whole.minutes,
        kinds=tuple(sorted(whole.kinds)),
    )


def brief_of(report: Mapping[str, Any], sums: Mapping[str, Any] | Sums | None) -> Brief:
    """A report's JSON values in brief; of `sums` what was sealed with it."""
    brief = Brief(
        title=report["title"],
        funder=report.get("funder") or {},
        first=date.fromisoformat(report["period"]["from"]),
        last=date.fromisoformat(report["period"]["to"]),
        lines=msgspec.convert(report["outputs"], tuple[Line, ...]),
        outcomes=len(report["outcomes"]),
        outcomes_passed=sum(bool(one["passed"]) for one in report["outcomes"]),
        sums=msgspec.convert(sums, Sums) if isinstance(sums, Mapping) else sums,
    )
    reported = report.get("reporting_period")
    if reported is None:
        return brief
    return structs.replace(brief, counted=brief.standings(date.fromisoformat(reported["to"])))


decode = msgspec.json.Decoder(Brief).decode
encode = msgspec.json.encode
