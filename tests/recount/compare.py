"""A report of the ledger against the recount: what differs, in words."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from math import isclose
from typing import Any

from tests.recount.counting import Figures, OutcomeCount, Recount


def differences(
    report: Mapping[str, Any],
    recount: Recount,
    document: Mapping[str, Any],
    *,
    on: date | None = None,
    cut: Mapping[str, int] | None = None,
) -> list[str]:
    """Compare every output and outcome of a report as JSON with the recount now, as known on a day, or at a cut."""
    expected = recount.figures(document, on=on, cut=cut)
    found = exact_figures(report["outputs"])
    return [
        *(
            f"{'/'.join(figure)} is {found.get(figure)}, not {expected.get(figure)}"
            for figure in sorted(expected.keys() | found.keys())
            if figure not in found or figure not in expected or found[figure] != expected[figure]
        ),
        *_outcomes(report, recount.outcomes(document, on=on, cut=cut)),
    ]


def exact_figures(rows: list[dict[str, Any]]) -> Figures:
    """The output figures of a report, exactly: hours from their minutes, shares from their two numbers."""
    return {(row["indicator"], row["measure"]): _exact(row) for row in rows}


def _exact(row: dict[str, Any]) -> Fraction | None:
    if "share" in row:
        part, whole = (Fraction(str(row["share"][number])) for number in ("k", "n"))
        return part / whole if whole else None
    return Fraction(row["minutes"], 60) if "minutes" in row else Fraction(str(row["actual"]))


def _outcomes(report: Mapping[str, Any], expected: Mapping[str, OutcomeCount]) -> Iterator[str]:
    for row in report["outcomes"]:
        one = expected[row["indicator"]]
        for part in ("served", "n", "passed", "satisfied", "not_satisfied", "improved", "unchanged", "worse"):
            if part in row and row[part] != getattr(one, part):
                yield f"{row['indicator']}/{part} is {row[part]}, not {getattr(one, part)}"
        if "improved" in row and not _same(row["paired_t"]["t"], one.t):
            yield f"{row['indicator']}/t is {row['paired_t']['t']}, not {one.t}"


def _same(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return isclose(found, expected, rel_tol=1e-9)
