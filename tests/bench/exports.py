"""A report, and it as a file, from a ledger as large as the demo's contract, ten and a hundred times: time and memory.

Each file is made in a process of its own, as `caseledger report` does, so that its memory is its own.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from subprocess import run as run_process

from services.reporting.exports.documents import document_of
from services.reporting.exports.rendering import FORMATS, render
from services.reporting.figures.reports import Asked
from services.suite import build
from shared import logs
from shared.settings import load_settings
from tests.bench.figures import fill, suite
from tests.bench.measure import Ratio, seconds
from tests.bench.sizes import AGENCY, CONTRACT, measured, multiply, told

SECONDS, MEGABYTES = 20, 300
RESTATED = 1000.0
"""Milliseconds in which all that moved a whole contract is told, up to ten times the demo's size."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds to count and to write, the most megabytes held, and how large the file is."""

    counted: float
    written: float
    peak: float
    size: float


def run(scale: float) -> Iterator[Ratio]:
    """The figures and the workbook with its evidence at each size; the other formats at the largest: only sums."""
    logs.configure("WARNING")
    times = 1
    largest = max(2, int(100 * scale))
    with suite() as house:
        fill(house, 1)
        one, first = made("xlsx"), measured(house)
        yield from _told("demo's size", one, None)
        yield from told("demo's size", first, first, aims={"restatement": RESTATED})
        for size in sorted({min(10, largest), largest}):
            multiply(house.services["reporting"].database, times, size)
            times = size
            yield from _told(f"{size} times", made("xlsx"), one)
            aims = {"restatement": RESTATED} if size <= 10 else {}
            yield from told(f"{size} times", measured(house), first, aims=aims)
        for name in ("pdf", "docx", "csv", "json") if scale >= 1 else ("csv",):
            large = made(name)
            yield Ratio(
                name=f"{name} at {largest} times: writing against counting (s)",
                ours=large.written,
                other=large.counted,
                unit="s",
                aim=None,
            )


def _told(name: str, this: Measured, one: Measured | None) -> Iterator[Ratio]:
    took = this.counted + this.written
    yield Ratio(name=f"XLSX at {name}: seconds", ours=took, other=SECONDS, unit="s", aim=1, at_least=False)
    yield Ratio(name=f"XLSX at {name}: peak", ours=this.peak, other=MEGABYTES, unit="MB", aim=1, at_least=False)
    if one is not None:
        yield Ratio(
            name=f"XLSX at {name}: against the demo's size",
            ours=took,
            other=one.counted + one.written,
            unit="s",
            aim=None,
        )


def made(name: str) -> Measured:
    """One file, made in a process of its own on the same data directory."""
    command = [sys.executable, "-m", "tests.bench.exports", name]
    told = run_process(command, check=True, capture_output=True, text=True, env=dict(os.environ))
    return Measured(**json.loads(told.stdout))


def main(name: str) -> None:
    """Make one file and tell what it took."""
    logs.configure("ERROR")
    house = build(load_settings())
    document: dict[str, object] = {}

    def count() -> None:
        with house.apps["reporting"].app_context():
            shows = FORMATS[name].shows_evidence
            reporting = house.services["reporting"]
            document.update(document_of(reporting, AGENCY, CONTRACT, Asked(), with_evidence=shows))

    counted = seconds(count)
    file = b""

    def write() -> None:
        nonlocal file
        file = render(document, name, "zh-Hant", audience="staff")

    written = seconds(write)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"counted": counted, "written": written, "peak": peak, "size": len(file) / 1e6}))
    house.close()


if __name__ == "__main__":
    main(sys.argv[1])
