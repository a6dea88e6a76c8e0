"""The chart of one person's totals over time: where everything lies on it, as plain numbers. Pure.

Lengths are units of the drawing; days lie at their true distances, totals between the least and the most possible.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.case.assessments.instruments import INSTRUMENTS, Instrument

WIDTH, HEIGHT = 360, 200
LEFT, TOP, BOTTOM = 28, 18, 172
RIGHT, RIGHT_BESIDE_WORDS = 348, 250
MARGIN = 16
"""Between the first or last point and the edge, so that their numbers have room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One assessment: where it lies, and what it says."""

    x: float
    y: float
    on: date
    total: int
    phase: str
    severity: str | None
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripe:
    """The ground of one band of severity."""

    code: str
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The totals of one person by one instrument, in the order of their days."""

    person_id: str
    instrument: Instrument
    points: tuple[Point, ...]
    stripes: tuple[Stripe, ...]
    marks: tuple[tuple[int, float], ...]

    @property
    def width(self) -> int:
        """How wide the ground is; the words of bands stand beside it."""
        return _right(self.instrument) - LEFT

    @property
    def line(self) -> str:
        """The points as a polyline takes them."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def charts(rows: Iterable[dict[str, Any]]) -> list[Chart]:
    """A chart for each person and instrument among assessments as lists hold them; voided ones are left out."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        if row["person_id"] and not row["voided"]:
            found.setdefault((row["instrument"], row["person_id"]), []).append(row)
    order = {instrument_id: place for place, instrument_id in enumerate(INSTRUMENTS)}
    return [_chart(*key, found[key]) for key in sorted(found, key=lambda key: (order[key[0]], key[1]))]


def _chart(instrument_id: str, person_id: str, rows: Sequence[dict[str, Any]]) -> Chart:
    instrument = INSTRUMENTS[instrument_id]
    ordered = sorted(rows, key=lambda row: (row["on"], row["id"]))
    days = [date.fromisoformat(row["on"]) for row in ordered]
    return Chart(
        person_id=person_id,
        instrument=instrument,
        points=tuple(_point(instrument, row, day, days) for row, day in zip(ordered, days, strict=True)),
        stripes=tuple(_stripes(instrument)),
        marks=tuple((total, height(instrument, total)) for total in _marked(instrument)),
    )


def _point(instrument: Instrument, row: dict[str, Any], day: date, days: Sequence[date]) -> Point:
    return Point(
        x=_across(day, days[0], days[-1], _right(instrument)),
        y=height(instrument, row["total"]),
        on=day,
        total=row["total"],
        phase=row["phase"],
        severity=instrument.band_of(row["total"]),
        entry_id=row["id"],
    )


def _right(instrument: Instrument) -> int:
    return RIGHT_BESIDE_WORDS if instrument.bands else RIGHT


def _across(day: date, first: date, last: date, right: int) -> float:
    span = (last - first).days
    share = (day - first).days / span if span else 0.5
    return round(LEFT + MARGIN + share * (right - LEFT - 2 * MARGIN), 1)


def height(instrument: Instrument, total: float) -> float:
    """How far down a total lies; the most possible lies on top."""
    share = (total - instrument.lowest) / (instrument.highest - instrument.lowest)
    return round(BOTTOM - share * (BOTTOM - TOP), 1)


def _stripes(instrument: Instrument) -> Iterable[Stripe]:
    """A band reaches halfway to the totals beside it, so that no total lies on an edge."""
    tops = [band.lowest - 0.5 for band in instrument.bands[1:]] + [instrument.highest]
    bottoms = [instrument.lowest, *tops[:-1]]
    for band, bottom, top in zip(instrument.bands, bottoms, tops, strict=False):
        y = height(instrument, top)
        yield Stripe(code=band.code, y=y, height=round(height(instrument, bottom) - y, 1))


def _marked(instrument: Instrument) -> list[int]:
    """The totals written beside the axis: where bands begin, else the ends and the middle."""
    if instrument.bands:
        return [band.lowest for band in instrument.bands]
    return [instrument.lowest, (instrument.lowest + instrument.highest) // 2, instrument.highest]
