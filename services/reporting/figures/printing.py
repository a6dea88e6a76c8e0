"""A report in the terminal: as a table to read, and as CSV to take away."""

import csv
from io import StringIO
from typing import Any

from rich.console import Group
from rich.table import Column, Table
from rich.text import Text

COLUMNS = ("indicator", "measure", "unit", "target", "actual", "variance", "met")
_BOM = "\ufeff"


def as_table(figures: dict[str, Any]) -> Group:
    """Outputs, outcomes, and the contract's own sentences."""
    outputs = Table(
        "indicator",
        Column("measure", overflow="fold"),
        "unit",
        "target",
        "actual",
        "variance",
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
    return Group(outputs, outcomes, *sentences, Text(f"cut {figures['cut']}"))


def as_csv(figures: dict[str, Any]) -> str:
    """The output figures; with a byte order mark, so that a spreadsheet reads Chinese right."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in figures["outputs"]:
        writer.writerow([_safe(one[name]) for name in COLUMNS])
    return _BOM + text.getvalue()


def _safe(value: object) -> object:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


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
