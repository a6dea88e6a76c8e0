"""One Compose project of its own, apart from any installation on this machine, and what can be asked of it."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shared.settings
from deploy.kafka.node import free_port

ROOT = Path(shared.settings.__file__).parent.parent
NAME = "caseledger-check"
UP_SECONDS = 1800


class Refused(Exception):
    """Docker Compose could not do what it was asked; the text is what it said."""


@dataclass
class Project:
    """The project, its address, and how long each `up` took."""

    port: int = field(default_factory=free_port)
    took: list[float] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def compose(self, *arguments: str, seconds: float = 300) -> str:
        """Run `docker compose` and return what it prints."""
        command = ["docker", "compose", "-p", NAME, "--profile", "demo", *arguments]
        environment = {**os.environ, "PORT": str(self.port), "CASELEDGER_HOST": "127.0.0.1"}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=seconds
        )
        if done.returncode != 0:
            raise Refused(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def up(self) -> float:
        """What an operator types; return how long it took."""
        began = time.monotonic()
        self.compose("up", "--wait", "--wait-timeout", str(UP_SECONDS), seconds=UP_SECONDS + 60)
        self.took.append(time.monotonic() - began)
        return self.took[-1]

    def caseledger(self, *arguments: str, options: Sequence[str] = ()) -> str:
        """Run an operator's command, in a container with these options."""
        return self.compose("run", "--rm", "-T", *options, "caseledger", *arguments)

    @contextmanager
    def directory(self, place: str) -> Iterator[Sequence[str]]:
        """The options that mount a new directory of this machine at a place where the image's account may write."""
        with tempfile.TemporaryDirectory(prefix=NAME) as name:
            source = Path(name) / "mounted"
            source.mkdir()
            source.chmod(0o777)
            mounted = ("-v", f"{source}:{place}")
            try:
                yield mounted
            finally:
                # What lies there belongs to that account.
                self.caseledger(place, "-mindepth", "1", "-delete", options=(*mounted, "--entrypoint", "find"))

    def containers(self) -> list[dict[str, Any]]:
        """Every container as `docker compose ps` tells it."""
        return [json.loads(line) for line in self.compose("ps", "-a", "--format", "json").splitlines()]

    def running(self) -> dict[str, str]:
        """The parts that run on, and since when."""
        ids = {each["Service"]: each["ID"] for each in self.containers() if each["State"] == "running"}
        started = subprocess.run(
            ["docker", "inspect", "--format", "{{.Id}} {{.State.StartedAt}}", *ids.values()],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        return dict(zip(ids, started, strict=True))

    def unhealthy(self) -> list[str]:
        """What neither runs in good health nor has ended well."""
        return [
            f"{each['Service']}: {each['Status']}"
            for each in self.containers()
            if not (each["State"] == "running" and each.get("Health") in ("healthy", ""))
            and not (each["State"] == "exited" and each["ExitCode"] == 0)
        ]
