"""`caseledger serve` as a process of its own, and the commands that read beside it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.demo.loader import wait_until_ready

_CASELEDGER = (sys.executable, "-m", "services.cli")


def run(environment: Mapping[str, str], *command: str) -> bytes:
    """Run a `caseledger` command; returns what it prints."""
    return subprocess.run([*_CASELEDGER, *command], env=environment, check=True, stdout=subprocess.PIPE).stdout


@dataclass(frozen=True, slots=True)
class Served:
    """A data directory that is served at `url` by the process `pid`, and the environment its commands need."""

    url: str
    environment: dict[str, str]
    pid: int

    def report(self, contract: str, *options: str) -> dict[tuple[str, str], Any]:
        """Every actual of a contract as `caseledger report` prints it."""
        printed = json.loads(run(self.environment, "report", contract, "--format", "json", *options))
        return {(one["indicator"], one["measure"]): one["actual"] for one in printed["outputs"]}


@contextmanager
def serving(directory: Path, more: Mapping[str, str], *options: str) -> Iterator[Served]:
    """Serve `directory` on a free port with these options of `caseledger serve`, and stop at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"CASELEDGER_DATA": str(directory), "PORT": str(port), "CASELEDGER_LOG_LEVEL": "WARNING"}
    environment = {**os.environ, **own, **more}
    process = subprocess.Popen([*_CASELEDGER, "serve", *options], env=environment)
    served = Served(f"http://localhost:{port}", environment, process.pid)
    try:
        wait_until_ready(served.url)
        yield served
    finally:
        process.terminate()
        process.wait()
