"""Relays and intakes in threads of one process, and the question whether all has arrived everywhere."""

import threading
import time
from collections.abc import Sequence

from shared.bus.intake import Intake
from shared.relay.relay import Relay

_LOOK = 0.02


def drain(relays: Sequence[Relay], intakes: Sequence[Intake]) -> int:
    """Without threads: publish and take in until nothing moves any more; say how many messages moved."""
    total = 0
    while moved := sum(relay.run_once() for relay in relays) + sum(intake.run_once() for intake in intakes):
        total += moved
    return total


class Background:
    """Every relay and every intake in a thread of its own. Start it after a fork, never before."""

    def __init__(self, relays: Sequence[Relay], intakes: Sequence[Intake]) -> None:
        self._relays, self._intakes = relays, intakes
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=part.run, args=(self._stop,), name=f"{kind}-{part.service}", daemon=True)
            for kind, parts in (("relay", relays), ("intake", intakes))
            for part in parts
        ]
        for intake in intakes:
            intake.on_wait = self._hurry
            for relay in relays:
                if relay.service == intake.service:
                    # What is learnt may make events of its own.
                    intake.on_commit = relay.wake

    def _hurry(self) -> None:
        for relay in self._relays:
            relay.hurry()

    def drain(self) -> int:
        """In place of the threads: publish and take in until nothing moves any more; say how many messages moved."""
        return drain(self._relays, self._intakes)

    def start(self) -> None:
        """Start all threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is in hand and end all threads."""
        self._stop.set()
        for relay in self._relays:
            relay.wake()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def wait_until_settled(self, timeout: float = 30.0) -> bool:
        """Wait until everything stored is published and taken in everywhere; raises `Forked` when that cannot be."""
        deadline = time.monotonic() + timeout
        while not self._settled():
            if time.monotonic() > deadline:
                return False
            for relay in self._relays:
                relay.wake()
            time.sleep(_LOOK)
        return True

    def _settled(self) -> bool:
        for intake in self._intakes:
            if intake.fork is not None:
                raise intake.fork
        # The relays twice: what was learnt meanwhile may have stored something new.
        parts: list[Relay | Intake] = [*self._relays, *self._intakes, *self._relays]
        return all(part.behind() == 0 for part in parts)
