"""`make bench`: every ratio with both its numbers and its aim. `BENCH=smoke` runs a small size, for CI."""

import os
import sys

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from shared.testing.postgres import running_server
from tests.bench import figures, store

SIZES = {"full": 1.0, "smoke": 0.02}


def main() -> int:
    """Run every benchmark and print the table; an aim that is missed is shown, and does not fail the run."""
    scale = SIZES[os.environ.get("BENCH", "full")]
    table = Table("benchmark", "ours", "other", "unit", "ratio", "aim", "")
    with Progress(transient=True) as progress, running_server() as server:
        task = progress.add_task("benchmarks", total=None)
        for ratio in (*store.run(scale, server.new_database() if server else None), *figures.run(scale)):
            progress.update(task, description=ratio.name)
            sign = ">=" if ratio.at_least else "<="
            numbers = (f"{ratio.ours:,.1f}", f"{ratio.other:,.1f}", ratio.unit, f"{ratio.value:.2f}")
            table.add_row(ratio.name, *numbers, f"{sign} {ratio.aim}", "met" if ratio.met else "MISSED")
    Console(width=150).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
