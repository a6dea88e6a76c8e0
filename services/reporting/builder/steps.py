"""The steps in which a contract is written, and the fields of each. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, Literal, get_args

from services.reporting.builder.fields import (
    Document,
    Field,
    Parts,
    Path,
    Sent,
    codes,
    filled_in,
    number,
    number_of,
    share_of,
    shown_number,
    shown_percent,
    text,
    texts,
    tick,
    value_at,
)
from services.reporting.contracts.instruments import INSTRUMENTS
from services.reporting.contracts.targets import BASES
from services.reporting.contracts.where import CONDITIONS
from services.reporting.indicators.definition import Counting
from shared.serviceunit.codes import VOCABULARIES

Step = Literal["parties", "counting", "outputs", "outcomes", "targets", "deliverables", "review", "yaml"]
STEPS: tuple[Step, ...] = get_args(Step)
LISTS: Mapping[str, str] = {"outputs": "outputs", "outcomes": "outcomes"}
"""The steps that have a page for each of their items."""

_LISTED = "spans"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def fields_of(document: Document, step: str, place: int | None = None) -> list[Field]:
    """The fields of a step, or of the one item of it that stands at `place`."""
    if step == "outputs":
        return [] if place is None else _output(document, place)
    if step == "outcomes":
        return [] if place is None else _outcome(document, place)
    makers: dict[str, Callable[[Document], list[Field]]] = {
        "parties": _parties,
        "counting": _counting,
        "targets": _targets,
        "deliverables": _deliverables,
    }
    return makers[step](document) if step in makers else []


def saved(document: Document, step: str, place: int | None, form: Sent) -> Document:
    """The document after a form was sent; another questionnaire brings its own direction."""
    result = filled_in(document, fields_of(document, step, place), form)
    if step == "outcomes" and place is not None:
        asked = ("outcomes", place, "instrument")
        if value_at(result, asked) != value_at(document, asked):
            _settle(result["outcomes"][place])
    return result


def items(document: Document, *path: str | int) -> list[Document]:
    """The items of a list, as far as they are mappings."""
    found = value_at(document, path)
    return [one if isinstance(one, dict) else {} for one in found] if isinstance(found, list) else []


def _parties(_: Document) -> list[Field]:
    return [
        text("contract"),
        *(field for name in ("title", "funder", "district") for field in texts(name)),
        text("period", "from"),
        text("period", "to"),
        Field(("reporting_periods",), _shown_rhythm, _written_rhythm, ticked=(".calendar",)),
    ]


def _shown_rhythm(value: Any) -> Parts:
    fields = value if isinstance(value, dict) else {}
    spans = [one if isinstance(one, dict) else {} for one in fields.get(_LISTED) or ()]
    lines = [f"{one.get('from', '')} {one.get('to', '')}" for one in spans]
    return {
        ".every": [_LISTED if lines else str(fields.get("every") or "half_year")],
        ".calendar": ["true"] if fields.get("calendar") is True else [],
        ".spans": ["\n".join(lines)] if lines else [""],
    }


def _written_rhythm(sent: Parts, _: Any) -> Any:
    every = sent[".every"][0] if sent[".every"] else "half_year"
    if every == _LISTED:
        lines = [_DAY.findall(line) or [line] for line in (sent[".spans"] or [""])[0].split("\n") if line.strip()]
        return {_LISTED: [dict(zip(("from", "to"), days, strict=False)) for days in lines]}
    by_calendar = sent[".calendar"] and every not in ("april_to_march", "school_year")
    return {"every": every, **({"calendar": True} if by_calendar else {})}


def _counting(_: Document) -> list[Field]:
    usual = Counting()
    words = {
        "unit_status": ("status", usual.unit_status),
        "participant_status": ("attendance", usual.participant_status),
        "modes": ("mode", usual.modes),
        "exclude_tags": ("tag", usual.exclude_tags),
    }
    chosen = [codes("counting", name, of=VOCABULARIES[of], default=default) for name, (of, default) in words.items()]
    return [
        *chosen,
        text("counting", "joint_sessions"),
        tick("counting", "unidentified"),
        *(number("counting", *path) for path in (("minimum_minutes",), ("training_day", "full"))),
        *(number("counting", *path) for path in (("training_day", "half"), ("credit", "minutes"))),
        number("counting", "credit", "at_most"),
    ]


def _where(*path: str | int) -> list[Field]:
    return [codes(*path, "where", name, of=VOCABULARIES[name]) for name in CONDITIONS]


def _output(document: Document, place: int) -> list[Field]:
    at: Path = ("outputs", place)
    fields = [text(*at, "id"), *texts(*at, "title"), *texts(*at, "sentence", lines=True), *_where(*at)]
    for index, _ in enumerate(items(document, *at, "measures")):
        one: Path = (*at, "measures", index)
        fields += [*(text(*one, name) for name in ("id", "measure", "which", "of")), *texts(*one, "title")]
        fields += _where(*one)
    return fields


def _outcome(document: Document, place: int) -> list[Field]:
    at: Path = ("outcomes", place)
    post_only = value_at(document, (*at, "post_only")) is True
    basis = [number(*at, "satisfied", "at_least")] if post_only else [number(*at, "pairing", "min_days")]
    outputs = [str(one.get("id")) for one in items(document, "outputs")]
    return [
        text(*at, "id"),
        *texts(*at, "title"),
        *texts(*at, "sentence", lines=True),
        codes(*at, "population", "outputs", of=outputs),
        text(*at, "instrument"),
        number(*at, "planned_sample"),
        *basis,
        _success(*at, "success", post_only=post_only),
    ]


def _success(*path: str | int, post_only: bool) -> Field:
    """Ways to pass: a share of people, and, with a questionnaire before and after, a t-test."""
    share = "share_satisfied" if post_only else "share_improved"

    def shown(value: Any) -> Parts:
        limbs = [one for one in value_at(value, ("any",)) or () if isinstance(one, dict)]

        def first(kind: str) -> Document:
            return next((one[kind] for one in limbs if isinstance(one.get(kind), dict)), {})

        bound, alpha = first(share), first("paired_t").get("alpha")
        comparator = next(iter(bound), "at_least")
        found = {".comparator": [comparator], ".share": [shown_percent(bound.get(comparator))]}
        return found if post_only else {**found, ".alpha": [shown_number(alpha)]}

    def written(sent: Parts, _: Any) -> Any:
        bound, alpha = share_of(sent[".share"][0]), number_of(sent.get(".alpha", [""])[0])
        limbs: list[Any] = [] if bound is None else [{share: {sent[".comparator"][0]: bound}}]
        return {"any": limbs if alpha is None else [*limbs, {"paired_t": {"alpha": alpha}}]}

    return Field(path, shown, written)


def _settle(outcome: Document) -> None:
    """What follows from the questionnaire: which way is better, or that it is asked only afterwards."""
    better = INSTRUMENTS.get(outcome.get("instrument", ""), "higher")
    outcome.pop("improved", None)
    if better is None:
        outcome.pop("pairing", None)
        outcome |= {"post_only": True, "success": {"any": [{"share_satisfied": {"at_least": 0.7}}]}}
        outcome.setdefault("satisfied", {"at_least": 3})
        return
    if outcome.pop("post_only", False):
        outcome.pop("satisfied", None)
        outcome["success"] = deepcopy(_PASSES)
    outcome["improved"] = better


_PASSES: Document = {"any": [{"share_improved": {"at_least": 0.7}}, {"paired_t": {"alpha": 0.05}}]}


def _targets(document: Document) -> list[Field]:
    fields = []
    for place, output in enumerate(items(document, "outputs")):
        for index, measure in enumerate(items(output, "measures")):
            at: Path = ("outputs", place, "measures", index)
            is_share = measure.get("measure") == "share"
            fields += [_target(*at, "target", is_share=is_share), text(*at, "comparator")]
            fields += [number(*at, "opening", "value"), text(*at, "opening", "until")]
            for number_, _ in enumerate(items(measure, "variations")):
                one: Path = (*at, "variations", number_)
                fields += [text(*one, "approval"), text(*one, "effective"), _target(*one, "target", is_share=is_share)]
    return fields


def _target(*path: str | int, is_share: bool) -> Field:
    """A target in one of its bases; the fields of the others are not looked at."""
    parts: Mapping[str, Sequence[str]] = {
        "total": (".total",),
        "by_year": (".by_year", ".total"),
        "by_period": (".by_period", ".total"),
        "monthly": (".monthly",),
        "establishment": (".establishment", ".factor", ".per"),
    }
    shown_as = shown_percent if is_share else shown_number

    def shown(value: Any) -> Parts:
        fields = value if isinstance(value, dict) else {"total": value}
        basis = next((name for name in BASES if name in fields and name != "total"), "total")
        lists = {name: [shown_number(one) for one in fields.get(name) or ()] for name in ("by_year", "by_period")}
        return {
            ".basis": [basis],
            ".total": [shown_as(fields.get("total"))],
            **{f".{name}": values for name, values in lists.items()},
            **{f".{name}": [shown_number(fields.get(name))] for name in ("monthly", "establishment", "factor")},
            ".per": [str(fields.get("per") or "total")],
        }

    def written(sent: Parts, before: Any) -> Any:
        asked = sent[".basis"][0]
        was = shown(before)
        if all(trimmed(sent[name]) == trimmed(was[name]) for name in (".basis", *parts.get(asked, ()))):
            return before
        read = share_of if is_share else number_of
        total = read(sent[".total"][0])
        if asked == "total":
            return total
        if asked in ("by_year", "by_period"):
            amounts = [number_of(one) for one in trimmed(sent[f".{asked}"])]
            return {asked: amounts, **({"total": total} if total is not None else {})}
        found = {name.removeprefix("."): number_of(sent[name][0]) for name in parts.get(asked, ()) if name != ".per"}
        per = {"per": sent[".per"][0]} if asked == "establishment" and sent[".per"][0] != "total" else {}
        return {asked: 0, **{name: value for name, value in found.items() if value is not None}, **per}

    return Field(path, shown, written)


def trimmed(values: Iterable[str]) -> list[str]:
    """Without the empty fields at the end."""
    found = list(values)
    while found and not found[-1]:
        found.pop()
    return found


def _deliverables(document: Document) -> list[Field]:
    fields = []
    for place, _ in enumerate(items(document, "deliverables")):
        at: Path = ("deliverables", place)
        fields += [*texts(*at, "title"), text(*at, "due"), *texts(*at, "evidence")]
    return fields


_IDS = {"headcount": "persons", "minutes": "hours"}


def added(document: Document, what: str, kind: str = "") -> Document:
    """The document with one more item in the list at `what`, such as `outputs.0.measures`, with an id of its own."""
    result = deepcopy(document)
    path = _path(what)
    last, parent = path[-1], value_at(result, path[:-1])
    if not isinstance(parent, dict) or last not in _NEW:
        return result
    if not isinstance(parent.get(last), list):
        parent[last] = []
    parent[last].append(_NEW[str(last)](result, path, kind))
    return result


def removed(document: Document, what: str) -> Document:
    """The document without the item at `what`; a list that was not needed goes with its last item."""
    result = deepcopy(document)
    path = _path(what)
    parent = value_at(result, path[:-1])
    place = path[-1]
    if isinstance(parent, list) and isinstance(place, int) and place < len(parent) and path[-2] in _NEW:
        del parent[place]
        if not parent and path[-2] not in ("outputs", "measures"):
            value_at(result, path[:-2]).pop(path[-2])
    return result


def _path(what: str) -> Path:
    return tuple(int(key) if key.isdecimal() else key for key in what.split("."))


def _fresh(document: Document, *path: str | int, name: str, always: bool = True) -> str:
    """An id that no item of the list has: the name, with a number where it needs one."""
    taken = {one.get("id") for one in items(document, *path)}
    first = [name] if not always else []
    return next(one for one in (*first, *(f"{name}-{n}" for n in range(1, len(taken) + 3))) if one not in taken)


def _new_measure(document: Document, path: Path, kind: str) -> Document:
    kind = kind or "sessions"
    which = {"which": "active"} if kind == "cases" else {}
    return {"id": _fresh(document, *path, name=_IDS.get(kind, kind), always=False), "measure": kind, **which}


def _new_outcome(document: Document, path: Path, _: str) -> Document:
    outputs = [one["id"] for one in items(document, "outputs") if isinstance(one.get("id"), str)]
    outcome: Document = {"id": _fresh(document, *path, name="outcome"), "population": {"outputs": outputs}}
    outcome |= {"instrument": "phq9", "pairing": {"pre": "first", "post": "last", "min_days": 14}}
    return {**outcome, "improved": "lower", "success": deepcopy(_PASSES)}


_NEW: Mapping[str | int, Callable[[Document, Path, str], Document]] = {
    "outputs": lambda document, path, _: {
        "id": _fresh(document, *path, name="output"),
        "measures": [{"id": "persons", "measure": "headcount"}],
    },
    "measures": _new_measure,
    "outcomes": _new_outcome,
    "deliverables": lambda document, path, _: {"id": _fresh(document, *path, name="deliverable"), "title": {}},
    "variations": lambda *_: {"approval": "", "effective": "", "target": None},
}
