"""Many events: making reporting's read tables again, in time and in memory, and a report from a full ledger.

The rebuild runs in a process of its own, as `caseledger rebuild` does, so that its memory is its own.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from subprocess import PIPE, Popen

from sqlalchemy import Connection

from services.cluster import Opened, make_topics, opened
from services.reporting.contracts.handlers import put_contract
from services.reporting.contracts.queries import contract_at
from services.reporting.figures.reports import counted
from services.reporting.ledger.cut import Cut
from services.reporting.ledger.cuts import cut_now, cut_on
from shared import logs
from shared.rebuild import rebuild
from shared.relay.relay import Relay
from shared.settings import load_settings
from tests.bench.cluster import databases, no_topics, opened_anew, rate
from tests.bench.environment import environment
from tests.bench.feed import Feed
from tests.bench.figures import DOCUMENT, meta
from tests.bench.measure import Ratio, in_turns, seconds

AGENCY, CONTRACT = "agency-0", "contract-0"
ROUNDS = 15
MEGABYTES = 300
MILLISECONDS = 150
_READING = "reading"
_OWN = 100
"""Reporting has fewer events of its own than that: with more, the rebuild is reading those of others."""


def run(events: int, kafka: str | None, server: str | None) -> Iterator[Ratio]:
    """The ratios of a ledger of so many events, on Kafka and on PostgreSQL where there are some."""
    logs.configure("WARNING")
    with environment(CASELEDGER_BUS=kafka or ""), databases(server), opened_anew("reporting") as reporting:
        no_topics(reporting)
        make_topics(reporting.bus, reporting.settings)
        Relay("reporting", reporting.service.store, reporting.bus).compare()
        put_contract(reporting.service, meta(AGENCY), {**DOCUMENT, "contract": CONTRACT})
        feed, tenth = Feed(reporting.bus, reporting.service.clock.now()), events // 10
        take_in(reporting, feed.publish(tenth))
        with reporting.service.database.read() as connection:
            cut = cut_now(connection)
        small = rebuilt()
        alone = take_in(reporting, feed.publish(events - tenth) + feed.correct())
        large = rebuilt()
        feed.publish(tenth)
        with rebuilding():
            beside = take_in(reporting, tenth)
        yield from _rebuilds(f"{events:,} events", small, large, alone, beside)
        yield from reports(reporting, cut, feed.day_in_the_middle)


@dataclass(frozen=True, slots=True)
class Measured:
    """How many events a second a rebuild has read, and the most memory it has held, in megabytes."""

    rate: float
    peak: float


def _rebuilds(name: str, small: Measured, large: Measured, alone: float, beside: float) -> Iterator[Ratio]:
    unit = "events/s"
    yield Ratio(name=f"{name}: rebuild against the live consumer", ours=large.rate, other=alone, unit=unit, aim=1.3)
    yield Ratio(name=f"{name}: consumer beside a rebuild against alone", ours=beside, other=alone, unit=unit, aim=0.4)
    held = f"{name}: memory of a rebuild"
    yield Ratio(name=f"{held} at its peak", ours=large.peak, other=MEGABYTES, unit="MB", aim=1, at_least=False)
    yield Ratio(
        name=f"{held} against that of a tenth", ours=large.peak, other=small.peak, unit="MB", aim=1.2, at_least=False
    )


def take_in(reporting: Opened, events: int) -> float:
    """Take so many events in; how many a second that were."""
    intake = reporting.service.intake
    try:
        return rate(lambda: intake.run_once(0.2), events)
    finally:
        intake.close()


def rebuilt() -> Measured:
    """What a whole rebuild takes, comparison included."""
    with _rebuild() as process:
        told, _ = process.communicate()
    assert process.returncode == 0
    return Measured(**json.loads(told))


@contextmanager
def rebuilding() -> Iterator[None]:
    """While a rebuild is running; what is left of it at the end of the block is given up."""
    with _rebuild() as process:
        yield
        process.terminate()


@contextmanager
def _rebuild() -> Iterator[Popen[str]]:
    """A rebuild that is reading the log."""
    with Popen([sys.executable, "-m", "tests.bench.rebuild"], stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == _READING
        yield process


def reports(reporting: Opened, cut: Cut, day: date) -> Iterator[Ratio]:
    """One contract counted from the ledger: now, at a cut, and as known on a day."""
    service = reporting.service

    def milliseconds(asked: Callable[[Connection], Cut]) -> float:
        def count() -> None:
            with service.database.read() as connection:
                at = asked(connection)
                counted(connection, contract_at(service.store, connection, AGENCY, CONTRACT, at["reporting"]), at)

        return 1000 * seconds(count)

    now, at_cut, on_day = in_turns(
        ROUNDS,
        lambda: milliseconds(cut_now),
        lambda: milliseconds(lambda _: cut),
        lambda: milliseconds(lambda connection: cut_on(connection, day, day)),
    )
    for name, took in (("now", now), ("at a cut", at_cut), ("as known on a day", on_day)):
        yield Ratio(name=f"report {name}", ours=took, other=MILLISECONDS, unit="ms", aim=1, at_least=False)
    yield Ratio(name="report at a cut against now", ours=at_cut, other=now, unit="ms", aim=1.5, at_least=False)


def main() -> None:
    """Rebuild reporting of the environment, and say how that went."""
    logs.configure("WARNING")
    told = False

    def moved(done: int, _total: int) -> None:
        nonlocal told
        if done > _OWN and not told:
            told = True
            print(_READING, flush=True)

    with opened("reporting", load_settings()) as reporting:
        begin = time.perf_counter()
        made = rebuild(reporting.service, reporting.bus, progress=moved)
        took = time.perf_counter() - begin
    assert not made.differences
    print(json.dumps(asdict(Measured((made.own + made.learnt) / took, _peak()))))


def _peak() -> float:
    """The most memory that this process has held since it began, in megabytes."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


if __name__ == "__main__":
    main()
