"""The benchmarks run at a small size, so that `make bench` does not rot; their figures say nothing here."""

import os
import subprocess
import sys

from shared.testing import kafka, postgres


def test_every_benchmark_runs_at_a_small_size(kafka_address: str, postgres_url: str) -> None:
    servers = {kafka.ADDRESS_VARIABLE: kafka_address, postgres.ADDRESS_VARIABLE: postgres_url}
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench"],
        env={**os.environ, **servers, "BENCH": "smoke"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    names = ("append against bare INSERTs", "append against eventsourcing", "ledger against", "meeting of 60")
    for name in (
        *names,
        "over HTTP",
        "consumer against a loop",
        "relay against a bare producer",
        "rebuild against the live consumer",
        "leader: median of",
        "a case, 2 times the sessions",
        "a funder's overview of",
        "import saving against one by one",
    ):
        assert name in run.stdout
