"""The memory of a first run: `caseledger serve --demo`, while the demo loads, people work and four sign in at once."""

import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests
from playwright.sync_api import sync_playwright

from deploy.demo.staff import PASSWORD
from shared.web.demo import demo_of
from tests.bench.measure import Ratio
from tests.e2e.browsing import Visitor, installed_chromium, launched
from tests.e2e.journey import STORIES, find_behind_the_figure, log_meeting, log_session
from tests.e2e.serving import serving

AIM = 300.0
"""Megabytes, all processes of the server together."""
EVERY = 0.05
"""Seconds between two looks; less would take the processor from the server."""


def run(scale: float) -> Iterator[Ratio]:
    """The peak against the aim, at full size and where there is a browser."""
    if scale < 1 or installed_chromium() is None:
        return
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        with serving(data, {}, "--demo") as served, watched(served.pid) as memory:
            while not demo_of(data).finished:
                memory.look_again()
            people_work(served.url)
            with ThreadPoolExecutor(4) as together:
                list(together.map(sign_in, [served.url] * 4))
            memory.look_again()
    name = "memory of a first run: demo, journey, four sign-ins (against the aim)"
    yield Ratio(name=name, ours=memory.peak, other=AIM, unit="MB", aim=1.0, at_least=False)


def people_work(url: str) -> None:
    """Both stories of the main journey, each in a browser window of its own."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        for story in STORIES.values():
            visitor = Visitor.at(browser, url, story.size)
            visitor.sign_in(story.worker, story.language)
            log_session(visitor, story)
            log_meeting(visitor, story)
            visitor.sign_out()
            visitor.sign_in("leader1", story.language)
            visitor.figures("running")
            find_behind_the_figure(visitor, story)
            visitor.page.context.close()
        browser.close()


def sign_in(url: str) -> None:
    """Over the API: what costs memory is the slow hash of the password."""
    body = {"username": "worker1", "password": PASSWORD}
    requests.post(f"{url}/api/v1/sessions", json=body, timeout=30).raise_for_status()


@dataclass
class Memory:
    """The highest sum of the proportional set sizes of a process and all below it, in megabytes."""

    pid: int
    peak: float = 0.0

    def __post_init__(self) -> None:
        self._stop, self._looked = threading.Event(), threading.Condition()

    def watch(self) -> None:
        while not self._stop.wait(EVERY):
            tree = [psutil.Process(self.pid), *psutil.Process(self.pid).children(recursive=True)]
            self.peak = max(self.peak, sum(map(own_share, tree)) / 1e6)
            with self._looked:
                self._looked.notify_all()

    def look_again(self) -> None:
        """Wait for the next look."""
        with self._looked:
            self._looked.wait(10)

    def stop(self) -> None:
        self._stop.set()


def own_share(process: psutil.Process) -> int:
    """Bytes; shared pages count in part. A process that has just ended has none."""
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return int(process.memory_full_info().pss)
    return 0


@contextmanager
def watched(pid: int) -> Iterator[Memory]:
    """Watch a process tree for the length of a block."""
    memory = Memory(pid)
    watcher = threading.Thread(target=memory.watch, daemon=True)
    watcher.start()
    try:
        yield memory
    finally:
        memory.stop()
        watcher.join()
