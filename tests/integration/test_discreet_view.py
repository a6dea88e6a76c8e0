"""The discreet view: on the pages a worker uses on a visit stands no word about drugs, in either language."""

import re
from html.parser import HTMLParser

import pytest
from werkzeug.test import Client

from deploy.demo.staff import PASSWORD
from tests.api_client import House

pytestmark = pytest.mark.demo

NO_WORD = re.compile(
    "毒|戒|濫藥|濫用|藥物|吸食|海洛|美沙酮|冰毒|大麻|drug|substance|addict|narcotic|heroin|methadone|cannabis|detox",
    re.IGNORECASE,
)
STARTS = {
    "worker1": (
        "/",
        "/account",
        "/case/cases",
        "/case/people",
        "/case/people/new",
        "/case/search",
        "/case/sessions/new",
        "/groups/groups",
        "/groups/meetings/new",
        "/reporting/contracts",
        "/reporting/contracts/kachi-2/figures/output-1/persons",
        "/case/nothing-here",
    ),
    "worker5": ("/outreach/visits", "/outreach/visits/new", "/outreach/contacts"),
}
PARTICULAR = re.compile(r"/[a-z]+-[0-9a-f]{8}-[0-9a-f-]+|(?<=contracts/)[^/?]+")
SHOWN = ("title", "aria-label", "placeholder", "alt", "label", "data-label")


class Shown(HTMLParser):
    """What somebody who looks at the page, or listens to it, can meet."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.texts += [given[name] or "" for name in SHOWN if name in given]
        if tag == "input" and given.get("type") not in ("hidden", "radio", "checkbox") and "data-veiled" not in given:
            self.texts.append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def words_of(page: str) -> list[str]:
    return [text.strip() for text in Shown(page).texts if NO_WORD.search(text)]


def pages(house: House, username: str, language: str, *, discreet: bool) -> dict[str, str]:
    """The pages this person starts from, and one of every kind that a link in the middle of them leads to."""
    browser = Client(house.suite.app)
    browser.set_cookie("caseledger", house.suite.accounts.sign_in(username, PASSWORD).token)
    browser.set_cookie("lang", language)
    if discreet:
        browser.set_cookie("discreet", "1")
    found = {path: browser.get(path).text for path in STARTS[username]}
    kinds: dict[str, str] = {}
    for page in found.values():
        for link in re.findall(r'href="(/(?:case|groups|outreach|reporting)/[^"?#]+)"', page.split("<main")[1]):
            kinds.setdefault(PARTICULAR.sub("/ID", link), link)
    return found | {link: browser.get(link).text for link in kinds.values() if link not in found}


@pytest.mark.parametrize("language", ["zh_Hant_HK", "en"])
@pytest.mark.parametrize(("username", "fewest"), [("worker1", 18), ("worker5", 6)])
def test_no_word_about_drugs_stands_on_a_workers_pages(demo: House, username: str, fewest: int, language: str) -> None:
    shown = pages(demo, username, language, discreet=True)
    assert len(shown) >= fewest, sorted(shown)
    assert {path: words_of(page) for path, page in shown.items() if words_of(page)} == {}


def test_without_it_the_words_are_there(demo: House) -> None:
    assert words_of(pages(demo, "worker1", "zh_Hant_HK", discreet=False)["/reporting/contracts"])
