"""From facts to figures, by the rules of the contract document alone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import cache
from typing import Any

from tests.recount.accepted import Accepted
from tests.recount.replay import Fact, Replay
from tests.recount.ttest import two_sided

HONG_KONG = timezone(timedelta(hours=8))
DEFAULTS: dict[str, Any] = {
    "unit_status": ["held"],
    "participant_status": ["present", "late", "left_early"],
    "modes": ["in_person", "online", "phone", "hybrid"],
    "minimum_minutes": 0,
    "exclude_tags": ["before_opening", "aftercare"],
    "joint_sessions": "both",
    "unidentified": False,
    "training_day": {"full": 360, "half": 180},
}
UNIT_KEYS = ("kind", "activity", "setting", "mode")
Figures = dict[tuple[str, str], Fraction | None]


@dataclass(slots=True)
class Alive:
    """What lives at one point: entries, questionnaires, and who is whom."""

    units: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    scores: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    tallies: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    edges: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    cases: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def same(self) -> Callable[[str], str]:
        """Who stands for whom: everybody connected by edges is one person, named by the smallest id."""
        neighbours: dict[str, set[str]] = {}
        for edge in self.edges.values():
            one, other = edge["same"]
            neighbours.setdefault(one, set()).add(other)
            neighbours.setdefault(other, set()).add(one)
        known: dict[str, str] = {}
        for person in neighbours:
            seen, todo = {person}, [person]
            while todo:
                fresh = neighbours[todo.pop()] - seen
                seen |= fresh
                todo += fresh
            known[person] = min(seen)
        return lambda person: known.get(person, person)


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """An outcome: for paired ones N and its parts with t and p (None: not computable)."""

    served: int
    n: int
    improved: int = 0
    unchanged: int = 0
    worse: int = 0
    t: float | None = None
    p: float | None = None
    satisfied: int = 0
    not_satisfied: int = 0
    passed: bool = False


class Recount:
    """Counts one agency's contracts over everything that was accepted."""

    def __init__(self, accepted: Iterable[Accepted], agency: str) -> None:
        self._facts = [fact for fact in Replay().read(accepted).facts if fact.agency == agency]
        self._alive: dict[tuple[date | None, tuple[tuple[str, int], ...]], Alive] = {}

    def alive(self, *, on: date | None = None, cut: Mapping[str, int] | None = None) -> Alive:
        """What lives now, as known at the end of a day in Hong Kong, or at a cut."""
        key = (on, tuple(sorted((cut or {}).items())) if cut is not None else (("now", 0),))
        if key not in self._alive:
            self._alive[key] = self._living(on, cut)
        return self._alive[key]

    def _living(self, on: date | None, cut: Mapping[str, int] | None) -> Alive:
        alive = Alive()
        shelves = {
            "unit": alive.units,
            "score": alive.scores,
            "tally": alive.tallies,
            "edge": alive.edges,
            "case": alive.cases,
        }
        for fact in self._facts:
            if not _known(fact, on, cut):
                continue
            if fact.content is None:
                shelves[fact.sort].pop(fact.thing, None)
            else:
                shelves[fact.sort][fact.thing] = fact.content
        return alive

    def figures(
        self, document: Mapping[str, Any], *, on: date | None = None, cut: Mapping[str, int] | None = None
    ) -> Figures:
        """Every measure of every output; a share as a fraction, and None where there is no whole."""
        alive = self.alive(on=on, cut=cut)
        return {
            (output["id"], measure["id"]): _measure(document, output, measure, alive)
            for output in document["outputs"]
            for measure in output["measures"]
        }

    def counted(
        self, document: Mapping[str, Any], output_id: str, measure_id: str, *, on: date | None = None
    ) -> dict[str, set[str]]:
        """The entries behind a figure, each with the people who make it count."""
        output = next(one for one in document["outputs"] if one["id"] == output_id)
        measure = next(one for one in output["measures"] if one["id"] == measure_id)
        return _counted(document, output, measure, self.alive(on=on))

    def outcomes(
        self, document: Mapping[str, Any], *, on: date | None = None, cut: Mapping[str, int] | None = None
    ) -> dict[str, OutcomeCount]:
        """Every outcome."""
        alive = self.alive(on=on, cut=cut)
        return {outcome["id"]: _outcome(document, outcome, alive) for outcome in document.get("outcomes") or ()}


def _known(fact: Fact, on: date | None, cut: Mapping[str, int] | None) -> bool:
    if cut is not None:
        return fact.position <= cut.get(fact.service, 0)
    if on is not None:
        return fact.recorded_at < datetime(on.year, on.month, on.day, tzinfo=HONG_KONG) + timedelta(days=1)
    return True


@cache
def _period(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


def _rules(document: Mapping[str, Any]) -> dict[str, Any]:
    return DEFAULTS | (document.get("counting") or {})


def _conditions(output: Mapping[str, Any], measure: Mapping[str, Any]) -> list[Mapping[str, list[str]]]:
    conditions = [output.get("where") or {}, measure.get("where") or {}]
    if measure.get("of"):
        parent = next(one for one in output["measures"] if one["id"] == measure["of"])
        conditions += _conditions(output, parent)
    return conditions


def _counted(
    document: Mapping[str, Any], output: Mapping[str, Any], measure: Mapping[str, Any], alive: Alive
) -> dict[str, set[str]]:
    same, conditions, rules = alive.same(), _conditions(output, measure), _rules(document)
    counted = {}
    for unit_id, unit in alive.units.items():
        if _unit_counts(document, rules, conditions, unit):
            people = {same(person["id"]) for person in _matching(rules, conditions, unit)}
            if people:
                counted[unit_id] = people
    return counted


def _unit_counts(
    document: Mapping[str, Any],
    rules: Mapping[str, Any],
    conditions: list[Mapping[str, list[str]]],
    unit: Mapping[str, Any],
) -> bool:
    contract = document["contract"]
    if contract not in unit["contracts"]:
        return False
    if (unit["contracts"][contract] or 0) < rules["minimum_minutes"]:
        return False
    first, last = _period(str(document["period"]["from"]), str(document["period"]["to"]))
    return (
        first <= unit["day"] <= last
        and unit["status"] in rules["unit_status"]
        and unit["mode"] in rules["modes"]
        and not any(tag in rules["exclude_tags"] for tag in unit["tags"])
        and all(unit[key] in where[key] for where in conditions for key in UNIT_KEYS if key in where)
        and all(set(unit["tags"]) & set(where["tag"]) for where in conditions if "tag" in where)
    )


def _matching(
    rules: Mapping[str, Any], conditions: list[Mapping[str, list[str]]], unit: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    people = unit["people"]
    if rules["joint_sessions"] == "primary" and people:
        people = [person for person in people if person["role"] == people[0]["role"]]
    return [
        person
        for person in people
        if person["status"] in rules["participant_status"]
        and all(person["role"] in where["role"] for where in conditions if "role" in where)
        and all(set(person["groups"]) & set(where["target_group"]) for where in conditions if "target_group" in where)
    ]


def _measure(
    document: Mapping[str, Any], output: Mapping[str, Any], measure: Mapping[str, Any], alive: Alive
) -> Fraction | None:
    kind = _kind(output, measure)
    if kind == "cases":
        return Fraction(sum(_case_counts(document, measure["which"], case) for case in alive.cases.values()))
    if kind == "share":
        whole = next(one for one in output["measures"] if one["id"] == measure["of"])
        numbers = [_number(document, output, one, _kind(output, whole), alive) for one in (measure, whole)]
        return numbers[0] / numbers[1] if numbers[1] else None
    return _number(document, output, measure, kind, alive)


def _case_counts(document: Mapping[str, Any], which: str, case: Mapping[str, Any]) -> bool:
    """Whether a case was opened, open or closed in the period."""
    first, last = _period(str(document["period"]["from"]), str(document["period"]["to"]))
    if case["contract"] != document["contract"]:
        return False
    for opened, closed in case["spans"]:
        if which == "opened" and first <= opened <= last:
            return True
        if which == "closed" and closed is not None and first <= closed <= last:
            return True
        if which == "active" and max(first, opened) <= min(last, closed or last):
            return True
    return False


def _number(
    document: Mapping[str, Any], output: Mapping[str, Any], measure: Mapping[str, Any], kind: str, alive: Alive
) -> Fraction:
    counted, rules = _counted(document, output, measure, alive), _rules(document)
    units = {unit_id: alive.units[unit_id] for unit_id in counted}
    minutes = {unit_id: unit["contracts"][document["contract"]] or 0 for unit_id, unit in units.items()}
    match kind:
        case "headcount":
            return Fraction(len(set().union(*counted.values())))
        case "sessions":
            return Fraction(len(counted))
        case "contacts":
            return Fraction(sum(len(people) for people in counted.values()))
        case "attendances":
            crowd = sum(unit["unidentified"] for unit in units.values()) if rules["unidentified"] else 0
            return Fraction(sum(len(people) for people in counted.values()) + crowd)
        case "minutes":
            return Fraction(sum(minutes.values()), 60)
        case "days":
            day = rules["training_day"]
            halves = (2 if length >= day["full"] else int(length >= day["half"]) for length in minutes.values())
            return Fraction(sum(halves), 2)
        case "organisations":
            return Fraction(len({unit["organisation"] for unit in units.values() if unit["organisation"]}))
    raise AssertionError(measure)


def _kind(output: Mapping[str, Any], measure: Mapping[str, Any]) -> str:
    """What is measured; a part of another measure is measured like the whole."""
    if "measure" in measure:
        return str(measure["measure"])
    return _kind(output, next(one for one in output["measures"] if one["id"] == measure["of"]))


def _outcome(document: Mapping[str, Any], outcome: Mapping[str, Any], alive: Alive) -> OutcomeCount:
    served: set[str] = set()
    for output in document["outputs"]:
        if output["id"] in outcome["population"]["outputs"]:
            for measure in output["measures"]:
                if _kind(output, measure) == "cases":
                    continue  # A case is no session: nobody is served by it alone.
                served |= set().union(*_counted(document, output, measure, alive).values())
    first, last = _period(str(document["period"]["from"]), str(document["period"]["to"]))
    scores = [
        (score["day"], assessment_id, score)
        for assessment_id, score in alive.scores.items()
        if score["contract"] == document["contract"]
        and score["instrument"] == outcome["instrument"]
        and first <= score["day"] <= last
        and score["total"] is not None
    ]
    if outcome.get("post_only"):
        return _post_only(document, outcome, alive, served, [score for _, _, score in scores], (first, last))
    same = alive.same()
    by_person: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for _, _, score in sorted(scores, key=lambda row: row[:2]):
        if score["person"] and same(score["person"]) in served:
            by_person.setdefault(same(score["person"]), {}).setdefault(score["phase"], []).append(score)
    differences = []
    apart = timedelta(days=(outcome.get("pairing") or {}).get("min_days", 0))
    for phases in by_person.values():
        if "pre" in phases:
            pre = phases["pre"][0]
            posts = [score for score in phases.get("post", ()) if score["day"] >= pre["day"] + apart]
            if posts:
                differences.append(posts[-1]["total"] - pre["total"])
    return _paired(outcome, len(served), differences)


def _paired(outcome: Mapping[str, Any], served: int, differences: list[int]) -> OutcomeCount:
    sign = -1 if outcome["improved"] == "lower" else 1
    n, improved = len(differences), sum(sign * difference > 0 for difference in differences)
    t, p = two_sided(differences) or (None, None)
    passed = False
    for limb in outcome["success"]["any"]:
        if "share_improved" in limb:
            passed |= n > 0 and improved >= _exact(limb["share_improved"]["at_least"]) * n
        if "paired_t" in limb and p is not None:
            passed |= p < limb["paired_t"]["alpha"] and sign * sum(differences) > 0
    return OutcomeCount(
        served=served,
        n=n,
        improved=improved,
        unchanged=differences.count(0),
        worse=n - improved - differences.count(0),
        t=t,
        p=p,
        passed=passed,
    )


def _post_only(
    document: Mapping[str, Any],
    outcome: Mapping[str, Any],
    alive: Alive,
    served: set[str],
    scores: list[Mapping[str, Any]],
    period: tuple[date, date],
) -> OutcomeCount:
    totals = [score["total"] for score in scores if score["phase"] == "post"]
    good = sum(total >= outcome["satisfied"]["at_least"] for total in totals)
    bad = len(totals) - good
    for tally in alive.tallies.values():
        mine = tally["contract"] == document["contract"] and tally["instrument"] == outcome["instrument"]
        if mine and period[0] <= tally["day"] <= period[1]:
            good, bad = good + tally["counts"][0], bad + tally["counts"][1]
    n = good + bad
    passed = any(
        n > 0 and good >= _exact(limb["share_satisfied"]["at_least"]) * n
        for limb in outcome["success"]["any"]
        if "share_satisfied" in limb
    )
    return OutcomeCount(served=len(served), n=n, satisfied=good, not_satisfied=bad, passed=passed)


def _exact(share: object) -> Fraction:
    return Fraction(str(share))
