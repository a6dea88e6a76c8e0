"""A report in the terminal, as a table to read."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group
from rich.table import Column, Table
from rich.text import Text


def as_table(figures: dict[str, Any]) -> Group:
    """Outputs, outcomes, and the contract's own sentences."""
    outputs = Table(
        "indicator",
        Column("measure", overflow="fold"),
        "unit",
        *(Column(name, justify="right") for name in ("target", "actual", "variance")),
        "",
        title=_title(figures),
    )
    for one in figures["outputs"]:
        numbers = (_number(one["target"]), _number(one["actual"]), _number(one["variance"]))
        outputs.add_row(one["indicator"], one["measure"], one["unit"], *numbers, _word(one["met"]))
    columns = ("indicator", "served", "n", "result", "share", "t", "df", "p", "passed by")
    outcomes = Table(*(Column(name, overflow="fold") for name in columns))
    for one in figures["outcomes"]:
        outcomes.add_row(*_outcome(one))
    sentences = [Text(_chinese_first(text)) for text in figures["sentences"].values()]
    return Group(outputs, outcomes, *sentences, *_behind_heads(figures), Text(f"cut {figures['cut']}"))


def _behind_heads(figures: dict[str, Any]) -> Iterator[Text]:
    """Which service has entries that these figures do not know of yet."""
    for name, one in figures["freshness"].items():
        if one["behind"] or one["parked"]:
            yield Text(f"{name}: {one['behind']} events are still on their way, {one['parked']} could not be read.")


def behind_as_table(name: str, values: dict[str, Any], *, part: str | None) -> Table:
    """What stands behind a figure, a line each; `part` is which number of an outcome.

    Sessions, cases, pairs of tests or answers; no score of a single person.
    """
    columns, rows = _behind(values, part)
    title = f"{name}: {_number(values['figure'][part or 'actual']) or '–'}"
    table = Table(*(Column(column, overflow="fold") for column in columns), title=title)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    return table


def _behind(values: dict[str, Any], part: str | None) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    if "cases" in values:
        spans = [(one["case_id"], span["from"], span["to"]) for one in values["cases"] for span in one["open"]]
        return ("case", "opened", "closed"), list(spans)
    if part is None:
        sessions = [
            (one["occurred_on"], one["unit_id"], one["kind"], one["minutes"], len(one["people"]))
            for one in values["sessions"]
        ]
        return ("date", "session", "kind", "minutes", "people"), list(sessions)
    if values["answers"]:
        answers = [
            (one["assessed_on"], one.get("tally_id") or one["assessment_id"], one.get("k"), one.get("n", 1))
            for one in values["answers"]
        ]
        return ("date", "questionnaires", "satisfied", "answers"), list(answers)
    pairs = [
        (one["person_id"], one["pre"]["assessed_on"], one["post"]["assessed_on"], one["result"])
        for one in values["people"]
        if part in ("n", one["result"])
    ]
    return ("person", "before", "after", "result"), list(pairs)


def _title(figures: dict[str, Any]) -> str:
    period = figures["period"]
    return f"{_chinese_first(figures['title'])}  {period['from']} – {period['to']}"


def _chinese_first(text: dict[str, str]) -> str:
    return text.get("zh-Hant") or next(iter(text.values()), "")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,}"


def _word(met: bool | None) -> str:
    return "no target" if met is None else "met" if met else "not met"


def _outcome(one: dict[str, Any]) -> tuple[str, ...]:
    passed = ", ".join(one["passed_by"]) or "not passed"
    head = (one["indicator"], str(one["served"]), str(one["n"]))
    if "share_satisfied" in one:
        result = f"{one['satisfied']} satisfied / {one['not_satisfied']} not"
        return (*head, result, _percent(one["share_satisfied"]), "", "", "", passed)
    test = one["paired_t"]
    result = f"{one['improved']} improved / {one['unchanged']} unchanged / {one['worse']} worse"
    if test["t"] is None:
        return (*head, result, _percent(one["share_improved"]), "not computable", "", "", passed)
    p = "< .001" if test["p"] < 0.001 else f"{test['p']:.3f}"
    return (*head, result, _percent(one["share_improved"]), f"{test['t']:.4f}", str(test["df"]), p, passed)


def _percent(share: dict[str, Any]) -> str:
    return "–" if share["percent"] is None else f"{share['percent']} %"
