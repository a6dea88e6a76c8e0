"""Parked messages and forks, service by service: looking at them, and trying again after the cause was mended."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from services.cluster import Opened
from shared.bus import arrivals
from shared.bus.arrivals import Forked
from shared.bus.parking import Parked, parked_messages


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one service could not take in."""

    service: str
    messages: Sequence[Parked]
    forks: Sequence[Forked]


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of it: how many messages were learnt, which forks are looked at again, and what still waits."""

    learnt: int
    forks: Sequence[Forked]
    still: Waiting


def waiting(process: Opened) -> Waiting:
    """What is parked in a service, and the forks that stop it."""
    with process.service.database.read() as connection:
        return Waiting(process.service.name, parked_messages(connection), arrivals.forks(connection))


def retry(process: Opened) -> Retried:
    """Try everything again that a service could not take in."""
    intake = process.service.intake
    learnt, forks = intake.retry_parked(), intake.forget_forks()
    return Retried(learnt, forks, waiting(process))


def readable(message: Parked) -> str:
    """The bytes of a message as a person reads them."""
    try:
        return json.dumps(json.loads(message.value), ensure_ascii=False, indent=2)
    except ValueError:
        return message.value.decode("utf-8", "backslashreplace")
