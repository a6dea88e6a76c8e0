"""Two definitions, or one at two times, side by side: every figure of both, and the sessions that only one counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.reporting.indicators.definition import Definition, Measure, Output
from services.reporting.indicators.facts import Unit
from services.reporting.indicators.filters import Counted
from services.reporting.indicators.report import Count


@dataclass(frozen=True, slots=True)
class Differing:
    """A session that counts differently: `why` the side that leaves it out does; None where only the people differ."""

    unit: Unit
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One measure on both sides; a side that does not have it has no measure and no value."""

    output: Output
    before: Measure | None
    after: Measure | None
    was: Fraction | None
    now: Fraction | None
    only_before: tuple[Differing, ...] = ()
    only_after: tuple[Differing, ...] = ()
    other_people: tuple[Differing, ...] = ()

    @property
    def measure(self) -> Measure:
        """The newer of the two."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def same(self) -> bool:
        """Whether the figure, its target and its sessions are the same on both sides."""
        targets = {one.target if one else None for one in (self.before, self.after)}
        there = self.before is not None and self.after is not None
        return there and self.was == self.now and len(targets) == 1 and not any(self.sessions)

    @property
    def sessions(self) -> tuple[tuple[Differing, ...], ...]:
        return self.only_before, self.only_after, self.other_people


def compared(before: Count, after: Count) -> list[Compared]:
    """Every measure of both sides, in the order of the newer one; those it has no more come last."""
    older, newer = _measures(before.definition), _measures(after.definition)
    found = []
    for name in (*newer, *(name for name in older if name not in newer)):
        was, now = older.get(name), newer.get(name)
        sessions = _sessions((before, was[1]), (after, now[1])) if was and now else ((), (), ())
        found.append(
            Compared(
                output=(newer if now else older)[name][0],
                before=was[1] if was else None,
                after=now[1] if now else None,
                was=before.figure(*was).actual if was else None,
                now=after.figure(*now).actual if now else None,
                only_before=sessions[0],
                only_after=sessions[1],
                other_people=sessions[2],
            )
        )
    return found


def _measures(definition: Definition) -> dict[tuple[str, str], tuple[Output, Measure]]:
    return {(output.id, one.id): (output, one) for output in definition.outputs for one in output.measures}


def _sessions(
    before: tuple[Count, Measure], after: tuple[Count, Measure]
) -> tuple[tuple[Differing, ...], tuple[Differing, ...], tuple[Differing, ...]]:
    """The sessions that count before alone, after alone, and for other people."""
    if before[1].which is not None or after[1].which is not None:
        return (), (), ()
    was, now = _counted(*before), _counted(*after)
    people = (one.unit for unit_id, one in now.items() if unit_id in was and was[unit_id].people != one.people)
    return (
        tuple(_differing(was, now, *after)),
        tuple(_differing(now, was, *before)),
        tuple(Differing(unit, None) for unit in sorted(people, key=_in_order)),
    )


def _in_order(unit: Unit) -> tuple[date, str]:
    return unit.occurred_on, unit.unit_id


def _counted(side: Count, measure: Measure) -> Mapping[str, Counted]:
    return {one.unit.unit_id: one for one in side.sessions(measure.whole or measure)}


def _differing(
    these: Mapping[str, Counted], those: Mapping[str, Counted], other: Count, measure: Measure
) -> Iterator[Differing]:
    """What counts on this side and not on the other, with the other's reason, in the order of the days."""
    asks = other.selection(measure.whole or measure).filter
    known = {unit.unit_id: unit for unit in other.facts.units}
    missing = (one.unit for unit_id, one in these.items() if unit_id not in those)
    for unit in sorted(missing, key=_in_order):
        there = known.get(unit.unit_id)
        yield Differing(unit, "not_there" if there is None else asks.reason_to_leave_out(there))
