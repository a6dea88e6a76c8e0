"""The whole cluster as `make stack` runs it, started once for all tests that want it."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import SystemRandom

import pytest

from deploy.demo.loader import Loader, Network
from deploy.stack.layout import NAMES, StackFailed, is_free
from deploy.stack.stack import Stack
from shared.settings import DEMO_MARK
from shared.testing.plugin import missing
from tests.demo_accepted import noting
from tests.recount.accepted import Accepted


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A running stack whose directory is a demo's; skipped by name where it cannot run, failed when `REQUIRE=all`."""
    try:
        with started() as stack:
            yield stack
    except StackFailed as reason:
        missing(f"needs PostgreSQL and Apache Kafka: {reason}")


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Stop the stack with the last test that wants it: its many processes would only take time from the others."""
    stack = getattr(item, "funcargs", {}).get("stack")
    if stack is not None and "stack" not in getattr(nextitem, "fixturenames", ()):
        stack.stop()


LAST_DAY = date.max if os.environ.get("WHOLE") else date(2018, 12, 31)
"""Up to when the demo is loaded into the stack: all of it takes minutes, and `make test WHOLE=1`."""


@dataclass(frozen=True, slots=True)
class DemoOnStack:
    """The demo on the stack, up to `LAST_DAY`, with all that was accepted while it was loaded."""

    stack: Stack
    accepted: list[Accepted]


@pytest.fixture(scope="session")
def demo_on_stack(stack: Stack) -> DemoOnStack:
    """The demo, loaded over HTTP."""
    accepted: list[Accepted] = []
    Loader(
        Network(stack.layout.address), stack.layout.data, lambda done, total: None, noting(accepted), LAST_DAY
    ).load()
    return DemoOnStack(stack, accepted)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Keep what needs the stack on one worker, so that one stack serves a whole run.

    First comes what needs the demo: its clock begins years ago, and no store's time runs backwards.
    """
    items.sort(key=lambda item: "demo_on_stack" not in getattr(item, "fixturenames", ()))
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stack)
            item.add_marker(pytest.mark.xdist_group("stack"))
    # A wrapper, because xdist reads the marks in this same hook.
    yield


@contextmanager
def started(*, keep: bool = False, report: Callable[[str], None] = lambda _: None) -> Iterator[Stack]:
    """A stack in a directory of its own, gone after the block unless it is to be kept."""
    # Not below the directory of the test run, which PostgreSQL's own user may not enter.
    directory = Path(tempfile.mkdtemp(prefix="caseledger-stack-"))
    try:
        (directory / DEMO_MARK).touch()
        (directory / "master.key").write_text(
            "k1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=\n", encoding="ascii"
        )
        stack = Stack(directory, free_ports(), {"CASELEDGER_LOG_LEVEL": "WARNING"}, quick=True, report=report)
        stack.start()
        try:
            yield stack
        finally:
            stack.stop()
    finally:
        if keep:
            report(f"Kept: {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)


def free_ports() -> int:
    """The first of as many ports in a row as a stack needs, below those that the system gives to connections."""
    while True:
        first = SystemRandom().randrange(20_000, 32_000, 20)
        if all(is_free(first + offset) for offset in range(len(NAMES))):
            return first
