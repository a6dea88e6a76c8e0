"""The embedded bus and the intakes between processes and threads: nothing is lost, torn or learnt twice."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Barrier

import pytest

from shared.bus.embedded import EmbeddedBus
from shared.bus.port import HEADS, events_topic
from shared.database import Database
from shared.testing.bus_suite import read, values
from shared.testing.listening import Listener, listening, run_of

CASE = events_topic("case")

PUBLISHER = """
import sys
from itertools import count
from pathlib import Path
from shared.bus.embedded import EmbeddedBus
from shared.bus.port import Message
path, topic, key, batches = sys.argv[1:]
bus = EmbeddedBus(Path(path))
for batch in count() if batches == "endless" else range(int(batches)):
    bus.publish(topic, [Message(key, f"{batch * 10 + number}".encode()) for number in range(10)])
    print(batch, flush=True)
"""


def publisher(path: Path, key: str, batches: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PUBLISHER, str(path), CASE, key, batches]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bus.db"


@pytest.fixture
def bus(path: Path) -> Iterator[EmbeddedBus]:
    with closing(EmbeddedBus(path)) as bus:
        bus.ensure_topics([CASE, HEADS], 2)
        yield bus


def test_processes_that_publish_at_once_lose_nothing_and_keep_their_order(bus: EmbeddedBus, path: Path) -> None:
    publishers = [publisher(path, f"key-{number}", "15") for number in range(3)]
    with bus.consumer("group", [CASE]) as consumer:
        found = read(consumer, 450)
    for process in publishers:
        process.communicate()
        assert process.returncode == 0
    assert values(found) == {f"key-{key}": [str(n).encode() for n in range(150)] for key in range(3)}
    assert len({(each.partition, each.offset) for each in found}) == 450


def test_a_publisher_killed_at_any_moment_leaves_whole_batches(bus: EmbeddedBus, path: Path) -> None:
    process = publisher(path, "key", "endless")
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(20)]
    process.kill()
    rest, _ = process.communicate()
    acknowledged += [int(line) for line in rest.split()]
    total = sum(bus.end_offsets(CASE).values())
    assert total % 10 == 0
    assert total >= len(acknowledged) * 10
    with bus.consumer("group", [CASE]) as consumer:
        assert values(read(consumer, total)) == {"key": [str(n).encode() for n in range(total)]}


def take_turns_at_once(listeners: list[Listener]) -> None:
    start = Barrier(len(listeners))

    def work(listener: Listener) -> None:
        start.wait()
        listener.intake.run_once()

    with ThreadPoolExecutor(len(listeners)) as pool:
        for _ in range(8):
            list(pool.map(work, listeners))


def learn_together(path: Path, bus: EmbeddedBus, database: Database) -> None:
    with ExitStack() as stack:
        # Each has a bus of its own, as if it were another process: all of them believe that they read everything.
        buses = [stack.enter_context(closing(EmbeddedBus(path))) for _ in range(3)]
        listeners = [stack.enter_context(listening(database, each, ["case"])) for each in buses]
        messages = run_of("case", 2000)
        for start in range(0, 2000, 400):
            bus.publish(CASE, messages[start : start + 400])
            take_turns_at_once(listeners)
        listeners[0].settle()
        assert len(listeners[0].learnt()) == len(set(listeners[0].learnt())) == 2000
        assert listeners[0].watermarks() == {"case": 2000}


def test_intakes_that_race_learn_everything_once(path: Path, bus: EmbeddedBus, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'listener.db'}")
    learn_together(path, bus, database)
    database.dispose()


@pytest.mark.postgres
def test_intakes_that_race_on_postgres_learn_everything_once(
    path: Path, bus: EmbeddedBus, postgres_database: str
) -> None:
    database = Database(postgres_database)
    learn_together(path, bus, database)
    database.dispose()
