"""What of a report goes out to a funder: sums alone, and the explanations written for it. Pure.

Named is what goes out, so that whatever a report may hold one day stays inside until it is named here.
"""

from collections.abc import Mapping
from typing import Any, Literal

Audience = Literal["funder", "staff"]
Values = dict[str, Any]

_DOCUMENT = (
    *("contract", "title", "funder", "district", "period", "definition_version", "cut", "as_of", "outstanding"),
    *("summary", "sentences", "by_month", "deliverables", "narrative", "reporting_period", "names", "how"),
)
_OUTPUT = (
    *("indicator", "measure", "indicator_title", "title", "kind", "of", "unit", "comparator"),
    *("target", "actual", "variance", "met", "minutes", "share"),
)
_OUTCOME = (
    *("indicator", "title", "instrument", "basis", "success", "served", "n"),
    *("satisfied", "not_satisfied", "share_satisfied"),
    *("direction", "improved", "unchanged", "worse", "share_improved", "paired_t", "funnel", "sensitivity"),
    *("passed", "passed_by"),
)


def for_funder(document: Mapping[str, Any]) -> Values:
    """The report without a single session, person or entry: of late entries only how many there are."""
    found = _only(document, _DOCUMENT)
    for name, fields in (
        ("outputs", _OUTPUT),
        ("outputs_in_period", _OUTPUT),
        ("outcomes", _OUTCOME),
        ("restated", ("indicator", "measure", "was", "now")),
    ):
        if name in document:
            found[name] = [_only(one, fields) for one in document[name]]
    if "submission" in document:
        found["submission"] = _only(document["submission"], ("number", "sealed_at"))
    if late := document.get("late_entries"):
        found["late_entry_count"] = len(late)
    return found


def _only(values: Mapping[str, Any], names: tuple[str, ...]) -> Values:
    return {name: values[name] for name in names if name in values}
