"""Whether the work of a relay or a consumer moves: a live process says nothing about that.

A watch looks every few seconds, on a thread and with a client of the broker of its own, so that work that hangs cannot
keep it from seeing so.
"""

import threading
import time
from collections.abc import Callable, Mapping

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.bus.port import BusError
from shared.bus.progress import Progress
from shared.database import Database
from shared.errors import Unavailable
from shared.failures import failure
from shared.health.checks import OK, Check
from shared.health.contact import keep_contact

LOOK = 5.0
"""How often, in seconds, a watch looks."""
PATIENCE = 30.0
"""How long work may stand still, or the broker not answer, before that is wrong; a group shares out within 15 s."""

log = structlog.get_logger()


class Watch:
    """Watches the work of `part` through `look`, which asks the broker and the database how far each piece has come."""

    def __init__(
        self, part: str, database: Database, look: Callable[[], Mapping[str, Progress]], patience: float = PATIENCE
    ) -> None:
        self.progress: Mapping[str, Progress] = {}
        self._part, self._database, self._look, self._patience = part, database, look, patience
        self._started = time.monotonic()
        self._answered: float | None = None
        # Of every piece that lags: up to where it was done when, as far as was seen.
        self._moved: dict[str, tuple[int, float]] = {}

    def run(self, stop: threading.Event, every: float = LOOK) -> None:
        """Look until told to stop."""
        while not stop.is_set():
            self.look()
            stop.wait(every)

    def look(self) -> None:
        """Look once; a broker or a database that does not answer is what a watch is there for."""
        try:
            found = self._look()
            self._answered = time.monotonic()
            self._note(found)
            keep_contact(self._database, self._part)
        except (BusError, SQLAlchemyError, Unavailable) as error:
            log.warning("watch.blind", part=self._part, **failure(error))

    def silent_for(self) -> float:
        """For how many seconds the broker, or the database beside it, has not answered."""
        return time.monotonic() - (self._started if self._answered is None else self._answered)

    def standing_still(self) -> list[str]:
        """The pieces that lag and have not moved for too long."""
        now = time.monotonic()
        return sorted(piece for piece, (_, since) in self._moved.items() if now - since > self._patience)

    def checks(self) -> list[Check]:
        """Whether the broker answers and the lag moves."""
        silent, still = self.silent_for(), self.standing_still()
        known = self._answered is not None
        return [
            Check(
                "broker",
                OK
                if known and silent < self._patience
                else "no answer"
                if silent >= self._patience
                else "not asked yet",
                essential=True,
                facts={"answered_seconds_ago": round(silent, 1) if known else None},
            ),
            Check(
                "lag",
                "stands still" if still else OK,
                essential=True,
                facts={
                    "missing": {piece: each.missing for piece, each in self.progress.items() if each.missing},
                    "standing_still": still,
                },
            ),
        ]

    def _note(self, found: Mapping[str, Progress]) -> None:
        now = time.monotonic()
        before, self._moved = self._moved, {}
        for piece, each in found.items():
            if each.missing > 0:
                done, since = before.get(piece, (each.done, now))
                self._moved[piece] = (each.done, since if done == each.done else now)
        self.progress = found
