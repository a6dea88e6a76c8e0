"""The pictures of the README, from a demo loaded for them: `python -m tests.e2e.screenshots`."""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from deploy.demo.steps import made_id
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Scheme, Size, Visitor, launched
from tests.e2e.serving import run, serving
from tests.e2e.story import Story

DOCS = Path(__file__).parents[2] / "docs"
LARGEST_BYTES = 200_000
GROUP = made_id("group", "running 1")

# File, who, which window and language, light or dark, and the page.
PICTURES: tuple[tuple[str, str, Size, Language, Scheme, str], ...] = (
    ("contract-desktop-en.png", "leader1", DESKTOP, ENGLISH, "light", "/reporting/contracts/kachi-2"),
    (
        "figure-desktop-zh.png",
        "leader1",
        DESKTOP,
        CHINESE,
        "light",
        "/reporting/contracts/kachi-2/figures/output-1/attendances",
    ),
    ("today-phone-zh.png", "worker1", PHONE, CHINESE, "light", "/"),
    ("log-phone-zh.png", "worker1", PHONE, CHINESE, "light", f"/groups/meetings/new?group_id={GROUP}"),
    ("contract-phone-zh-dark.png", "leader1", PHONE, CHINESE, "dark", "/reporting/contracts/running"),
)


def main() -> None:
    """Load the demo into a directory of its own, and take every picture."""
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "data"
        run({**os.environ, "CASELEDGER_DATA": str(directory)}, "demo")
        with serving(directory, {}) as served, sync_playwright() as playwright:
            browser = launched(playwright)
            for picture in PICTURES:
                take(browser, served.url, *picture)
            illustrate(browser, served.url)
            browser.close()


def take(
    browser: Browser, url: str, name: str, username: str, size: Size, language: Language, scheme: Scheme, page: str
) -> None:
    """Take one picture."""
    visitor = Visitor.at(browser, url, size, scheme)
    visitor.sign_in(username, language)
    visitor.page.request.post("/first-steps", headers={"Sec-Fetch-Site": "same-origin"})
    visitor.page.goto(page)
    keep(visitor.page, name)
    visitor.page.context.close()


def illustrate(browser: Browser, url: str) -> None:
    """Live through the story of the tutorial, and keep what it shows."""
    leader, worker = Visitor.at(browser, url, DESKTOP), Visitor.at(browser, url, PHONE)
    Story.begin(leader, worker, keep).tell()
    for visitor in (leader, worker):
        visitor.page.context.close()


def keep(page: Page, name: str) -> None:
    """What the window shows, small enough for a page that is read everywhere."""
    page.screenshot(path=DOCS / name)
    if (DOCS / name).stat().st_size > LARGEST_BYTES:
        raise SystemExit(f"{name} is larger than {LARGEST_BYTES} bytes.")


if __name__ == "__main__":
    main()
