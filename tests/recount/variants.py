"""The contract with one condition taken away or moved: each must change a figure, or the demo proves too little."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

Document = dict[str, Any]

EVERY_STATUS = ["held", "no_show", "cancelled", "missed"]
EVERY_ATTENDANCE = ["present", "absent", "excused", "late", "left_early"]
EVERY_MODE = ["in_person", "online", "phone", "hybrid", "messaging"]
OTHER_RULES: Mapping[str, Any] = {
    "unit_status": EVERY_STATUS,
    "participant_status": EVERY_ATTENDANCE,
    "modes": EVERY_MODE,
    "minimum_minutes": 0,
    "exclude_tags": [],
    "joint_sessions": "primary",
    "unidentified": True,
}


def variants(document: Mapping[str, Any]) -> Iterator[tuple[str, Document]]:
    """Every variant with a name that says what was changed."""
    yield from _rules(document)
    yield from _periods(document)
    for index, output in enumerate(document["outputs"]):
        yield from _where(document, f"{output['id']}.where", ("outputs", index, "where"))
        for nth, measure in enumerate(output["measures"]):
            path = ("outputs", index, "measures", nth, "where")
            yield from _where(document, f"{output['id']}.{measure['id']}.where", path)
    yield from _outcomes(document)


def _changed(document: Mapping[str, Any], path: tuple[str | int, ...], value: Any) -> Document:
    copy = deepcopy(dict(document))
    inner: Any = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return copy


def _rules(document: Mapping[str, Any]) -> Iterator[tuple[str, Document]]:
    counting = document["counting"]
    for rule, other in OTHER_RULES.items():
        yield f"counting.{rule} becomes {other}", _changed(document, ("counting", rule), other)
        if isinstance(counting[rule], list) and len(counting[rule]) > 1:
            for value in counting[rule]:
                rest = [one for one in counting[rule] if one != value]
                yield f"counting.{rule} without {value}", _changed(document, ("counting", rule), rest)
    yield "a full day is longer", _changed(document, ("counting", "training_day", "full"), 361)
    yield "a half day is shorter", _changed(document, ("counting", "training_day", "half"), 60)


def _periods(document: Mapping[str, Any]) -> Iterator[tuple[str, Document]]:
    yield "the period begins a month earlier", _changed(document, ("period", "from"), "2018-05-01")
    yield "the period ends a month later", _changed(document, ("period", "to"), "2021-06-30")


def _where(document: Mapping[str, Any], name: str, path: tuple[str | int, ...]) -> Iterator[tuple[str, Document]]:
    where: Any = document
    for step in path:
        where = where.get(step, {}) if isinstance(where, dict) else where[step]
    for key, values in where.items():
        rest = {other: where[other] for other in where if other != key}
        yield f"{name} without {key}", _changed(document, path, rest)
        if len(values) > 1:
            for value in values:
                fewer = where | {key: [one for one in values if one != value]}
                yield f"{name}.{key} without {value}", _changed(document, path, fewer)


def _outcomes(document: Mapping[str, Any]) -> Iterator[tuple[str, Document]]:
    for index, outcome in enumerate(document["outcomes"]):
        name, path = outcome["id"], ("outcomes", index)
        if outcome.get("post_only"):
            yield f"{name}: nobody is satisfied below 4", _changed(document, (*path, "instrument"), "bdf20")
            continue
        yield f"{name}: another instrument", _changed(document, (*path, "instrument"), "bdf21")
        for output in outcome["population"]["outputs"]:
            rest = [one for one in ("output-4", *outcome["population"]["outputs"]) if one != output]
            yield f"{name}: not the people of {output}", _changed(document, (*path, "population"), {"outputs": rest})
        if name != "outcome-3":
            yield f"{name}: pairs of any distance", _changed(document, (*path, "pairing", "min_days"), 1)
