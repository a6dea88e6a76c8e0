"""The suite in this process: a fresh one for a test, and the demo, loaded once in a run and copied.

A `conftest.py` imports the fixtures it uses.
"""

import fcntl
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.loader import Answer, Loader, is_loaded
from deploy.demo.staff import PASSWORD
from services.suite import build
from shared import logs
from shared.settings import DEMO_MARK
from shared.testing.apps import app_of
from shared.testing.settings import settings_in
from tests.api_client import House, utc
from tests.demo_accepted import noting
from tests.recount.accepted import Accepted

NOW = utc("2021-03-15T18:00:00+08:00")


@contextmanager
def opened(directory: Path, accepted: list[Accepted] | None = None, *, log: str = "WARNING") -> Iterator[House]:
    """A suite; without threads, events move when the harness says so."""
    logs.configure(log)
    (directory / DEMO_MARK).touch()
    suite = build(settings_in(directory), app_of)
    try:
        yield House(suite, PASSWORD, accepted or [])
    finally:
        suite.close()


class InProcess:
    """Sends the demo's requests straight into the application; events move when a request needs what they tell."""

    def __init__(self, house: House) -> None:
        self._house, self._lock = house, threading.Lock()
        self._heard: set[str] = set()

    def send(self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None) -> Answer:
        with self._lock:
            seen = set(filter(None, headers.get("X-Caseledger-Seen", "").split(",")))
            if not seen <= self._heard:
                self._house.settle()
                self._heard |= seen
        reply = self._house.raw(method, path, headers, body)
        return Answer(reply.status, reply.headers, reply.body or {})


@pytest.fixture(scope="session")
def shared_directory(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """One directory for all workers of this run, or for several runs that name one."""
    if kept := os.environ.get("CASELEDGER_TEST_KEPT"):
        return Path(kept)
    base = tmp_path_factory.getbasetemp()
    return base.parent if hasattr(request.config, "workerinput") else base


def once(directory: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Make a directory once in a run, also when several workers ask for it."""
    made, done = directory / name, directory / f"{name}-done"
    with (directory / f"{name}-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            made.mkdir()
            make(made)
            done.touch()
    return made


@pytest.fixture(scope="session")
def loaded_demo(shared_directory: Path) -> Path:
    """The directory of the loaded demo, never to be changed, with all that was accepted in it and the log beside it."""
    return once(shared_directory, "demo", _load_demo)


def _load_demo(directory: Path) -> None:
    accepted: list[Accepted] = []
    with log_of(directory).open("w") as log, redirect_stderr(log), opened(directory, log="DEBUG") as house:
        Loader(InProcess(house), directory, lambda done, total: None, noting(accepted)).load()
        house.settle()
    assert is_loaded(directory)
    lines = (json.dumps(asdict(one) | {"recorded_at": one.recorded_at.isoformat()}) for one in accepted)
    (directory / "accepted.jsonl").write_text("\n".join(lines), encoding="utf-8")


def log_of(directory: Path) -> Path:
    """All that the suite wrote into its log, at its most talkative, while the demo was loaded."""
    return directory.with_name(f"{directory.name}-log")


def accepted_in(directory: Path) -> list[Accepted]:
    """All that was accepted while the demo was loaded."""
    lines = (directory / "accepted.jsonl").read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in lines)
    return [Accepted(**{**row, "recorded_at": datetime.fromisoformat(row["recorded_at"])}) for row in rows]


def copied(source: Path, target: Path) -> Path:
    """A copy of a data directory."""
    shutil.copytree(source, target)
    return target


@pytest.fixture(scope="session")
def demo(loaded_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo, for tests that only look."""
    with opened(copied(loaded_demo, tmp_path_factory.mktemp("demo") / "data"), accepted_in(loaded_demo)) as house:
        yield house


@pytest.fixture
def own_demo(loaded_demo: Path, tmp_path: Path) -> Iterator[House]:
    """A copy of the demo that a test may change."""
    with opened(copied(loaded_demo, tmp_path / "data"), accepted_in(loaded_demo)) as house:
        yield house


@pytest.fixture(scope="session")
def founded(shared_directory: Path) -> Path:
    """A directory with both agencies and all accounts, and nothing else."""
    return once(shared_directory, "founded", _found)


def _found(directory: Path) -> None:
    with opened(directory) as house:
        Loader(InProcess(house), directory, lambda done, total: None).found_agencies()


@pytest.fixture
def house(founded: Path, tmp_path: Path) -> Iterator[House]:
    """A fresh suite with both agencies on the evening of 15 March 2021."""
    with opened(copied(founded, tmp_path / "data")) as house:
        house.at(NOW)
        yield house
