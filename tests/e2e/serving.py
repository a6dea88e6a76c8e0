"""`caseledger serve` as a process of its own, and the commands that read beside it."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.demo.loader import wait_until_ready
from shared.testing.settings import settings_in

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

    @property
    def port(self) -> int:
        """Where it listens."""
        return urlsplit(self.url).port or 80

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and to those that answer for it."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        for pid in (self.pid, *map(int, children.split())):
            os.kill(pid, number)

    def report(self, contract: str, *options: str) -> dict[tuple[str, str], Any]:
        """Every actual of a contract as `caseledger report` prints it."""
        printed = json.loads(run(self.environment, "report", contract, "--format", "json", *options))
        return {(one["indicator"], one["measure"]): one["actual"] for one in printed["outputs"]}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def key_of(directory: Path) -> dict[str, str]:
    """The environment that opens what a directory made by these tests holds sealed."""
    key_id, key = next(iter(settings_in(directory).master_keys.items()))
    return {"CASELEDGER_MASTER_KEYS": f"{key_id}:{base64.b64encode(key).decode()}"}


@contextmanager
def serving(directory: Path, more: Mapping[str, str], *options: str, port: int | None = None) -> Iterator[Served]:
    """Serve `directory` on a free port (or again on `port`) with these options, and stop at the end."""
    port = port or _free_port()
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
