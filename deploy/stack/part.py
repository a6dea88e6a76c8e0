"""One process of the stack: started, started again when it died, and stopped in order."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
HEALTHY = 10.0
"""How long, in seconds, a process must have lived for its next death to count as the first one."""
STOP_SECONDS = 30.0


@dataclass(slots=True, kw_only=True)
class Part:
    """What runs under `name`. It belongs to the thread that calls `tend`, and is in a process group of its own."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    directory: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    deaths: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _began: float = field(default=0.0, init=False)
    _due: float = field(default=0.0, init=False)
    _pause: float = field(default=0.0, init=False)

    @property
    def pid(self) -> int | None:
        """The process that was started, while it lives."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def tend(self) -> str:
        """Start it when it is due; say how it ended when it did, else nothing."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._due:
                self._start(now)
            return ""
        code = self._process.poll()
        if code is None:
            return ""
        self._end_the_rest()
        self._process = None
        self.deaths += 1
        self._pause = SHORTEST_PAUSE if now - self._began > HEALTHY else min(self._pause * 2, LONGEST_PAUSE)
        self._pause = max(self._pause, SHORTEST_PAUSE)
        self._due = now + self._pause
        return f"{self.name} ended ({_ending(code)}); starting it again. Its log: {self.log}"

    def tell_to_stop(self) -> None:
        """Ask it to finish what is in hand and end."""
        self._due = float("inf")
        if self._process is not None:
            self._process.send_signal(self.stop_signal)

    def resume(self) -> None:
        """Let it be started again after it was stopped."""
        self._due = 0.0

    def wait_until_stopped(self, deadline: float) -> None:
        """Wait for its end until `deadline`, then end it."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._end_the_rest()
        self._process = None

    def tail(self) -> str:
        """The end of its log."""
        with suppress(FileNotFoundError):
            return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        return ""

    def _start(self, now: float) -> None:
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the supervisor alone, which stops everything in order.
            self._process = subprocess.Popen(  # noqa: S603
                [*_end_with_parent(), *self.command],
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.directory,
            )
        self._began = now

    def _end_the_rest(self) -> None:
        """What it had started and left behind may hold its port."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"


def _end_with_parent() -> list[str]:
    """No process outlives a supervisor that was killed."""
    setpriv = shutil.which("setpriv") if sys.platform.startswith("linux") else None
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []
