"""Two definitions, or one at two times, side by side: every figure of both, and the sessions that only one counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from services.reporting.indicators.definition import Definition, Measure, Output
from services.reporting.indicators.facts import Facts, Unit
from services.reporting.indicators.filters import Counted
from services.reporting.indicators.report import Count, selection


@dataclass(frozen=True, slots=True)
class Side:
    """A definition, and what it is counted from."""

    definition: Definition
    facts: Facts


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


def compared(before: Side, after: Side) -> list[Compared]:
    """Every measure of both sides, in the order of the newer one; those it has no more come last."""
    counts = Count(before.definition, before.facts), Count(after.definition, after.facts)
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
                was=counts[0].figure(*was).actual if was else None,
                now=counts[1].figure(*now).actual if now else None,
                only_before=sessions[0],
                only_after=sessions[1],
                other_people=sessions[2],
            )
        )
    return found


def _measures(definition: Definition) -> dict[tuple[str, str], tuple[Output, Measure]]:
    return {(output.id, one.id): (output, one) for output in definition.outputs for one in output.measures}


def _sessions(
    before: tuple[Side, Measure], after: tuple[Side, Measure]
) -> tuple[tuple[Differing, ...], tuple[Differing, ...], tuple[Differing, ...]]:
    """The sessions that count before alone, after alone, and for other people."""
    if before[1].which is not None or after[1].which is not None:
        return (), (), ()
    was, now = _counted(*before), _counted(*after)
    people = (one for unit_id, one in now.items() if unit_id in was and was[unit_id].people != one.people)
    return (
        tuple(_differing(was, now, *after)),
        tuple(_differing(now, was, *before)),
        tuple(Differing(one.unit, None) for one in people),
    )


def _counted(side: Side, measure: Measure) -> Mapping[str, Counted]:
    chosen = selection(side.definition, measure.whole or measure, side.facts)
    return {one.unit.unit_id: one for one in chosen.counted}


def _differing(
    these: Mapping[str, Counted], those: Mapping[str, Counted], other: Side, measure: Measure
) -> Iterator[Differing]:
    """What counts on this side and not on the other, with the other's reason, in the order of the days."""
    asks = selection(other.definition, measure.whole or measure, other.facts).filter
    known = {unit.unit_id: unit for unit in other.facts.units}
    missing = (one.unit for unit_id, one in these.items() if unit_id not in those)
    for unit in sorted(missing, key=lambda unit: (unit.occurred_on, unit.unit_id)):
        there = known.get(unit.unit_id)
        yield Differing(unit, "not_there" if there is None else asks.reason_to_leave_out(there))
