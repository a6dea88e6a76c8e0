"""What a contract says about counting, as values: filters, measures, outcomes, targets (from `contracts.document`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

Text = Mapping[str, str]
"""A text in the contract's languages: `zh-Hant` and `en`."""

MeasureKind = Literal[
    "headcount", "sessions", "contacts", "attendances", "minutes", "days", "organisations", "cases", "share"
]
CaseCount = Literal["opened", "active", "closed"]
Comparator = Literal["at_least", "more_than"]
Every = Literal["month", "quarter", "half_year", "year", "april_to_march", "school_year"]

UNITS: Mapping[str, str] = {
    "headcount": "persons",
    "sessions": "sessions",
    "contacts": "contacts",
    "attendances": "attendances",
    "minutes": "hours",
    "days": "days",
    "organisations": "organisations",
    "cases": "cases",
    "share": "percent",
}
"""The unit in which each kind of measure is printed; its keys are all the kinds there are."""


ADDS_UP = frozenset({"sessions", "contacts", "attendances", "minutes", "days"})
"""The kinds of measures whose figures of several periods are added up; different people and organisations are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Conditions of a filter, "one of" each; None sets no condition. All conditions must hold."""

    kind: frozenset[str] | None = None
    activity: frozenset[str] | None = None
    setting: frozenset[str] | None = None
    mode: frozenset[str] | None = None
    tag: frozenset[str] | None = None
    role: frozenset[str] | None = None
    target_group: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """The contract's rules on what counts at all; the defaults hold where a contract says nothing."""

    unit_status: frozenset[str] = frozenset({"held"})
    participant_status: frozenset[str] = frozenset({"present", "late", "left_early"})
    modes: frozenset[str] = frozenset({"in_person", "online", "phone", "hybrid"})
    minimum_minutes: int = 0
    exclude_tags: frozenset[str] = frozenset({"before_opening", "aftercare"})
    joint_sessions: Literal["both", "primary"] = "both"
    unidentified: bool = False
    full_day: int = 360
    half_day: int = 180
    credit: "Credit | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """An occasion counts as one session for each full `minutes`, at most `at_most` on its day, not as one."""

    minutes: int
    at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When reports are due: at an even pace from the contract's start (by `calendar` from January), or by `spans`."""

    every: Every = "half_year"
    calendar: bool = False
    spans: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A bound that a share is compared with, as an exact fraction."""

    bound: Fraction
    comparator: Comparator = "at_least"

    def holds(self, part: int, whole: int) -> bool:
        """Compare whole numbers (`10 k >= 7 N`), never a rounded percentage; a share of nothing holds nothing."""
        left, right = part * self.bound.denominator, self.bound.numerator * whole
        return whole > 0 and (left > right if self.comparator == "more_than" else left >= right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a measure should reach within one period."""

    period: Period
    amount: Fraction


Basis = Literal["total", "by_year", "by_period", "monthly", "establishment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a measure should reach by the end (`total`) and in each step, and how that was said (`basis`)."""

    total: Fraction | None = None
    steps: tuple[Step, ...] = ()
    basis: Basis = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """A change of a target that the funder approved: which letter says so, from which day, and the target since."""

    approval: str
    effective: date
    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What was done up to and with a day, before sessions were recorded here; that time is not counted again."""

    value: Fraction
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure of an output indicator.

    `filters` holds what must hold: the indicator's filter, those of the parents, and its own (`where`), as far as they
    set any condition. `which` cases are counted is said for that kind alone, and only a share has a `whole`.
    `target` is the whole one in force, after all `variations`; `agreed` is what it was at first.
    """

    id: str
    kind: MeasureKind
    target: Fraction | None
    comparator: Comparator
    filters: tuple[Where, ...]
    where: Where
    of: str | None = None
    which: CaseCount | None = None
    whole: "Measure | None" = None
    title: Text = field(default_factory=dict)
    agreed: Target = Target()
    variations: tuple[Variation, ...] = ()
    opening: Opening | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """What is to be reached period by period, as it is in force."""
        return self.variations[-1].target.steps if self.variations else self.agreed.steps

    @property
    def counts(self) -> MeasureKind:
        """What is counted: of a share, that of its whole and so of its part."""
        return self.kind if self.whole is None else self.whole.kind

    def met(self, actual: Fraction | None) -> bool | None:
        """Whether the target is reached, or None without a target; a share of nothing reaches nothing."""
        return self.reaches(actual, self.target)

    def reaches(self, actual: Fraction | None, target: Fraction | None) -> bool | None:
        """The same for another target, such as the one agreed at first, or that of one period."""
        if target is None:
            return None
        if actual is None:
            return False
        return actual > target if self.comparator == "more_than" else actual >= target


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    id: str
    title: Text
    sentence: Text
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limb:
    """One way to pass an outcome: a share of people, or a significant paired t-test in the improving direction."""

    kind: Literal["share_improved", "share_satisfied", "paired_t"]
    threshold: Threshold | None = None
    alpha: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An outcome indicator. `improved` is the direction of a better score; post-only ones have `satisfied_from`."""

    id: str
    title: Text
    sentence: Text
    population: tuple[str, ...]
    instrument: str
    post_only: bool
    improved: Literal["lower", "higher"] | None
    min_days: int
    satisfied_from: int | None
    any_of: tuple[Limb, ...]
    planned: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliverable:
    """Something to hand over: by when (`due`), and what will show that it was (`evidence`)."""

    id: str
    title: Text
    due: date | None = None
    evidence: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of a contract, checked and ready to count by."""

    contract: str
    title: Text
    funder: Text
    district: Text
    period: Period
    reporting: Rhythm
    counting: Counting
    outputs: tuple[Output, ...]
    outcomes: tuple[Outcome, ...]
    deliverables: tuple[Deliverable, ...]

    def output(self, output_id: str) -> Output | None:
        return next((output for output in self.outputs if output.id == output_id), None)

    def outcome(self, outcome_id: str) -> Outcome | None:
        return next((outcome for outcome in self.outcomes if outcome.id == outcome_id), None)
