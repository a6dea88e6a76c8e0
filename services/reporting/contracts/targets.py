"""The targets of a contract document: as a total, by year or period, a month, or a factor times the establishment."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any, cast

from services.reporting.contracts.reading import Reader, join
from services.reporting.contracts.rhythm import NOWHERE
from services.reporting.indicators.definition import (
    ADDS_UP,
    UNITS,
    Basis,
    MeasureKind,
    Opening,
    Period,
    Rhythm,
    Step,
    Target,
    Variation,
)
from services.reporting.indicators.periods import spans_of

BASES = ("total", "by_year", "by_period", "monthly", "establishment")
_FRACTIONS = ("minutes", "days", "share")


class TargetReader:
    """Reads the targets of one document, which depend on the contract's period and on its reporting periods."""

    def __init__(self, read: Reader, period: Period, rhythm: Rhythm) -> None:
        self._read, self._period, self._rhythm = read, period, rhythm

    def target(self, value: object, path: str, kind: MeasureKind) -> Target:
        """A number, or `{total}`, `{by_year: [...]}`, `{by_period: [...]}`, `{monthly}`, `{establishment, factor}`."""
        if not isinstance(value, dict):
            return Target(total=self._amount(value, path, kind))
        fields = self._read.mapping(value, path, optional=(*BASES, "factor", "per"))
        given = [name for name in BASES if name in fields and name != "total"] or ["total"]
        if len(given) != 1 or given[0] not in fields:
            self._read.fail(path, "one_basis", "Say the target in one way: %(known)s.", known=", ".join(BASES))
            return Target()
        basis = cast("Basis", given[0])
        total = self._amount(fields.get("total"), join(path, "total"), kind)
        if basis == "total":
            return Target(total=total)
        if kind == "share":
            self._read.fail(path, "share_not_divided", "A share has one target, such as 0.7 for 70 %%.")
            return Target()
        if basis == "establishment":
            return self._of_establishment(fields, path, total)
        steps = self._steps(basis, fields[basis], path, kind)
        return Target(total=total if total is not None else added(steps, kind), steps=steps, basis=basis)

    def _amount(self, value: object, path: str, kind: MeasureKind) -> Fraction | None:
        if value is None:
            return None
        if kind == "share":
            return self._read.share(value, path)
        amount = self._read.number(value, path)
        if amount is not None and amount.denominator != 1 and kind not in _FRACTIONS:
            self._read.fail(path, "target_not_whole", "A number of %(unit)s is whole.", unit=UNITS[kind])
        return amount

    def _steps(self, basis: Basis, value: object, path: str, kind: MeasureKind) -> tuple[Step, ...]:
        path, spans = join(path, basis), self._spans(basis)
        if basis == "monthly":
            if kind not in ADDS_UP:
                self._read.fail(path, "not_added", "%(kind)s of several months are not added up.", kind=UNITS[kind])
                return ()
            amount = self._read.number(value, path) or Fraction(0)
            return tuple(Step(period=span, amount=amount) for span in spans)
        amounts = [
            self._amount(one, join(path, index), kind) or Fraction(0)
            for index, one in enumerate(self._read.sequence(value, path))
        ]
        if spans and amounts and len(amounts) != len(spans):
            self._read.fail(path, "steps_differ", "Write %(count)s targets here, one each.", count=len(spans))
            return ()
        return tuple(Step(period=span, amount=amount) for span, amount in zip(spans, amounts, strict=False))

    def _spans(self, basis: Basis) -> Sequence[Period]:
        if self._period == NOWHERE:
            return ()
        if basis == "by_period":
            return spans_of(self._period, self._rhythm)
        return spans_of(self._period, Rhythm(every="month" if basis == "monthly" else "year"))

    def _of_establishment(self, fields: dict[str, Any], path: str, total: Fraction | None) -> Target:
        """So many for each post: of the whole contract, or, `per: year`, of each of its years."""
        establishment = self._read.number(fields["establishment"], join(path, "establishment"))
        if "factor" not in fields or total is not None:
            self._read.fail(join(path, "factor"), "missing", "“%(field)s” is missing.", field="factor")
            return Target()
        factor = self._read.number(fields["factor"], join(path, "factor"))
        per = self._read.one_of(fields.get("per"), join(path, "per"), ("total", "year"), "total")
        if establishment is None or factor is None:
            return Target()
        years = len(self._spans("by_year")) if per == "year" else 1
        return Target(total=factor * establishment * years, basis="establishment")

    def variations(self, value: object, path: str, kind: MeasureKind, agreed: Target) -> tuple[Variation, ...]:
        """`[{approval, effective, target}]`, the earliest first; each holds from its day on."""
        items = self._read.sequence(value, path, empty=True) if value is not None else []
        found: list[Variation] = []
        for index, item in enumerate(items):
            before = found[-1].target if found else agreed
            variation = self._variation(item, join(path, index), kind, before)
            if variation is None:
                continue
            if found and variation.effective < found[-1].effective:
                message = "This is before the variation above it. Write the earliest first."
                self._read.fail(join(path, f"{index}.effective"), "variation_order", message)
            found.append(variation)
        return tuple(found)

    def _variation(self, value: object, path: str, kind: MeasureKind, before: Target) -> Variation | None:
        fields = self._read.mapping(value, path, required=("approval", "effective", "target"))
        effective = self._within(self._read.day(fields.get("effective"), join(path, "effective")), path, "effective")
        target = self.target(fields.get("target"), join(path, "target"), kind)
        approval = fields.get("approval")
        if approval is not None and not (isinstance(approval, str) and 0 < len(approval.strip()) <= 80):
            message = "Write the reference of the approval, such as the number of the letter."
            self._read.fail(join(path, "approval"), "not_a_reference", message)
        if effective is None or not isinstance(approval, str):
            return None
        return Variation(approval=approval.strip(), effective=effective, target=since(before, target, effective, kind))

    def opening(self, value: object, path: str, kind: MeasureKind) -> Opening | None:
        """`{value, until}`: what was done before sessions were recorded here."""
        if value is None:
            return None
        fields = self._read.mapping(value, path, required=("value", "until"))
        if kind in {"share", "cases"}:
            message = "A share and cases have no opening balance: their sessions or cases are all known."
            self._read.fail(path, "no_opening", message)
            return None
        amount = self._amount(fields.get("value"), join(path, "value"), kind)
        until = self._within(self._read.day(fields.get("until"), join(path, "until")), path, "until")
        return Opening(value=amount, until=until) if amount is not None and until is not None else None

    def _within(self, day: date | None, path: str, name: str) -> date | None:
        if day is not None and day not in self._period:
            self._read.fail(join(path, name), "outside_contract", "This day lies outside the contract's period.")
            return None
        return day


def since(before: Target, after: Target, effective: date, kind: MeasureKind) -> Target:
    """A target varied from a day on: periods that had begun by then keep theirs."""
    if not after.steps or not before.steps:
        return after
    kept = [step for step in before.steps if step.period.first < effective]
    steps = (*kept, *(step for step in after.steps if step.period.first >= effective))
    derived = after.total == added(after.steps, kind)
    return replace(after, steps=steps, total=added(steps, kind) if derived else after.total)


def added(steps: Iterable[Step], kind: MeasureKind) -> Fraction | None:
    """The whole target that follows from its steps; of different people it does not."""
    amounts = [step.amount for step in steps]
    return sum(amounts, Fraction(0)) if amounts and kind in ADDS_UP else None
