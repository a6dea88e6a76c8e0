"""The pages of questionnaires nobody signed, as a browser without JavaScript uses them."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.contract.case.conftest import Client
from tests.contract.case.test_case_pages import send
from tests.contract.case.test_effects_read import asked_effects, twice

__all__ = ["asked_effects"]
LIST, NEW = "/case/tallies", "/case/tallies/new"
FORM = {"instrument": "bdf21", "contract_id": "kachi-2", "assessed_on": "2026-03-10"}


@pytest.fixture(autouse=True)
def contracts_known(family: str) -> None:
    """A contract to choose."""


def test_totals_are_entered_listed_corrected_and_voided_with_their_story(browser: FlaskClient) -> None:
    assert "will appear here" in browser.get(LIST).text
    saved = send(browser, NEW, NEW, **FORM, **{"totals.satisfied": "69", "totals.not_satisfied": "3"})
    page = saved.location
    assert saved.status_code == 303
    assert ">69</td>" in browser.get(LIST).text
    again = send(
        browser,
        f"{page}/correct",
        f"{page}/correct",
        **FORM,
        **{"totals.satisfied": "70", "totals.not_satisfied": "3", "reason": "typing_error"},
    )
    assert (again.status_code, again.location) == (303, page)
    told = browser.get(page).text
    assert "Satisfied: 69 → 70" in told
    assert "69 of 72 satisfied" in told
    assert send(browser, f"{page}/void", f"{page}/void", reason="duplicate").status_code == 303
    told = browser.get(page).text
    assert "counts no more" in told
    assert f"{page}/correct" not in told


def test_single_scores_become_totals(browser: FlaskClient, worker: Client) -> None:
    saved = send(browser, NEW, NEW, **FORM, rows="5 3\n2 4", satisfied_from="3")
    entry = worker.get(saved.location.removeprefix("/case")).json
    assert (entry["totals"], entry["scores"]) == ({"satisfied": 3, "not_satisfied": 1}, [5, 3, 2, 4])


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        pytest.param({}, "Give either the totals or the single rows.", id="nothing"),
        pytest.param({"rows": "5 good"}, "Write whole numbers with a space between them.", id="words"),
        pytest.param({"rows": "5 3"}, 'href="#satisfied_from"', id="without a limit"),
        pytest.param({"totals.satisfied": "-1", "totals.not_satisfied": "0"}, "between 0 and", id="less than none"),
        pytest.param({"totals.satisfied": "many", "totals.not_satisfied": "0"}, 'value="many"', id="no number"),
    ],
)
def test_a_wrong_form_comes_back_as_it_was_typed(browser: FlaskClient, filled: dict[str, str], told: str) -> None:
    answered = send(browser, NEW, NEW, **FORM, **filled)
    assert answered.status_code == 422
    assert told in answered.text
    assert "will appear here" in browser.get(LIST).text


def test_a_meeting_hands_over_its_day_and_contract(browser: FlaskClient, worker: Client) -> None:
    page = f"{NEW}?unit_id=meeting-1&contract_id=kachi-2&assessed_on=2026-03-10"
    shown = browser.get(page).text
    assert 'value="2026-03-10"' in shown
    form = {**FORM, "unit_id": "meeting-1", "totals.satisfied": "9", "totals.not_satisfied": "0"}
    saved = send(browser, page, page, **form)
    assert worker.get(saved.location.removeprefix("/case")).json["unit_id"] == "meeting-1"


def test_what_it_would_move_is_read_before_it_is_saved(
    browser: FlaskClient, asked_effects: list[dict[str, Any]]
) -> None:
    form = {**FORM, "totals.satisfied": "9", "totals.not_satisfied": "0"}
    unread, saved = twice(browser, NEW, NEW, **form)
    assert (unread.status_code, saved.status_code) == (200, 303)
    page = saved.location
    unread, corrected = twice(browser, f"{page}/correct", f"{page}/correct", **form, reason="other")
    assert (unread.status_code, corrected.status_code) == (200, 303)
    unread, voided = twice(browser, f"{page}/void", f"{page}/void", reason="duplicate")
    assert (unread.status_code, voided.status_code) == (200, 303)
    assert [list(one) for one in asked_effects[::2]] == [["tallies"], ["tallies"], ["ended"]]
