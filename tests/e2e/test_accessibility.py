"""No violation of WCAG 2.2 A or AA that axe-core can find, in both languages and themes, and none in large text."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.steps import made_id
from shared.testing.plugin import missing
from tests.e2e.browsing import CHINESE, DESKTOP, ENGLISH, PHONE, Language, Size, Visitor
from tests.e2e.crowded import crowded

pytestmark = [pytest.mark.browser, pytest.mark.demo, pytest.mark.xdist_group("browser")]

FETCHED = Path(__file__).parents[2] / ".state" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """options => axe.run(document, options).then(found => found.violations.map(
    one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`))"""
QUICK_LOG = f"/case/sessions/new?case_id={made_id('case', 'running 0')}"
PAGES = (
    "/",
    QUICK_LOG,
    "/case/cases",
    "/case/tasks?of=team",
    "/case/search",
    "/reporting/contracts",
    "/components",
    "/on-this-phone",
    "/account",
    "/help",
)
# What axe-core is asked about in the journeys that lead there.
FOR_LARGE_TEXT = (
    f"/groups/meetings/new?group_id={made_id('group', 'running 1')}",
    "/outreach/visits/new",
    f"/case/cases/{made_id('case', 'running 0')}",
    f"/case/cases/{made_id('case', 'running 0')}?view=assessments",
    "/case/people",
    "/groups/groups",
    "/groups/meetings",
    "/outreach/visits",
)
FIGURE = "/reporting/contracts/running/figures/output-1/attendances?kind=group_meeting"
OF_LEADERS = {
    "leader1": (
        "/reading",
        "/case/handover",
        "/case/handover?worker_id=account-worker2",
        "/reporting/contracts/running",
        FIGURE,
        "/reporting/contracts/running/moved",
        "/reporting/contracts/running/export",
        "/reporting/contracts/running/figures/output-1/attendances/by/gender",
        "/reporting/overview",
        "/reporting/contracts/running/compare",
        "/reporting/contracts/kachi-2/research",
        "/reporting/warnings",
        "/groups/meetings/move?contract=running&target=kachi-2",
        "/reporting/contracts/running/audit",
        "/reporting/contracts/running/quality",
        "/reporting/contracts/running/quality?rule=late",
        "/reporting/team",
        "/reporting/team/quality",
        "/reporting/team/return",
        "/case/imports",
        "/feeds",
    ),
    "admin": ("/accounts", "/accounts/account-worker1"),
}


@pytest.fixture(scope="session")
def axe() -> str:
    """The program of axe-core, as `make axe` has fetched it."""
    program = Path(os.environ.get("CASELEDGER_TEST_AXE", FETCHED))
    if not program.is_file():
        missing("needs axe-core (make axe)")
    return program.read_text(encoding="utf-8")


def violations(visitor: Visitor, axe: str, **options: Any) -> list[str]:
    """What axe-core finds on the page that is open."""
    visitor.page.evaluate(axe)
    found: list[str] = visitor.page.evaluate(RUN, options)
    return found


@pytest.mark.parametrize(("language", "size"), [(CHINESE, PHONE), (ENGLISH, DESKTOP)])
def test_the_pages_of_the_shell_are_open_to_everybody(
    visit: Callable[..., Visitor], axe: str, language: Language, size: Size
) -> None:
    worker = visit(size)
    worker.page.goto("/sign-in")
    found = {"/sign-in": violations(worker, axe, runOnly=TAGS)}
    worker.sign_in("worker1", language)
    found |= looked_at(worker, axe, PAGES)
    assert {path: ones for path, ones in found.items() if ones} == {}


@pytest.mark.parametrize(
    ("username", "language", "size"),
    [("leader1", ENGLISH, PHONE), ("leader1", CHINESE, DESKTOP), ("admin", CHINESE, PHONE)],
)
def test_the_pages_of_leaders_are_open_to_everybody(
    visit: Callable[..., Visitor], axe: str, username: str, language: Language, size: Size
) -> None:
    leader = visit(size)
    leader.sign_in(username, language)
    found = looked_at(leader, axe, OF_LEADERS[username])
    assert {path: ones for path, ones in found.items() if ones} == {}


def looked_at(visitor: Visitor, axe: str, pages: tuple[str, ...]) -> dict[str, list[str]]:
    """What axe-core finds on each of these pages, and in the dark too."""
    found: dict[str, list[str]] = {}
    for path in pages:
        visitor.page.goto(path)
        found[path] = violations(visitor, axe, runOnly=TAGS)
        # What the theme changes is the colours.
        visitor.page.evaluate("document.documentElement.dataset.theme = 'dark'")
        found[f"{path} in the dark"] = violations(visitor, axe, runOnly=["color-contrast"])
        found[f"{path} in large text"] = crowded(visitor)
    return found


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
def test_nothing_is_lost_where_text_is_twice_as_large(visit: Callable[..., Visitor], language: Language) -> None:
    leader = visit(PHONE)
    leader.sign_in("leader1", language)
    found = {}
    for path in FOR_LARGE_TEXT:
        leader.page.goto(path)
        found[path] = crowded(leader)
    assert {path: ones for path, ones in found.items() if ones} == {}
