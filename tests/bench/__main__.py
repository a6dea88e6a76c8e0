"""`make bench`: every ratio with both its numbers and its aim.

`BENCH=smoke` runs a small size, for CI; `BENCH=million` the benchmarks of many events alone, with a million of them.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from shared.testing.kafka import NoKafka, running_kafka
from shared.testing.postgres import NoPostgres, running_postgres
from tests.bench import cluster, exports, figures, grown, http, imports, memory, overview, pages, rebuild, store
from tests.bench.measure import Ratio

SIZES = {"full": 1.0, "smoke": 0.004}
MILLION = 1_000_000


def main() -> int:
    """Run every benchmark and print the table; an aim that is missed is shown, and does not fail the run."""
    size = os.environ.get("BENCH", "full")
    os.environ["CASELEDGER_TEST_FSYNC"] = "on"
    table = Table("benchmark", "ours", "other", "unit", "ratio", "aim", "")
    with Progress(transient=True) as progress, postgres() as server, kafka() as broker:
        task = progress.add_task("benchmarks", total=None)
        for ratio in rebuild.run(MILLION, broker, server) if size == "million" else every(SIZES[size], broker, server):
            progress.update(task, description=ratio.name)
            aim = "" if ratio.aim is None else f"{'>=' if ratio.at_least else '<='} {ratio.aim}"
            numbers = (f"{ratio.ours:,.1f}", f"{ratio.other:,.1f}", ratio.unit, f"{ratio.value:.2f}")
            table.add_row(ratio.name, *numbers, aim, ratio.verdict)
    Console(width=140).print(table)
    return 0


def every(scale: float, broker: str | None, server: str | None) -> Iterator[Ratio]:
    """Every benchmark at a size that a coffee break has room for."""
    return chain(
        store.run(scale, server),
        figures.run(scale),
        overview.run(scale),
        exports.run(scale),
        http.run(scale, server),
        cluster.run(scale, broker, server),
        memory.run(scale),
        pages.run(scale),
        grown.run(scale),
        imports.run(scale),
        rebuild.run(max(4_000, int(100_000 * scale)), broker, server),
    )


@contextmanager
def postgres() -> Iterator[str | None]:
    """The address of a server with the durability of a real one, or None where there is none."""
    try:
        with running_postgres() as server:
            yield server
    except NoPostgres as reason:
        print(reason)
        yield None


@contextmanager
def kafka() -> Iterator[str | None]:
    """The address of a broker, or None where there is none."""
    try:
        with running_kafka() as broker:
            yield broker
    except NoKafka as reason:
        print(reason)
        yield None


if __name__ == "__main__":
    sys.exit(main())
