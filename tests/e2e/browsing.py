"""A person at a real browser: signs in, reads figures, and notices whatever a page complains about."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

from deploy.demo.staff import PASSWORD

Language = Literal["zh_Hant_HK", "en"]
CHINESE: Language = "zh_Hant_HK"
ENGLISH: Language = "en"

Scheme = Literal["light", "dark"]
Size = tuple[int, int]
DESKTOP, PHONE = (1280, 800), (390, 844)

# A browser of its own: nothing it does by itself may reach the network.
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is the same browser without a window's own pages, and takes a sixth of the time."""


def installed_chromium() -> str | None:
    """Where Chromium is on this machine."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def launched(playwright: Playwright) -> Browser:
    """The machine's Chromium, without a window."""
    return playwright.chromium.launch(executable_path=installed_chromium(), args=_QUIET)


def _screen(url: str, size: Size, scheme: Scheme = "light", scripts: bool = True) -> dict[str, Any]:
    width, height = size
    phone = width < 500
    return {
        "base_url": url,
        "viewport": {"width": width, "height": height},
        "is_mobile": phone,
        "has_touch": phone,
        "color_scheme": scheme,
        "java_script_enabled": scripts,
        "locale": "zh-HK",
        "timezone_id": "Asia/Hong_Kong",
    }


@dataclass
class Visitor:
    """One window of a browser, with a memory of its own."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, browser: Browser, url: str, size: Size, scheme: Scheme = "light", *, scripts: bool = True) -> "Visitor":
        """Open a window of `size`; a narrow one is a phone."""
        return cls.within(browser.new_context(**_screen(url, size, scheme, scripts)), url)

    @classmethod
    def returning(cls, browser: Browser, url: str, size: Size, memory: Path) -> "Visitor":
        """Start the browser itself anew with what it has kept in the directory `memory`; closing it ends it."""
        context = browser.browser_type.launch_persistent_context(
            memory, executable_path=installed_chromium(), args=_QUIET, **_screen(url, size)
        )
        return cls.within(context, url)

    @classmethod
    def within(cls, context: BrowserContext, url: str) -> "Visitor":
        """Listen to a page of the browser."""
        context.set_default_timeout(15_000)
        visitor = cls(context.pages[0] if context.pages else context.new_page(), url)
        visitor.page.on("console", visitor._heard)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(f"{visitor.page.url}: {error}"))
        visitor.page.on("request", lambda request: visitor._asked(request, urlsplit(url).netloc))
        return visitor

    def _heard(self, message: ConsoleMessage) -> None:
        """Errors and warnings; a refusal by the security policy is one of them, and so is an answer of 400 or more."""
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _asked(self, request: Request, own: str) -> None:
        target = urlsplit(request.url)
        if target.scheme != "data" and target.netloc != own:
            self.complaints.append(f"{self.page.url}: asks {request.url}")

    def sign_in(self, username: str, language: Language) -> None:
        """Sign in, and read on in `language`."""
        self.page.goto("/sign-in")
        self.page.locator("#username").fill(username)
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator("main .btn-primary").click()
        self.page.wait_for_url("/")
        if self.page.locator("html").get_attribute("lang") != language.replace("_", "-"):
            self.page.locator(f".tools button[name=language][value={language}]").click()
            self.page.locator(f"html[lang={language.replace('_', '-')}]").wait_for()

    def sign_out(self) -> None:
        """End the session, as the menu does."""
        self._own_menu("form[action='/sign-out'] button")
        self.page.wait_for_url("**/sign-in")

    def end_session(self) -> None:
        """Let the sign-in end on the server; the browser has not heard of it."""
        (token,) = [one for one in self.page.context.cookies() if one.get("name") == "caseledger"]
        headers = {"Authorization": f"Bearer {token.get('value')}"}
        requests.post(f"{self.url}/sign-out", headers=headers, timeout=30).raise_for_status()

    def _own_menu(self, entry: str) -> None:
        if self.is_phone:
            self.page.locator(".bar > details").last.locator("summary").click()
        self.page.locator(entry).filter(visible=True).click()

    @property
    def is_phone(self) -> bool:
        size = self.page.viewport_size
        return size is not None and size["width"] < 500

    def figures(self, contract: str) -> dict[str, float]:
        """Every number of the contract's page, by `indicator/measure`."""
        self.page.goto(f"/reporting/contracts/{contract}")
        return self.figures_shown()

    def figures_shown(self) -> dict[str, float]:
        """The numbers of the contract's page that is open."""
        found: dict[str, float] = {}
        for line in self.page.locator(".measure").all():
            address = urlsplit(line.locator(".measure-name a").get_attribute("href") or "").path
            shown = line.locator(".figure").evaluate("one => one.firstChild.textContent")
            found[address.split("/figures/")[1]] = float(shown.replace(",", ""))
        return found

    def log(self, what: str) -> None:
        """Open the menu of what can be logged and choose the entry that reads `what`."""
        menu = self.page.locator(".bar details").first if self.is_phone else self.page.locator(".log-menu")
        menu.locator("summary").click()
        menu.get_by_role("link", name=what, exact=True).click()
