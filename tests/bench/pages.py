"""The pages of the loaded demo as a worker and a leader have them: how long the server takes, and how much they weigh.

`python -m tests.bench.pages DIRECTORY` prints every page of a demo that is loaded already.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.demo.staff import PASSWORD
from shared.web.demo import demo_of
from tests.bench.grown import TINY, grown
from tests.bench.measure import Ratio
from tests.bench.reader import Page, Reader, measured
from tests.e2e.serving import serving

ROUNDS, FEW = 5, 8
MEDIAN_MS, MOST_MS = 40, 150
FIRST_KB, FOLLOWING_KB = 200, 40
HEAVY = (
    "/reporting/contracts/kachi-2",
    "/reporting/contracts/kachi-2/figures/output-2/sessions",
    "/reporting/contracts/kachi-2/figures/output-1/attendances",
    "/reporting/contracts/kachi-2/figures/outcome-1/improved",
    "/reporting/contracts/kachi-2/moved?since=2021-05-01",
    "/reporting/contracts/kachi-2/moved?since=2018-06-01",
)
"""The pages of three years of sessions, which the first link of a kind need not lead to."""


def run(scale: float) -> Iterator[Ratio]:
    """The ratios of a demo that is loaded for this; at a small scale of a tiny agency, so that nothing here rots."""
    if scale < 1:
        with grown(1, TINY) as readers:
            leader = readers["leader"]
            yield from ratios("leader", measured(leader, leader.pages(most=FEW), 1))
        return
    with tempfile.TemporaryDirectory() as directory:
        with serving(Path(directory), {}, "--demo"):
            while not demo_of(Path(directory)).finished:
                time.sleep(1)
        for role, pages in everybody(Path(directory)).items():
            yield from ratios(role, pages)


def everybody(directory: Path) -> dict[str, list[Page]]:
    """All pages of a worker and of a leader."""
    with serving(directory, {}) as served:
        worker, leader = (Reader(served.url, name, PASSWORD) for name in ("worker1", "leader1"))
        return {
            "worker": measured(worker, worker.pages(), ROUNDS),
            "leader": measured(leader, leader.pages(HEAVY), ROUNDS),
        }


def ratios(role: str, pages: list[Page]) -> Iterator[Ratio]:
    """The median and the slowest page, the first page's weight and the heaviest of those that follow."""
    first = pages[0]
    slowest = max(pages, key=lambda one: one.milliseconds)
    heaviest = max(pages[1:], key=lambda one: one.after(first))
    median = statistics.median(one.milliseconds for one in pages)
    for name, ours, other, unit in (
        (f"median of {len(pages)} pages", median, MEDIAN_MS, "ms"),
        (f"slowest page, {slowest.address}", slowest.milliseconds, MOST_MS, "ms"),
        ("first page, compressed", first.first, FIRST_KB, "KB"),
        (f"heaviest page after it, {heaviest.address}", heaviest.after(first), FOLLOWING_KB, "KB"),
    ):
        yield Ratio(name=f"{role}: {name}", ours=ours, other=other, unit=unit, aim=1, at_least=False)


def main() -> int:
    """Print every page of a loaded demo, the slowest first."""
    table = Table("who", "page", "ms", "KB after the first", "KB alone")
    for role, pages in everybody(Path(sys.argv[1])).items():
        for one in sorted(pages, key=lambda one: -one.milliseconds):
            numbers = (f"{one.milliseconds:.0f}", f"{one.after(pages[0]):.1f}", f"{one.first:.1f}")
            table.add_row(role, one.address, *numbers)
        for ratio in ratios(role, pages):
            table.add_row("", ratio.name, f"{ratio.ours:.1f}", f"aim {ratio.other:.0f}", ratio.verdict)
    Console(width=160).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
