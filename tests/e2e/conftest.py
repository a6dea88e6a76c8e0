"""The real server on a copy of the loaded demo, and a real browser in front of it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from shared.testing.plugin import missing
from tests.e2e.browsing import DESKTOP, Size, Visitor, installed_chromium, launched
from tests.e2e.serving import Served, key_of, serving
from tests.in_process import loaded_demo, shared_directory

__all__ = ["loaded_demo", "shared_directory"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    if installed_chromium() is None:
        missing("needs Chromium")
    with sync_playwright() as playwright:
        running = launched(playwright)
        yield running
        running.close()


@pytest.fixture(scope="session")
def served(loaded_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`caseledger serve` on a copy of the demo. All tests share it: each looks at what changes or is its own."""
    directory = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(loaded_demo, directory)
    with serving(directory, key_of(directory)) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Callable[..., Visitor]]:
    """Sit down at a browser: `visit(PHONE)`. Whatever a page complained about fails the test at its end."""
    visitors: list[Visitor] = []

    def sit_down(size: Size = DESKTOP) -> Visitor:
        visitors.append(Visitor.at(browser, served.url, size))
        return visitors[-1]

    yield sit_down
    for visitor in visitors:
        visitor.page.context.close()
    assert [one for visitor in visitors for one in visitor.complaints] == []
