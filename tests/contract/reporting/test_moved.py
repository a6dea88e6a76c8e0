"""What moved a contract's figures since a day, and by which entries."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.auth.accounts import Accounts
from shared.testing.people import page_client
from tests.contract.reporting.conftest import Client, Others, family

MOVED = "/reporting/contracts/kachi-2/moved"


@pytest.fixture
def browse(app: Flask, accounts: Accounts, leader: Client, others: Others) -> Callable[[str], FlaskClient]:
    """One session known in June, corrected in July; another recorded in July; a pair of questionnaires in July."""
    june, july = datetime(2021, 6, 30, 15, 59, tzinfo=UTC), datetime(2021, 6, 30, 16, 0, tzinfo=UTC)
    others.record("session-1", family("person-a", "person-b"), at=june)
    others.correct("session-1", family("person-a"), at=july)
    others.record("session-2", family("person-c"), at=july)
    for phase, day, total in (("pre", "2019-01-07", 14), ("post", "2019-06-03", 9)):
        others.assess(f"assessment-{phase}", "person-c", phase, day, total, team_id="team-east", at=july)
    return lambda username: page_client(app, accounts, username)


def _main(page: str) -> str:
    return " ".join(page.split("<main")[1].split())


def test_figures_then_and_now_and_the_entries_that_moved_them(browse: Callable[[str], FlaskClient]) -> None:
    page = _main(browse("leader").get(f"{MOVED}?since=2021-07-01").text)
    sessions = page[page.index("figures/output-2/sessions") :]
    assert '<td data-label="Then" class="number">1</td> <td data-label="Now" class="number">2</td>' in sessions
    assert "+1" in sessions
    assert "Attendance was wrong" in page
    assert page.index("/reporting/units/session-2/figures") > page.index('id="entries"')
    assert "2 → 1" in page  # People: two, then one, then two again.


def test_what_was_known_before_the_day_moved_nothing_since(browse: Callable[[str], FlaskClient]) -> None:
    leader = browse("leader")
    assert "No figure of this contract has moved since then." in leader.get(f"{MOVED}?since=2021-08-02").text
    assert "Attendance was wrong" in leader.get(f"{MOVED}?since=2021-06-30").text
    assert leader.get(f"{MOVED}?since=2021-08-03").status_code == 422
    assert leader.get(f"{MOVED}?since=soon").status_code == 422
    assert leader.get(MOVED).status_code == 200


def test_a_score_that_may_not_be_seen_moves_without_a_name(browse: Callable[[str], FlaskClient]) -> None:
    page = browse("leader").get(f"{MOVED}?since=2021-07-01").text
    assert "figures/outcome-1/improved" in page
    assert "assessment-" not in page


def test_a_funder_sees_no_entries(browse: Callable[[str], FlaskClient]) -> None:
    assert browse("funder").get(MOVED).status_code == 403
    assert "/moved" not in browse("funder").get("/reporting/contracts/kachi-2").text
    assert "/moved" in browse("worker").get("/reporting/contracts/kachi-2").text
