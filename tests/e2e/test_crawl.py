"""Every page that a link leads to answers, stays on this host, and gives the browser nothing to complain about."""

import re
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

# Ids and other names in an address; one page of a kind is enough here.
PARTICULAR = re.compile(
    r"/[a-z]+-[0-9a-f]{8}-[0-9a-f-]+|(?<=/contracts/)[^/?]+|(?<=/figures/)[^/?]+/[^/?]+|(?<=/by/)[^/?]+"
)
FEWEST = {"worker1": 30, "worker4": 30, "leader1": 30, "admin": 30, "funder": 3}


@pytest.mark.parametrize(
    ("username", "language", "size"),
    [
        ("worker1", CHINESE, PHONE),
        ("worker4", ENGLISH, PHONE),
        ("leader1", ENGLISH, DESKTOP),
        ("admin", CHINESE, DESKTOP),
        ("funder", ENGLISH, PHONE),
    ],
)
def test_every_page_that_a_link_leads_to_is_whole(
    username: str, language: Language, size: Size, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(size)
    visitor.sign_in(username, language)
    seen = crawl(visitor)
    assert len(seen) >= FEWEST[username], sorted(seen)


def crawl(visitor: Visitor) -> dict[str, str]:
    """Visit one page of every kind that links lead to; returns their addresses by kind."""
    page = visitor.page
    seen: dict[str, str] = {"/": "/"}
    waiting = deque(["/"])
    while waiting:
        address = waiting.popleft()
        answer = page.goto(address)
        assert answer is not None
        if answer.status >= 400:
            visitor.complaints.append(f"{address}: {answer.status}")
        if visitor.is_phone and page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            visitor.complaints.append(f"{address}: wider than the phone")
        for link in page.eval_on_selector_all(
            "a[href^='/']:not([download])", "all => all.map(one => one.getAttribute('href'))"
        ):
            kind = kind_of(link)
            if kind not in seen:
                seen[kind] = link
                waiting.append(link)
    return seen


def kind_of(address: str) -> str:
    """The address without what is particular: /case/people/ID?case_id."""
    parts = urlsplit(address)
    names = sorted({pair.split("=")[0].removeprefix("people_") for pair in parts.query.split("&") if pair})
    return PARTICULAR.sub("/ID", parts.path) + ("?" + "&".join(names) if names else "")
