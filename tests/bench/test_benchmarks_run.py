"""The benchmarks run at a small size, so that `make bench` does not rot; their figures say nothing here."""

import os
import subprocess
import sys


def test_every_benchmark_runs_at_a_small_size() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench"],
        env={**os.environ, "BENCH": "smoke"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    for name in ("append against bare INSERTs", "append against eventsourcing", "ledger against", "meeting of 60"):
        assert name in run.stdout
