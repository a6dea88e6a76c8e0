"""What a report says: counted from the ledger at a cut, whenever it is asked for; the same facts, the same document."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.reporting.contracts.queries import ContractAt, deliverables_of
from services.reporting.figures.brief import Sums, sums_of
from services.reporting.figures.rendering import figures_of, output_values
from services.reporting.figures.reports import heading
from services.reporting.indicators.changes import Happened, Thing
from services.reporting.indicators.definition import Definition, Period
from services.reporting.indicators.facts import Facts, Score, Stage, Tally, Unit
from services.reporting.indicators.report import Count, report
from services.reporting.ledger.cut import Cut

Values = dict[str, Any]
_DIGITS = 12
"""Digits kept of a statistic: enough for any reader, and the same on every machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a report is made of: the contract as it stood, and what was known, both at its cut."""

    found: ContractAt
    cut: Cut
    period: Period
    facts: Facts
    edges: Sequence[tuple[str, str]]


def counted_until(definition: Definition, period: Period) -> Definition:
    """The same contract, counted from its beginning to the end of a reporting period."""
    return replace(definition, period=Period(first=definition.period.first, last=period.last))


def document_of(
    contents: Contents,
    *,
    as_of: str,
    number: int,
    sealed_on: str,
    narrative: Mapping[str, str],
    late_entries: Sequence[Values],
    restated: Sequence[Values],
) -> Values:
    """The whole report as JSON values: to date and within the period, and what moved of earlier ones."""
    found, period = contents.found, contents.period
    within = report(replace(found.definition, period=period), contents.facts)
    values = {
        **heading(found, contents.cut),
        "as_of": as_of,
        "submission": {"number": number, "sealed_at": sealed_on},
        "reporting_period": {"from": period.first.isoformat(), "to": period.last.isoformat()},
        **figures_of(report(counted_until(found.definition, period), contents.facts)),
        "outputs_in_period": [output_values(figure) for figure in within.outputs],
        "deliverables": deliverables_of(found),
        "narrative": dict(sorted(narrative.items())),
        "late_entries": list(late_entries),
        "restated": list(restated),
    }
    rounded: Values = _rounded(values)
    return rounded


def sums_at(contents: Contents) -> Sums:
    """What the contract comes to by the end of the period, each session and person once."""
    return sums_of(Count(counted_until(contents.found.definition, contents.period), contents.facts).whole())


def contributing(contents: Contents) -> list[str]:
    """The ids of the events a report was counted from, and who was whom, in their order."""
    facts, last = contents.facts, contents.period.last
    things: Iterable[Thing] = (
        *facts.units,
        *facts.scores,
        *facts.tallies,
        *(stage for case in facts.cases for stage in case.stages),
    )
    events = {thing.event_id for thing in things if day_of(thing) <= last}
    return sorted((*events, *(f"{one}={into}" for one, into in contents.edges)))


def digest_of(ids: Iterable[str]) -> str:
    """One number for all of them: SHA-256 in hexadecimal."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()


def day_of(thing: Thing) -> Any:
    """The day that decides to which period something belongs."""
    match thing:
        case Unit():
            return thing.occurred_on
        case Score() | Tally():
            return thing.assessed_on
        case Stage():
            return thing.on


def late_values(happened: Happened, reason: str | None) -> Values:
    """A late entry as a report names it: what, of which day and why; not which one, and nobody's."""
    thing = happened.begun or happened.ended
    assert thing is not None
    return {
        "what": happened.what,
        "kind": getattr(thing, "kind", None) or getattr(thing, "instrument", None) or "case",
        "occurred_on": day_of(thing).isoformat(),
        "reason": reason,
    }


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Values]:
    """The figures of two documents that are not the same, outputs and outcomes, by `indicator` and `measure`."""
    before, after = dict(_figures(was)), dict(_figures(now))
    return [
        {"indicator": name[0], "measure": name[1], "was": before.get(name), "now": after.get(name)}
        for name in (*before, *(name for name in after if name not in before))
        if before.get(name) != after.get(name)
    ]


def _figures(document: Mapping[str, Any]) -> Iterable[tuple[tuple[str, str], Any]]:
    for one in document["outputs"]:
        yield (one["indicator"], one["measure"]), one["actual"]
    for one in document["outcomes"]:
        for part in ("n", "improved", "unchanged", "worse", "satisfied", "not_satisfied"):
            if part in one:
                yield (one["indicator"], part), one[part]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
