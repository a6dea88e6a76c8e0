"""Ends a process whose work has stopped turning, so that whoever keeps it alive starts a new one.

Calls into the network, and the libraries that make them, may wait for ever for an answer that was lost. Nothing is lost
by ending: a relay and a consumer go on from what their databases say.
"""

import os
import sys
import threading
import time
from types import FrameType
from typing import Self

import structlog

LIMIT = 90.0
"""How long, in seconds, one turn may take: longer than any time-out of the broker's clients or of a statement."""
EXIT_CODE = 75  # "Try again", as sysexits.h has it.

log = structlog.get_logger()


class Watchdog:
    """Watches the thread that makes it, which calls `beat` at every turn, for the length of a block."""

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit
        self._watched = threading.get_ident()
        self._last = time.monotonic()
        self._over = threading.Event()

    def beat(self) -> None:
        """Say that the work turns."""
        self._last = time.monotonic()

    def __enter__(self) -> Self:
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(self._limit / 10):
            if time.monotonic() - self._last > self._limit:
                at = _places(sys._current_frames().get(self._watched))
                log.error("process.hangs", seconds=round(time.monotonic() - self._last), at=at)
                os._exit(EXIT_CODE)


def _places(frame: FrameType | None) -> list[str]:
    """Where a thread stands: the innermost frames as `module:line`, outermost first."""
    places = []
    while frame is not None:
        places.append(f"{frame.f_globals.get('__name__')}:{frame.f_lineno}")
        frame = frame.f_back
    return places[:12][::-1]
